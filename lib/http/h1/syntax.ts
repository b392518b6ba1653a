/** The alphabet and the limits of HTTP/1 messages. */

import { isIPv4, isIPv6 } from "node:net";

/** RFC 9110 §5.6.2: method names and field names. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What must not stand in a field value (RFC 9110 §5.5): every control character but HTAB, bare CR and LF among them. */
export const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** Nor in a request target: there HTAB is no better, since some servers take it for the space that ends the target. */
export const TARGET_CONTROL = /[\0-\x1f\x7f]/;

/**
 * What may stand in Host (RFC 9112 §3.2): an IPv6 address in brackets, or a name of labels as DNS has them and with "_",
 * which people use; then a port. RFC 3986 would allow more characters, that no host has and no two servers agree about:
 * they are refused, as user information and paths are.
 */
const HOST = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z_-]+(?:\.[0-9A-Za-z_-]+)*\.?))(?::([0-9]{0,5}))?$/;

/** A name like that is an address to some also when it is none to others: "1" is 0.0.0.1, "0x7f.1" is 127.0.0.1. */
const NUMBER_AT_END = /(?:^|\.)(?:[0-9]+|0[Xx][0-9A-Fa-f]*)\.?$/;

/** Whether `text` can be a host with or without a port: what Host or the authority of a target may be. */
export function isHost(text: string): boolean {
  const match = HOST.exec(text);
  if (match === null) return false;
  const [, address, name = "", port = ""] = match;
  if (port !== "" && (Number(port) === 0 || Number(port) > 65535)) return false;
  if (address !== undefined) return isIPv6(address);
  return !NUMBER_AT_END.test(name) || isIPv4(name);
}

/** Apache's LimitRequestLine and LimitRequestFieldSize, which applications were written against. */
export const MAX_LINE_BYTES = 8190;

/** Apache's LimitRequestFields. */
export const MAX_FIELDS = 100;

/** More than any of the above allows in practice, less than what hurts: the whole head. */
export const MAX_HEAD_BYTES = 256 * 1024;

/** Why a message was refused: what the client is told, and what the log says. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

export const LONG_LINE: Refusal = { status: 414, why: "the request line is longer than 8190 bytes" };

export function isRefusal(value: object): value is Refusal {
  return "why" in value;
}
