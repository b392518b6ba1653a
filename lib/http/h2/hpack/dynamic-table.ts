/** The fields a client has told to remember (RFC 7541 §2.3.2, §4). Pure. */

import type { Field } from "../../exchange.ts";

/** RFC 7541 §4.1: what an entry counts beside its text. */
export const ENTRY_BYTES = 32;

export class DynamicTable {
  /** The newest last. */
  #entries: Field[] = [];
  /** Index of the oldest: taking from the front of an array would move all the others. */
  #first = 0;
  #size = 0;
  #most: number;
  /** Grows with each change: what was decoded at the same count means the same again. */
  changes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param index 1 is the newest. */
  get(index: number): Field | undefined {
    return index > this.#entries.length - this.#first ? undefined : this.#entries[this.#entries.length - index];
  }

  add(field: Field): void {
    const size = field[0].length + field[1].length + ENTRY_BYTES;
    this.changes++;
    this.#evict(this.#most - size);
    // RFC 7541 §4.4: an entry larger than the table empties it, and is no error.
    if (size > this.#most) return;
    this.#entries.push(field);
    this.#size += size;
  }

  resize(most: number): void {
    this.changes++;
    this.#most = most;
    this.#evict(most);
  }

  #evict(room: number): void {
    while (this.#size > room && this.#first < this.#entries.length) {
      const [name, value] = this.#entries[this.#first++] as Field;
      this.#size -= name.length + value.length + ENTRY_BYTES;
    }
    // Moving what is left is only worth it when most of the array is behind us.
    if (this.#first * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}
