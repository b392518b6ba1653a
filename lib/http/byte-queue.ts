/**
 * Bytes that wait, in order: copied where the buffers they come in are only lent, and small ones together, because each
 * buffer costs a hundred bytes more than it holds.
 */

/** What is smaller shares a block with its neighbours. */
const BLOCK_BYTES = 4096;

export class ByteQueue {
  #blocks: Buffer[] = [];
  /** Used of the last block. */
  #used = 0;
  /** Taken of the first block. */
  #taken = 0;
  length = 0;

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.length += bytes.length;
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.length - this.#used >= bytes.length) {
      last.set(bytes, this.#used);
      this.#used += bytes.length;
      return;
    }
    // The rest of the last block stays empty: it ends where it is used.
    if (last !== undefined) this.#blocks[this.#blocks.length - 1] = last.subarray(0, this.#used);
    const block = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, bytes.length));
    block.set(bytes);
    this.#blocks.push(block);
    this.#used = bytes.length;
  }

  /** The same with bytes that stay as they are: what comes alone or is large is not copied. */
  keep(bytes: Buffer): void {
    const last = this.#blocks.at(-1);
    if (last !== undefined && bytes.length < BLOCK_BYTES) return this.push(bytes);
    if (bytes.length === 0) return;
    if (last !== undefined && this.#used < last.length)
      this.#blocks[this.#blocks.length - 1] = last.subarray(0, this.#used);
    this.#blocks.push(bytes);
    this.#used = bytes.length;
    this.length += bytes.length;
  }

  /** All that waits, after which nothing does. */
  take(): Buffer {
    const { length } = this;
    const parts: Buffer[] = [];
    while (this.length > 0) parts.push(this.shift(length));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length);
  }

  /** Up to `most` bytes from the front, as they lie; to be used before the next call. Not for an empty queue. */
  shift(most: number): Buffer {
    const block = this.#blocks[0] as Buffer;
    const end = this.#blocks.length === 1 ? this.#used : block.length;
    const take = Math.min(most, end - this.#taken);
    const bytes = take === block.length ? block : block.subarray(this.#taken, this.#taken + take);
    this.#taken += take;
    this.length -= take;
    if (this.#taken === end) {
      this.#blocks.shift();
      this.#taken = 0;
      if (this.#blocks.length === 0) this.#used = 0;
    }
    return bytes;
  }

  clear(): void {
    this.#blocks = [];
    this.#used = 0;
    this.#taken = 0;
    this.length = 0;
  }
}
