/**
 * What a proxy in front says of its client, read from the header fields that the operator trusts. Pure.
 *
 * Whatever is about the same as a trusted field and isn't that field is kept from the application, and so is all of it
 * when the peer isn't trusted: an application that looks at another one of them would believe the client (CVE-2022-2255).
 */

import { parseAuthority, isPort, type Authority } from "../http/authority.ts";
import { clientOfChain } from "../http/forwarded-for.ts";
import { parseForwarded } from "../http/forwarded-field.ts";
import { subjectsOf, type Subject } from "../settings/proxy-headers.ts";
import type { AddressSet } from "../settings/subnets.ts";

/** Each is missing when nobody who is trusted tells it. */
export interface Claims {
  address?: string;
  secure?: boolean;
  host?: Authority & { readonly text: string };
  server?: string;
  port?: string;
  scriptName?: string;
}

export interface Reading {
  readonly claims: Claims;
  /** By lower-case name: what the application sees of the fields that told something. */
  readonly believed: ReadonlyMap<string, string>;
}

/**
 * @param headers the trusted fields, of which the last one that is there counts for each subject
 * @param valueOf the value of a field by its lower-case name
 * @param proxies whose addresses are passed over in a chain; null: whatever is told is believed
 */
export function readClaims(
  headers: readonly string[],
  valueOf: (lowerName: string) => string | undefined,
  proxies: AddressSet | null,
): Reading {
  const tellers = new Map<Subject, string>();
  for (const name of headers) {
    if (valueOf(name) === undefined) continue;
    for (const subject of subjectsOf(name)) tellers.set(subject, name);
  }
  const claims: Claims = {};
  const believed = new Map<string, string>();
  for (const name of tellers.values()) {
    if (believed.has(name)) continue;
    const value = valueOf(name) as string;
    const counts = (subject: Subject) => tellers.get(subject) === name;
    const shown =
      name === "forwarded" ? readForwarded(value, counts, proxies, claims) : readField(name, value, proxies, claims);
    if (shown !== null) believed.set(name, shown);
  }
  return { claims, believed };
}

/** Adds to `claims` what a field says. @returns the field as the application may see it; null when it says nothing. */
function readField(name: string, value: string, proxies: AddressSet | null, claims: Claims): string | null {
  const [subject] = subjectsOf(name);
  switch (subject) {
    case "client":
      return name === "x-forwarded-for" ? readChain(value, proxies, claims) : readAddress(value, claims);
    case "scheme":
      return readScheme(value, name.endsWith("-https") || name.endsWith("-ssl"), claims);
    case "host":
      return readHost(lastItem(value), claims) ? value : null;
    case "server":
      claims.server = value;
      return value;
    case "port":
      if (!isPort(lastItem(value))) return null;
      claims.port = lastItem(value);
      return value;
    case "script name":
      if (value !== "" && !value.startsWith("/")) return null;
      claims.scriptName = value.replace(/\/+$/, "");
      return value;
    default:
      return null;
  }
}

function readChain(value: string, proxies: AddressSet | null, claims: Claims): string | null {
  const items = value.split(",");
  const link = clientOfChain(items, proxies);
  if (link === null) return null;
  claims.address = link.address;
  // Without a list of proxies nothing can be told from what the client made up, and all of it stays.
  return proxies === null ? value : items.slice(link.index).join(",").trimStart();
}

function readAddress(value: string, claims: Claims): string | null {
  const link = clientOfChain([value], null);
  if (link === null) return null;
  claims.address = link.address;
  return value;
}

function readScheme(value: string, isSwitch: boolean, claims: Claims): string | null {
  const word = lastItem(value).toLowerCase();
  if (isSwitch ? ["on", "true", "1"].includes(word) : word === "https") claims.secure = true;
  else if (isSwitch ? ["off", "false", "0"].includes(word) : word === "http") claims.secure = false;
  else return null;
  return value;
}

function readHost(text: string, claims: Claims): boolean {
  const authority = parseAuthority(text);
  if (authority === null || authority.name === "") return false;
  claims.host = { ...authority, text };
  return true;
}

/** What the proxy that saw the client itself says of it, and no word of those before. */
function readForwarded(
  value: string,
  counts: (subject: Subject) => boolean,
  proxies: AddressSet | null,
  claims: Claims,
): string | null {
  const elements = parseForwarded(value);
  const link = clientOfChain(
    elements.map(({ parameters }) => parameters.get("for") ?? ""),
    proxies,
  );
  // Proxies that hide their clients still tell of scheme and host.
  const index = link?.index ?? (proxies === null ? 0 : elements.length - 1);
  const element = elements[index];
  if (element === undefined) return null;
  const { parameters } = element;
  if (link !== null && counts("client")) claims.address = link.address;
  if (counts("scheme")) readScheme(parameters.get("proto") ?? "", false, claims);
  if (counts("host")) readHost(parameters.get("host") ?? "", claims);
  return proxies === null
    ? value
    : elements
        .slice(index)
        .map(({ text }) => text)
        .join(", ");
}

/** Of a list, what the nearest proxy has added. */
function lastItem(value: string): string {
  return value.slice(value.lastIndexOf(",") + 1).trim();
}
