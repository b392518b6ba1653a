/** How much a client may send before it is told that there is room again (RFC 9113 §5.2). Pure. */

import { USUAL_FRAME_BYTES } from "./frames.ts";

export class ReceiveWindow {
  #size: number;
  /** What it may still send. */
  #open: number;
  /** What was used up of what it sent, and not told yet. */
  #due = 0;

  constructor(size: number) {
    this.#size = size;
    this.#open = size;
  }

  /** The client has been let send all it may. */
  get exhausted(): boolean {
    return this.#open === 0;
  }

  /** It may send less than a frame, and many clients wait for more then. */
  get low(): boolean {
    return this.#open < USUAL_FRAME_BYTES;
  }

  /** From now on it may send more at once. @returns the increment to tell. */
  grow(size: number): number {
    const more = size - this.#size;
    this.#size = size;
    this.#open += more;
    return more;
  }

  /** @returns false when it is more than was allowed. */
  received(bytes: number): boolean {
    this.#open -= bytes;
    return this.#open >= 0;
  }

  /** So many bytes were used up. @returns the increment to tell now, or 0: half a window at a time is soon enough. */
  consumed(bytes: number): number {
    this.#due += bytes;
    if (this.#due * 2 < this.#size) return 0;
    const due = this.#due;
    this.#due = 0;
    this.#open += due;
    return due;
  }
}
