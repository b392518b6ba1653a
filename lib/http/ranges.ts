/** Range requests (RFC 9110 §14): which bytes are asked for, and how several parts are framed. Pure. */

/** Bytes from `offset` on; never empty, never beyond the end. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Apache's MaxRanges. More than this is not a person paging through a document: the whole is sent instead. */
const MAX_RANGES = 200;

/** What may remain of them once joined: each part costs a descriptor while it is sent. */
const MAX_PARTS = 16;

/**
 * Reads the value of Range for a representation of `size` bytes.
 *
 * Ranges that overlap or touch are joined (§15.3.7.2), so that the answer is never longer than the whole; otherwise
 * they come in the order in which they were asked for.
 *
 * @returns "whole" when the field is to be ignored (another unit, malformed, too many ranges, nothing to divide), and
 * "unsatisfiable" for 416
 */
export function selectRanges(value: string, size: number): readonly ByteRange[] | "whole" | "unsatisfiable" {
  const set = /^bytes=(.*)$/i.exec(value)?.[1];
  if (set === undefined || size === 0) return "whole";
  const specs = set.split(",", MAX_RANGES + 1);
  if (specs.length > MAX_RANGES) return "whole";
  const ranges: ByteRange[] = [];
  let asked = false;
  for (const spec of specs) {
    const trimmed = spec.replace(/^[ \t]+|[ \t]+$/g, "");
    if (trimmed === "") continue; // RFC 9110 §5.6.1.2: empty elements of a list mean nothing
    const range = parseSpec(trimmed, size);
    if (range === "malformed") return "whole";
    asked = true;
    if (range !== "unsatisfiable") ranges.push(range);
  }
  if (!asked) return "whole";
  if (ranges.length === 0) return "unsatisfiable";
  const joined = join(ranges);
  return joined.length > MAX_PARTS ? "whole" : joined;
}

function parseSpec(spec: string, size: number): ByteRange | "malformed" | "unsatisfiable" {
  const parts = /^(\d*)-(\d*)$/.exec(spec);
  if (parts === null) return "malformed";
  const [, first, last] = parts as unknown as [string, string, string];
  if (first === "") {
    if (last === "") return "malformed";
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  if (last !== "" && Number(last) < offset) return "malformed";
  if (offset >= size) return "unsatisfiable";
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return { offset, length: end - offset };
}

/** Joins what overlaps or touches; each group stands where its first member was asked for. */
function join(ranges: readonly ByteRange[]): readonly ByteRange[] {
  if (ranges.length === 1) return ranges;
  const byOffset = ranges.map((range, order) => ({ ...range, order })).toSorted((a, b) => a.offset - b.offset);
  const groups: { offset: number; length: number; order: number }[] = [];
  for (const range of byOffset) {
    const group = groups.at(-1);
    if (group === undefined || range.offset > group.offset + group.length) {
      groups.push(range);
      continue;
    }
    group.length = Math.max(group.length, range.offset + range.length - group.offset);
    group.order = Math.min(group.order, range.order);
  }
  return groups.toSorted((a, b) => a.order - b.order).map(({ offset, length }) => ({ offset, length }));
}

/** The value of Content-Range for one part. */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.offset}-${range.offset + range.length - 1}/${size}`;
}

/** A multipart/byteranges body: literal framing and the ranges themselves, in order. */
export interface ByteRanges {
  readonly contentType: string;
  /** Of the whole body, framing included. */
  readonly contentLength: number;
  readonly parts: readonly (ByteRange | string)[];
}

/**
 * Frames several ranges as one body (§14.6).
 * @param type of the whole representation; each part repeats it
 * @param boundary must not occur in the content: make it random
 */
export function frameRanges(
  ranges: readonly ByteRange[],
  size: number,
  type: string | undefined,
  boundary: string,
): ByteRanges {
  const typeLine = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  const parts: (ByteRange | string)[] = [];
  let contentLength = 0;
  for (const range of ranges) {
    const delimiter = `${parts.length === 0 ? "" : "\r\n"}--${boundary}\r\n`;
    const framing = `${delimiter}${typeLine}Content-Range: ${contentRange(range, size)}\r\n\r\n`;
    parts.push(framing, range);
    contentLength += framing.length + range.length;
  }
  const close = `\r\n--${boundary}--\r\n`;
  parts.push(close);
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    contentLength: contentLength + close.length,
    parts,
  };
}
