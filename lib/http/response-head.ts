/**
 * A response head, understood once: what a client sees of it, and what framing needs to know. Pure.
 *
 * Applications answer with the same few heads over and over, so a prepared head is made to be kept: Date, framing and
 * persistence are added when it is sent.
 */

import type { Field } from "./exchange.ts";
import { reasonPhrase } from "./status.ts";

export interface ResponseHead {
  readonly status: number;
  /** Reason phrase as the application gave it; may be empty. */
  readonly reason: string;
  /** Without the fields that are the server's own, see {@link SERVER_FIELDS}. */
  readonly fields: readonly Field[];
  /** -1 when there is no Content-Length. */
  readonly contentLength: number;
  /** The application wants the connection closed. */
  readonly close: boolean;
  /** Date and Server of the other server that made the response; null when they are to be ours. */
  readonly stamps: readonly Field[] | null;
  /** `fields` as HTTP/1 lines, each with its CRLF. */
  readonly lines: string;
  /** A path of this site whose answer is to take the place of this one. */
  readonly inside?: string;
}

/** Date and framing are the server's: what an application says of them is understood or dropped, never passed on. */
const SERVER_FIELDS = new Set(["date", "server", "transfer-encoding", "connection", "keep-alive", "content-length"]);

/** A gateway leaves them as they are (RFC 9110 §6.6.1, §10.2.4). */
const STAMPS = new Set(["date", "server"]);

/**
 * @param reason the standard phrase when left out.
 * @param stamped `given` is of another server, whose Date and Server are kept.
 */
export function responseHead(
  status: number,
  given: readonly Field[],
  reason = reasonPhrase(status),
  stamped = false,
): ResponseHead {
  const fields: Field[] = [];
  const stamps: Field[] | null = stamped ? [] : null;
  let lines = "";
  let contentLength = -1;
  let close = false;
  for (const entry of given) {
    const [name, value] = entry;
    const lower = name.toLowerCase();
    if (!SERVER_FIELDS.has(lower)) {
      fields.push(entry);
      lines += `${name}: ${value}\r\n`;
    } else if (STAMPS.has(lower)) {
      stamps?.push(entry);
    } else if (lower === "content-length") {
      contentLength = Number(value);
    } else if (lower === "connection" && value.toLowerCase().includes("close")) {
      close = true;
    }
  }
  return { status, reason, fields, contentLength, close, stamps, lines };
}

/** RFC 9110 §6.4.1: these never have a body, whatever was given for one. */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}

/** What GET would give: as the caller says, or has; nobody knows when it has nothing and says nothing (-1). */
export function lengthForHead(response: ResponseHead, bytes: Uint8Array): number {
  if (response.contentLength >= 0) return response.contentLength;
  return bytes.length > 0 ? bytes.length : -1;
}
