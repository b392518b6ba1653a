/** Puts a header block together from HEADERS and the CONTINUATION frames behind it (RFC 9113 §4.3, §6.2). Pure. */

import { MAX_HEAD_BYTES } from "../syntax.ts";
import { ErrorCode, Flag, type Fault } from "./frames.ts";

/**
 * The largest block that is taken needs 16 of them at the usual size; clients cut at that size. Without a bound, empty ones
 * would go on for ever (CVE-2024-27316).
 */
const MAX_CONTINUATIONS = 32;

const FLOOD: Fault = { code: ErrorCode.ENHANCE_YOUR_CALM, why: "the header block is too large, or in too many pieces" };

/** The fragment of a HEADERS frame, without its padding and priority; or what is wrong with it. */
export interface HeadersPayload {
  readonly fragment: Buffer;
  /** The stream it says to depend on; -1 when it says nothing. */
  readonly dependsOn: number;
}

export class HeaderSequence {
  #parts: Buffer[] = [];
  #size = 0;
  readonly streamId: number;
  readonly endStream: boolean;
  readonly dependsOn: number;
  /** Since when it is waited for, coarse ms. */
  readonly sinceMs: number;

  constructor(streamId: number, endStream: boolean, payload: HeadersPayload, sinceMs: number) {
    this.streamId = streamId;
    this.endStream = endStream;
    this.dependsOn = payload.dependsOn;
    this.sinceMs = sinceMs;
    this.add(payload.fragment);
  }

  /** How much has arrived. */
  get size(): number {
    return this.#size;
  }

  /** Adds a fragment, which is copied. */
  add(fragment: Buffer): Fault | null {
    this.#parts.push(Buffer.from(fragment));
    this.#size += fragment.length;
    return this.#parts.length > MAX_CONTINUATIONS || this.#size > MAX_HEAD_BYTES ? FLOOD : null;
  }

  get block(): Buffer {
    return Buffer.concat(this.#parts, this.#size);
  }
}

/** What is left of a padded payload (RFC 9113 §6.1); null when the padding is longer. */
export function withoutPadding(flags: number, payload: Buffer): Buffer | null {
  if ((flags & Flag.PADDED) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) return null;
  return payload.subarray(1, payload.length - padding);
}

/** The payload of a HEADERS frame taken apart; null when it is malformed. */
export function headersPayload(flags: number, payload: Buffer): HeadersPayload | null {
  const content = withoutPadding(flags, payload);
  if (content === null) return null;
  if ((flags & Flag.PRIORITY) === 0) return { fragment: content, dependsOn: -1 };
  if (content.length < 5) return null;
  return { fragment: content.subarray(5), dependsOn: content.readUInt32BE(0) & 0x7fffffff };
}
