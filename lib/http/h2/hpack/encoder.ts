/**
 * Fields to a header block (RFC 7541). Pure, and without a memory: nothing is put into the client's table, so that a head
 * which was encoded once can be sent again on any connection, and whatever table size a client asks for is right.
 */

import { huffmanEncode, huffmanLength } from "./huffman.ts";
import { STATIC_FIELDS, STATIC_INDEX } from "./static-table.ts";

/** Says that the table isn't used, which must be said when a client has changed its size (RFC 7541 §4.2). */
export const NO_TABLE = Buffer.from([0x20]);

/** @param lowerName lower case, @param value latin-1, one character a byte. */
export function encodeField(lowerName: string, value: string): Buffer {
  const index = STATIC_INDEX.get(lowerName) ?? 0;
  // The values of one name stand together.
  for (let at = index; at > 0 && STATIC_FIELDS[at - 1]?.[0] === lowerName; at++) {
    if (STATIC_FIELDS[at - 1]?.[1] === value) return Buffer.from([0x80 | at]);
  }
  const parts = [encodeInteger(0, 4, index)];
  if (index === 0) parts.push(encodeText(lowerName));
  parts.push(encodeText(value));
  return Buffer.concat(parts);
}

/** RFC 7541 §5.1; `pattern` are the bits before the prefix. */
function encodeInteger(pattern: number, prefixBits: number, value: number): Buffer {
  const most = (1 << prefixBits) - 1;
  if (value < most) return Buffer.from([pattern | value]);
  const bytes = [pattern | most];
  let left = value - most;
  for (; left >= 0x80; left >>>= 7) bytes.push(0x80 | (left & 0x7f));
  bytes.push(left);
  return Buffer.from(bytes);
}

function encodeText(text: string): Buffer {
  const packed = huffmanLength(text);
  if (packed < text.length) return Buffer.concat([encodeInteger(0x80, 7, packed), huffmanEncode(text)]);
  return Buffer.concat([encodeInteger(0, 7, text.length), Buffer.from(text, "latin1")]);
}
