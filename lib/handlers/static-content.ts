/** What of a file is sent for a request: conditions first, then ranges (RFC 9110 §13.2.2). Nothing is read or sent. */

import { conditionsOf, evaluate, rangeApplies } from "../http/conditionals.ts";
import type { Field, RequestHead } from "../http/exchange.ts";
import { contentRange, frameRanges, selectRanges, type ByteRange } from "../http/ranges.ts";
import { validatorsOf, type OpenFile } from "./static-file.ts";

/** Parts of the file and framing between them; or a status without any of the file. */
export type Content = PartialContent | { readonly status: 304 | 412 | 416; readonly fields: readonly Field[] };

export interface PartialContent {
  readonly status: 200 | 206;
  readonly fields: readonly Field[];
  /** Sum of the parts. */
  readonly length: number;
  readonly parts: readonly (ByteRange | string)[];
}

const ACCEPT_RANGES: Field = ["Accept-Ranges", "bytes"];

/**
 * @param type the media type; undefined leaves Content-Type out
 * @param extra fields that come with the file, and where it is not sent again
 */
export function contentFor(
  head: RequestHead,
  file: OpenFile,
  type: string | undefined,
  extra: readonly Field[] = [],
): Content {
  const { size } = file;
  const nowMs = head.startedUs / 1000;
  const validators = validatorsOf(file, nowMs);
  const conditions = conditionsOf(head);
  const verdict = evaluate(head.method, conditions, validators, nowMs);
  if (verdict === "failed") return { status: 412, fields: [] };
  const etag: Field = ["ETag", validators.etag];
  // §15.4.5: what the client has already is not repeated, only which version of it is meant.
  if (verdict === "not modified") return { status: 304, fields: [etag, ...extra] };

  const fields: Field[] = [["Last-Modified", validators.lastModified], etag, ACCEPT_RANGES, ...extra];
  // §14.2: only GET knows ranges.
  const { range } = conditions;
  const isRanged = range !== undefined && head.method === "GET" && rangeApplies(conditions, validators, nowMs);
  const ranges = isRanged ? selectRanges(range, size) : "whole";
  if (ranges === "unsatisfiable") return { status: 416, fields: [["Content-Range", `bytes */${size}`]] };
  if (ranges !== "whole" && ranges.length > 1) {
    // A UUID has 122 random bits: no content can have been made to hold it.
    const framed = frameRanges(ranges, size, type, crypto.randomUUID());
    fields.push(["Content-Type", framed.contentType]);
    return { status: 206, fields, length: framed.contentLength, parts: framed.parts };
  }
  if (type !== undefined) fields.push(["Content-Type", type]);
  const only = ranges === "whole" ? undefined : ranges[0];
  if (only === undefined) return { status: 200, fields, length: size, parts: [{ offset: 0, length: size }] };
  fields.push(["Content-Range", contentRange(only, size)]);
  return { status: 206, fields, length: only.length, parts: [only] };
}
