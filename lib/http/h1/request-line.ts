/** The first line of a request (RFC 9112 §3), as text in which one character is one byte. Pure. */

import { LONG_LINE, MAX_LINE_BYTES, TARGET_CONTROL, TOKEN, type Refusal } from "../syntax.ts";

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: "HTTP/1.0" | "HTTP/1.1";
}

const WELL_KNOWN = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/** Parses `text` from `start` to `end` (the CRLF left out). */
export function parseRequestLine(text: string, start: number, end: number): RequestLine | Refusal {
  if (end - start > MAX_LINE_BYTES) return LONG_LINE;
  const methodEnd = text.indexOf(" ", start);
  const targetEnd = methodEnd < 0 ? -1 : text.indexOf(" ", methodEnd + 1);
  if (targetEnd < 0 || targetEnd >= end) return { status: 400, why: "the request line has not three parts" };
  const method = text.slice(start, methodEnd);
  if (!WELL_KNOWN.has(method) && !TOKEN.test(method)) return { status: 400, why: "the method is not a token" };
  const target = text.slice(methodEnd + 1, targetEnd);
  if (target === "" || TARGET_CONTROL.test(target))
    return { status: 400, why: "the request target has control characters" };
  const version = parseVersion(text.slice(targetEnd + 1, end));
  if (typeof version !== "string") return version;
  return { method, target, version };
}

/** RFC 9112 §2.3: the name is case-sensitive, a higher minor version is treated as the highest we know. */
function parseVersion(text: string): "HTTP/1.0" | "HTTP/1.1" | Refusal {
  if (text === "HTTP/1.1" || text === "HTTP/1.0") return text;
  if (/^HTTP\/1\.[2-9]$/.test(text)) return "HTTP/1.1";
  if (/^HTTP\/[0-9]\.[0-9]$/.test(text)) return { status: 505, why: `the protocol version ${text} is not spoken here` };
  return { status: 400, why: "the request line does not end with a protocol version" };
}
