/** Whether a text is an IP address, a subnet, or a host name. Pure. */

import { FILE_SYSTEM, readSubnet } from "../../settings/subnets.ts";
import { pythonRepr } from "../repr.ts";

/** IPv4 in dotted-decimal form with all four parts. */
export function isIPv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every(isOctet);
}

/** IPv6 without brackets, `::ffff:1.2.3.4` included, without a zone. */
export function isIPv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  const mapped = last !== undefined && last.includes(".");
  if (mapped && (!isIPv4(last) || text.endsWith("::"))) return false;
  const hex = mapped ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = hex.length + (mapped ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

/** The IPv6 address in `text`, which may stand in brackets and have a zone; null when it is none. */
export function ipv6In(text: string): string | null {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  return isIPv6(bare.replace(/%[\w.-]+$/, "")) ? bare : null;
}

/** The addresses in the value of --host, which commas or blanks separate. */
export function hostsIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** The path in `unix:PATH`; null when it is something else. */
export function pathIn(host: string): string | null {
  return /^unix:([^]*)$/.exec(host)?.[1] ?? null;
}

/** What is wrong with the value of --host, or null. */
export function checkHosts(text: string): string | null {
  const hosts = hostsIn(text);
  if (hosts.length === 0) return checkHost(text);
  return hosts.map(checkHost).find((wrong) => wrong !== null) ?? null;
}

/** What is wrong with one address to listen on, or null. */
export function checkHost(text: string): string | null {
  if (pathIn(text) !== null)
    return pathIn(text) === "" ? "'unix:' has no path; write it like unix:/run/site.sock" : null;
  if (ipv6In(text) !== null || isIPv4(text)) return null;
  // Only digits and dots, a colon, or brackets: meant as an address, so no name either.
  if (/^[\d.]+$/.test(text) || /[:[\]]/.test(text)) {
    return `${pythonRepr(text)} is not an IP address; write it like 127.0.0.1 or [::1], and the port as --port`;
  }
  if (isHostName(text)) return null;
  return `${pythonRepr(text)} is no address or host name; leave --host out to listen on every interface`;
}

/** What is wrong with a name of the site, or null. */
export function checkServerName(text: string): string | null {
  if (
    text === "" ||
    isHostName(text.replace(/\.$/, "")) ||
    isIPv4(text) ||
    (/^\[.*\]$/.test(text) && ipv6In(text) !== null)
  )
    return null;
  const advice = "write it like www.example.org, without scheme and port (international names in their xn-- form)";
  return `${pythonRepr(text)} is not a host name; ${advice}`;
}

/** What is wrong with one value of --server-alias, which may hold several names with wildcards, or null. */
export function checkServerAlias(text: string): string | null {
  const names = text.split(/\s+/).filter((name) => name !== "");
  const bad = names.find((name) => !/^[\w.*?[\]:-]+$/.test(name) || (name.includes(":") && !name.startsWith("[")));
  if (bad === undefined) return null;
  return `${pythonRepr(bad)} is not a host name; write it like example.org or *.example.org, without scheme and port`;
}

/** What is wrong with one value of --trust-proxy or --proxy-protocol, or null. */
export function checkSubnets(text: string): string | null {
  const entries = text.split(/\s+/).filter((entry) => entry !== "");
  const bad = entries.find((entry) => entry !== FILE_SYSTEM && readSubnet(entry) === null);
  if (entries.length > 0 && bad === undefined) return null;
  return `${pythonRepr(bad ?? text)} is not an IP address or subnet; write it like 10.1.2.3, 10.0.0.0/8 or fd00::/8`;
}

function isHostName(text: string): boolean {
  return text.length <= 253 && text.split(".").every((label) => /^[\w]([\w-]{0,61}[\w])?$/.test(label));
}

function isOctet(text: string): boolean {
  // No leading zeros: some read 010 as ten, some as eight.
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255;
}
