/**
 * The stage that believes the proxy in front: from here on `head.client` is its client, and the environ says so.
 * What others claim is taken out of the environ.
 */

import type { Client, Common, Field, RequestHead } from "../http/exchange.ts";
import { fieldsAbout, subjectsOf } from "../settings/proxy-headers.ts";
import type { Trust } from "../settings/settings.ts";
import { addressSet } from "../settings/subnets.ts";
import { readClaims, type Claims } from "./proxy-claims.ts";
import type { Stage } from "./stage.ts";

/** Null when no field is trusted: then there is nothing to do. @param warn is called once, about a peer that isn't trusted. */
export function trustedProxyStage(trust: Trust, warn: (text: string) => void): Stage | null {
  const { headers } = trust;
  if (headers.length === 0) return null;
  const proxies = trust.peers === null ? null : addressSet(trust.peers);
  const watched = new Map(fieldsAbout(new Set(headers.flatMap(subjectsOf))).map((name) => [name, pairStart(name)]));
  let warned = false;

  function read(head: RequestHead): NonNullable<Common["forwarded"]> | null {
    const told = watchedValues(head.fields, watched);
    if (told.size === 0) return null;
    if (proxies !== null && !proxies(head.peer.remoteAddress)) {
      if (!warned) warn(unbelieved([...told.keys()], head.peer.remoteAddress));
      warned = true;
      return { client: head.client, fieldEnviron: shown(head.fieldEnviron, told, NOTHING) };
    }
    const { claims, believed } = readClaims(headers, (name) => told.get(name), proxies);
    const environ = shown(head.fieldEnviron, told, believed) + claimedPairs(head, claims);
    return { client: clientOf(head, claims), fieldEnviron: environ };
  }

  /** CGI pairs as the application may see them: of what was `told`, only what is `believed`. */
  function shown(environ: string, told: ReadonlyMap<string, string>, believed: ReadonlyMap<string, string>): string {
    let text = environ;
    for (const [name, value] of told) {
      const left = believed.get(name);
      if (left !== value) text = withPair(text, watched.get(name) as string, left);
    }
    return text;
  }

  return (exchange, next) => {
    const { head } = exchange;
    const { common } = head;
    // What a connection repeats is read once.
    if (common.forwarded === undefined) common.forwarded = read(head);
    if (common.forwarded !== null) exchange.head = { ...head, ...common.forwarded };
    next(exchange);
  };
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** X and F, without their case: the names of all such fields begin with one of them, and few others do. */
const LETTER_X = 0x78;
const LETTER_F = 0x66;

/** The values of repeated fields are one list (RFC 9110 §5.3). */
function watchedValues(fields: readonly Field[], watched: ReadonlyMap<string, string>): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of fields) {
    const letter = name.charCodeAt(0) | 0x20;
    if (letter !== LETTER_X && letter !== LETTER_F) continue;
    const lower = name.toLowerCase();
    if (!watched.has(lower)) continue;
    const before = values.get(lower);
    values.set(lower, before === undefined ? value : `${before}, ${value}`);
  }
  return values;
}

/** What comes before the value of a field in the text of CGI pairs. */
function pairStart(lowerName: string): string {
  return `\0HTTP_${lowerName.toUpperCase().replaceAll("-", "_")}\0`;
}

/** CGI pairs with another value for one of them, or without it. */
function withPair(environ: string, start: string, value: string | undefined): string {
  const at = environ.indexOf(start);
  if (at < 0) return environ;
  const end = environ.indexOf("\0", at + start.length);
  const rest = end < 0 ? "" : environ.slice(end);
  return environ.slice(0, at) + (value === undefined ? "" : start + value) + rest;
}

function clientOf({ client, peer }: RequestHead, claims: Claims): Client {
  const { address = client.address, host = { name: client.host, port: client.port } } = claims;
  return {
    address,
    // Who speaks HTTPS with us does so, whatever a proxy heard before.
    secure: peer.secure || (claims.secure ?? false),
    host: host.name,
    port: host.port || (claims.port ?? ""),
    forwarded: client.forwarded || Object.keys(claims).length > 0,
  };
}

/** What the claims change in the environ; later pairs win. */
function claimedPairs({ peer }: RequestHead, { address, secure, host, server, port, scriptName }: Claims): string {
  let pairs = "";
  if (address !== undefined) pairs += `\0REMOTE_ADDR\0${address}`;
  if (secure === true && !peer.secure) pairs += "\0HTTPS\0on";
  if (host !== undefined) pairs += `\0HTTP_HOST\0${host.text}`;
  if (server !== undefined) pairs += `\0SERVER_NAME\0${server}`;
  if (port !== undefined) pairs += `\0SERVER_PORT\0${port}`;
  if (scriptName !== undefined) pairs += `\0SCRIPT_NAME\0${scriptName}\0mod_wsgi.mount_point\0${scriptName}`;
  return pairs;
}

function unbelieved(names: readonly string[], address: string): string {
  return (
    `${address === "" ? "a client of a socket in the file system" : address} sent ${names.join(", ")}, but --trust-proxy does not name it: such fields are kept from the application. ` +
    "If it is your proxy, add its address (told once)"
  );
}
