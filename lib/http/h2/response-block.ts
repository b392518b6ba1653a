/** Response heads as header blocks (RFC 9113 §8.3.2). What a head comes to is kept with it: heads are made to be kept. */

import { currentDate } from "../dates.ts";
import type { Field } from "../exchange.ts";
import type { ResponseHead } from "../response-head.ts";
import { encodeField } from "./hpack/encoder.ts";

/** RFC 9113 §8.2.2: these speak of an HTTP/1 connection. {@link ResponseHead} has none of the others. */
const HTTP1_FIELDS = new Set(["proxy-connection", "upgrade"]);

const known = new WeakMap<ResponseHead, Buffer>();

const SERVER = encodeField("server", "Malt");

export const CONTINUE_BLOCK: readonly Buffer[] = [encodeField(":status", "100")];

let dateText = "";
let dateField: Buffer = Buffer.alloc(0);

/** Lengths repeat, too; bounded, because applications choose them. */
const lengthFields = new Map<number, Buffer>();
const MAX_LENGTH_FIELDS = 1024;

/** @param length for Content-Length; -1 leaves it out. */
export function responseBlock(response: ResponseHead, length: number): Buffer[] {
  let head = known.get(response);
  if (head === undefined) {
    head = encodeHead(response);
    known.set(response, head);
  }
  const block = response.stamps === null ? [head, currentDateField()] : [head];
  if (length >= 0) block.push(lengthField(length));
  return block;
}

/** Of a 1xx, which has no more than it was given. */
export function interimBlock({ status, fields }: ResponseHead): Buffer[] {
  return [encodeField(":status", `${status}`), ...encodeFields(fields)];
}

/** What stands behind a body (RFC 9113 §8.1). */
export function trailerBlock(trailers: readonly Field[]): Buffer[] {
  return encodeFields(trailers);
}

function encodeHead({ status, fields, stamps }: ResponseHead): Buffer {
  const own = stamps === null ? [SERVER] : encodeFields(stamps);
  return Buffer.concat([encodeField(":status", `${status}`), ...own, ...encodeFields(fields)]);
}

function encodeFields(fields: readonly Field[]): Buffer[] {
  const sent = fields.map(([name, value]) => [name.toLowerCase(), value] as const);
  return sent.filter(([name]) => !HTTP1_FIELDS.has(name)).map(([name, value]) => encodeField(name, value));
}

function currentDateField(): Buffer {
  const date = currentDate();
  if (date !== dateText) {
    dateText = date;
    dateField = encodeField("date", date);
  }
  return dateField;
}

function lengthField(length: number): Buffer {
  const found = lengthFields.get(length);
  if (found !== undefined) return found;
  const encoded = encodeField("content-length", `${length}`);
  if (lengthFields.size >= MAX_LENGTH_FIELDS) lengthFields.clear();
  lengthFields.set(length, encoded);
  return encoded;
}
