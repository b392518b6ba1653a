/** The host and port of a Host field, an absolute target or what a proxy says of them (RFC 3986 §3.2). Pure. */

import { isAddress } from "../settings/subnets.ts";

export interface Authority {
  /** Lower case, without the dot that may end a full name, so that one host has one spelling; "" when there is none. */
  readonly name: string;
  /** "" when there is none. */
  readonly port: string;
}

/** RFC 9112 §3.2: what may stand in Host. User information and paths are refused: they differ between servers. */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~!$&'()*+,;=%-]*)(?::([0-9]{0,5}))?$/;

const LARGEST_PORT = 65_535;

/** @returns null when the text is malformed. */
export function parseAuthority(text: string): Authority | null {
  // RFC 9112 §3.2: empty when the client has no name for us.
  const match = HOST.exec(text);
  if (match === null) return null;
  const [, host = "", port = ""] = match;
  if (port !== "" && (host === "" || !isPort(port))) return null;
  if (host.startsWith("[") && !isAddress(host.slice(1, -1))) return null;
  const name = host.toLowerCase();
  return { name: name.endsWith(".") ? name.slice(0, -1) : name, port };
}

export function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= LARGEST_PORT;
}
