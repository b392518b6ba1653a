/** The host and port of a Host field, an absolute target or what a proxy says of them (RFC 3986 §3.2). Pure. */

import { isAddress } from "../settings/subnets.ts";

export interface Authority {
  /** Lower case, without the dot that may end a full name, so that one host has one spelling; "" when there is none. */
  readonly name: string;
  /** "" when there is none. */
  readonly port: string;
}

/**
 * Names as they are in the DNS, with "_", and addresses. RFC 3986 would also allow punctuation and percent signs, which no
 * host has, and which applications don't expect in a host that they put into a page. Apache refuses them, too.
 */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_-]+(?:\.[0-9A-Za-z_-]+)*\.?|)(?::([0-9]{0,5}))?$/;

/** A name like that is an address to some also when it is none to others: "1" is 0.0.0.1, "0x7f.1" is 127.0.0.1. */
const NUMBER_AT_END = /(?:^|\.)(?:[0-9]+|0[Xx][0-9A-Fa-f]*)\.?$/;

const LARGEST_PORT = 65_535;

/** @returns null when the text is malformed. */
export function parseAuthority(text: string): Authority | null {
  // RFC 9112 §3.2: empty when the client has no name for us.
  const match = HOST.exec(text);
  if (match === null) return null;
  const [, host = "", port = ""] = match;
  if (port !== "" && (host === "" || !isPort(port))) return null;
  // Brackets let only IPv6 have colons.
  if (host.startsWith("[") && !(host.includes(":") && isAddress(host.slice(1, -1)))) return null;
  if (NUMBER_AT_END.test(host) && !isAddress(host)) return null;
  const name = host.toLowerCase();
  return { name: name.endsWith(".") ? name.slice(0, -1) : name, port };
}

export function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= LARGEST_PORT;
}
