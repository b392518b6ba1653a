/** The head of an upstream's response, checked as strictly as a client's request (RFC 9112 §4, §5, §6.3). Pure. */

import type { Field } from "../../http/exchange.ts";
import { parseFieldLine } from "../../http/field-line.ts";
import { CONTROL } from "../../http/syntax.ts";
import { isBodyless } from "../../http/response-head.ts";

/** How the end of the body is told: bytes to come, or in one of these ways. */
export type ResponseFraming = number | "chunked" | "close";

export interface UpstreamResponse {
  readonly status: number;
  readonly reason: string;
  /** In the order and spelling of the upstream. */
  readonly fields: readonly Field[];
  readonly framing: ResponseFraming;
  /** Another request may follow on the connection. */
  readonly persistent: boolean;
}

/** Why a response can't be passed on, for the log. */
export interface BadResponse {
  readonly why: string;
}

/** Far more than any server sends; a bound all the same. */
const MAX_FIELDS = 256;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: (.*))?$/;

/** @param text up to, not including, the empty line. */
export function parseResponseHead(text: string, method: string): UpstreamResponse | BadResponse {
  const [first = "", ...lines] = text.split("\r\n");
  const [, minor, digits, reason = ""] = STATUS_LINE.exec(first) ?? [];
  if (digits === undefined || CONTROL.test(reason)) return { why: "its status line is malformed" };
  if (lines.length > MAX_FIELDS) return { why: `it has more than ${MAX_FIELDS} fields` };
  const fields: Field[] = [];
  for (const line of lines) {
    const field = parseFieldLine(line);
    if (typeof field === "string") return { why: field };
    fields.push(field);
  }
  const status = Number(digits);
  const framing = framingOf(status, method, fields, minor === "1");
  if (typeof framing === "object") return framing;
  const options = listOf(fields, "connection");
  const willing = minor === "1" ? !options.includes("close") : options.includes("keep-alive");
  return { status, reason, fields, framing, persistent: willing && framing !== "close" };
}

/** The values of a list-valued field, lower case. */
export function listOf(fields: readonly Field[], lowerName: string): readonly string[] {
  return valuesOf(fields, lowerName).flatMap((value) =>
    value
      .toLowerCase()
      .split(",")
      .map((word) => word.trim()),
  );
}

function framingOf(
  status: number,
  method: string,
  fields: readonly Field[],
  isCurrent: boolean,
): ResponseFraming | BadResponse {
  const codings = valuesOf(fields, "transfer-encoding");
  const lengths = valuesOf(fields, "content-length");
  // RFC 9112 §6.3: both at once is how responses are smuggled.
  if (codings.length > 0 && lengths.length > 0) return { why: "it has both Content-Length and Transfer-Encoding" };
  if (codings.length > 0 && !isCurrent) return { why: "it is of HTTP/1.0 and has Transfer-Encoding" };
  if (codings.length > 1 || (codings[0] ?? "chunked").toLowerCase() !== "chunked") {
    return { why: "its transfer coding is not chunked" };
  }
  if (lengths.some((length) => !/^\d{1,15}$/.test(length) || length !== lengths[0])) {
    return { why: "its Content-Length is not a number" };
  }
  if (method === "HEAD" || isBodyless(status)) return 0;
  if (codings.length > 0) return "chunked";
  return lengths[0] === undefined ? "close" : Number(lengths[0]);
}

function valuesOf(fields: readonly Field[], lowerName: string): readonly string[] {
  return fields.filter(([name]) => name.toLowerCase() === lowerName).map(([, value]) => value);
}
