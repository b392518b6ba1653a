/** What becomes of the fields of a message on its way through: hop-by-hop ones go, ours come (RFC 9110 §7.6). Pure. */

import { currentDate } from "../../http/dates.ts";
import type { Field, RequestHead } from "../../http/exchange.ts";
import { responseHead, type ResponseHead } from "../../http/response-head.ts";
import type { Upstream } from "../../settings/upstream.ts";
import { asksForTrailers } from "../../http/trailers.ts";
import { listOf, type UpstreamResponse } from "./response-head.ts";

/** Where a request goes, and what the upstream is told of where it came from. */
export interface Destination {
  readonly upstream: Upstream;
  /** Path and query, percent-encoded. */
  readonly target: string;
  /** What the upstream's path is called on this site, or null when it has no name here: no Location is mapped back. */
  readonly mountPath: string | null;
  /** This site as the client sees it, without a path. */
  readonly origin: string;
  readonly serverName: string;
  readonly port: string;
}

/** How the end of a request's body is told; null when it has none. */
export type RequestFraming = number | "chunked" | null;

/** About one connection only, whether or not Connection names them. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Said anew. `Proxy` would set the proxy of a CGI program's own HTTP clients (httpoxy). */
const REQUEST_OWN = [
  "host",
  "content-length",
  "expect",
  "proxy",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-server",
  "x-forwarded-port",
];

const CHECKED = new Set([...HOP_BY_HOP, ...REQUEST_OWN, "x-forwarded-proto", "x-forwarded-scheme"]);

/**
 * A name that CGI can't tell from one of those: `X_Forwarded_For` and `X-Forwarded-For` are both HTTP_X_FORWARDED_FOR, and
 * what is behind may take the client's for ours.
 */
function isDisguised(lowerName: string): boolean {
  return /[^a-z0-9-]/.test(lowerName) && CHECKED.has(lowerName.replace(/[^a-z0-9]/g, "-"));
}

/** Point at the upstream, and have to point at this site. */
const LOCATIONS = new Set(["location", "content-location", "uri"]);

/**
 * The protocols a client asks to change to, as Upgrade says; "" when it does not ask. HTTP/2 is left out: behind a
 * tunnel requests would pass that nobody has looked at.
 */
export function wantedProtocols({ version, fields }: RequestHead): string {
  if (version !== "HTTP/1.1" || !listOf(fields, "connection").includes("upgrade")) return "";
  const wanted = fields.filter(([name]) => name.toLowerCase() === "upgrade").flatMap(([, value]) => value.split(","));
  return wanted
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== "" && !/^(h2c?|http)(\/|$)/i.test(protocol))
    .join(", ");
}

/** The whole head of the request to the upstream. */
export function requestText(
  head: RequestHead,
  destination: Destination,
  framing: RequestFraming,
  expectsContinue: boolean,
): string {
  const { method, version, fields, peer, client } = head;
  const dropped = new Set([...HOP_BY_HOP, ...REQUEST_OWN, ...listOf(fields, "connection")]);
  let text = `${method} ${destination.target} HTTP/1.1\r\nHost: ${destination.upstream.authority}\r\n`;
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (dropped.has(lower) || isDisguised(lower) || (client.secure && lower === "x-forwarded-scheme")) continue;
    if (lower === "cookie") {
      // HTTP/2 cuts them up; for others they are one field (RFC 9113 §8.2.3).
      dropped.add(lower);
      text += `${name}: ${valuesOf(fields, name).join("; ")}\r\n`;
    } else {
      text += `${name}: ${value}\r\n`;
    }
  }
  const add = (name: string, value: string): void => {
    text += `${name}: ${[...valuesOf(fields, name), value].join(", ")}\r\n`;
  };
  add("X-Forwarded-For", peer.remoteAddress);
  if (head.host !== "") add("X-Forwarded-Host", head.hostPort === "" ? head.host : `${head.host}:${head.hostPort}`);
  add("X-Forwarded-Server", destination.serverName);
  text += `X-Forwarded-Port: ${destination.port}\r\n`;
  if (client.secure) text += "X-Forwarded-Scheme: https\r\n";
  const protocols = framing === null ? wantedProtocols(head) : "";
  const trailed = version !== "HTTP/1.0" && asksForTrailers(head);
  if (trailed) text += "TE: trailers\r\n";
  if (protocols !== "") text += `Connection: ${trailed ? "TE, " : ""}Upgrade\r\nUpgrade: ${protocols}\r\n`;
  else if (trailed) text += "Connection: TE\r\n";
  if (expectsContinue) text += "Expect: 100-continue\r\n";
  if (framing === "chunked") text += "Transfer-Encoding: chunked\r\n";
  else if (framing !== null) text += `Content-Length: ${framing}\r\n`;
  // A server may want to be told that a body is empty (RFC 9110 §8.6).
  else if (valuesOf(fields, "Content-Length").length > 0) text += "Content-Length: 0\r\n";
  return `${text}\r\n`;
}

/**
 * The head of the response as the client gets it.
 * @param trailed what is behind the body goes there, too
 */
export function clientHead(response: UpstreamResponse, destination: Destination, trailed = false): ResponseHead {
  const { status, reason } = response;
  const dropped = new Set([...HOP_BY_HOP, ...listOf(response.fields, "connection")]);
  if (trailed && response.framing === "chunked") dropped.delete("trailer");
  // Before the rest: what Connection names may not unmake the framing.
  dropped.delete("content-length");
  const fields: Field[] = [];
  for (const field of response.fields) {
    const [name, value] = field;
    const lower = name.toLowerCase();
    if (status === 101 && lower === "upgrade") fields.push(field);
    else if (dropped.has(lower)) continue;
    else if (LOCATIONS.has(lower)) fields.push([name, mappedBack(value, destination)]);
    else fields.push(field);
  }
  if (status >= 200 && valuesOf(fields, "Date").length === 0) fields.unshift(["Date", currentDate()]);
  return responseHead(status, fields, reason, true);
}

/** A URL below the upstream's becomes one below the mount point; any other stays. */
function mappedBack(location: string, { upstream, mountPath, origin }: Destination): string {
  const [, scheme = "", authority = "", rest = ""] = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(location) ?? [];
  if (mountPath === null || scheme.toLowerCase() !== (upstream.secure ? "https" : "http")) return location;
  const host = upstream.authority.replace(/:\d+$/, "");
  const names = [upstream.authority, `${host}:${upstream.port}`].map((name) => name.toLowerCase());
  if (!names.includes(authority.toLowerCase())) return location;
  const base = upstream.path.replace(/\/+$/, "");
  if (!rest.startsWith(base) || !/^(?:[/?#]|$)/.test(rest.slice(base.length))) return location;
  return `${origin}${mountPath}${rest.slice(base.length)}`;
}

function valuesOf(fields: readonly Field[], name: string): readonly string[] {
  const lower = name.toLowerCase();
  return fields.filter(([each]) => each.toLowerCase() === lower).map(([, value]) => value);
}
