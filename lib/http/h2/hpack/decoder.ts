/** Header blocks of one connection to fields (RFC 7541). Pure; text is latin-1, one character a byte. */

import type { Field } from "../../exchange.ts";
import { DynamicTable, ENTRY_BYTES } from "./dynamic-table.ts";
import { huffmanDecode } from "./huffman.ts";
import { STATIC_FIELDS } from "./static-table.ts";

/** The table size every connection begins with, and that we never allow to grow (RFC 9113 §6.5.2). */
export const TABLE_BYTES = 4096;

/** Why a block was not understood. After that nothing on the connection can be. */
export type Misfit = "malformed" | "too large";

let scratch = Buffer.allocUnsafeSlow(16 * 1024);

export class HpackDecoder {
  #table = new DynamicTable(TABLE_BYTES);
  #mostBytes: number;
  #block: Buffer = NOTHING;
  #at = 0;
  #misfit: Misfit | null = null;

  /** @param mostBytes larger header lists, counted as in RFC 9113 §6.5.2, are not decoded to their end. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** A block that is the same bytes at the same count means the same fields, if it leaves the count as it is. */
  get changes(): number {
    return this.#table.changes;
  }

  decode(block: Buffer): Field[] | Misfit {
    this.#block = block;
    this.#at = 0;
    this.#misfit = null;
    const fields: Field[] = [];
    let size = 0;
    while (this.#at < block.length) {
      const first = block[this.#at] as number;
      if ((first & 0xe0) === 0x20) {
        this.#resize(fields.length);
      } else {
        const field = this.#field(first);
        if (field === null) return this.#misfit ?? "malformed";
        size += field[0].length + field[1].length + ENTRY_BYTES;
        if (size > this.#mostBytes) return "too large";
        fields.push(field);
      }
      if (this.#misfit !== null) return this.#misfit;
    }
    return fields;
  }

  #field(first: number): Field | null {
    if (first >= 0x80) return this.#indexed(this.#integer(7));
    const remember = first >= 0x40;
    const index = this.#integer(remember ? 6 : 4);
    const name = index === 0 ? this.#text() : this.#indexed(index)?.[0];
    const value = this.#text();
    if (name === undefined || this.#misfit !== null) return null;
    const field: Field = [name, value];
    if (remember) this.#table.add(field);
    return field;
  }

  #indexed(index: number): Field | null {
    const found =
      index <= STATIC_FIELDS.length ? STATIC_FIELDS[index - 1] : this.#table.get(index - STATIC_FIELDS.length);
    if (found === undefined) this.#misfit ??= "malformed";
    return found ?? null;
  }

  #resize(fieldsBefore: number): void {
    const most = this.#integer(5);
    // RFC 7541 §4.2, §6.3: only at the beginning of a block, and not above what the settings allow.
    if (fieldsBefore > 0 || most > TABLE_BYTES) this.#misfit ??= "malformed";
    else this.#table.resize(most);
  }

  /** RFC 7541 §5.1. */
  #integer(prefixBits: number): number {
    const block = this.#block;
    const most = (1 << prefixBits) - 1;
    let value = (block[this.#at++] as number) & most;
    if (value < most) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = block[this.#at++];
      // Four more bytes are 28 bits, beyond any block: longer ones only want to overflow.
      if (byte === undefined || shift > 21) {
        this.#misfit ??= "malformed";
        return 0;
      }
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  /** RFC 7541 §5.2. */
  #text(): string {
    const block = this.#block;
    const first = block[this.#at];
    if (first === undefined) {
      this.#misfit ??= "malformed";
      return "";
    }
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > block.length) {
      this.#misfit ??= "malformed";
      return "";
    }
    this.#at = end;
    if (first < 0x80) return block.latin1Slice(start, end);
    // The shortest code has five bits.
    if (length * 8 > scratch.length * 5) scratch = Buffer.allocUnsafeSlow(length * 2);
    const used = huffmanDecode(block, start, end, scratch);
    if (used < 0) this.#misfit ??= "malformed";
    return used < 0 ? "" : scratch.latin1Slice(0, used);
  }
}

const NOTHING = Buffer.alloc(0);
