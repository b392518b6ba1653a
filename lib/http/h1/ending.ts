/** How a connection ends: at once, once everything has left, or by a reset; and what of it is still open. */

import type { Output } from "./output.ts";
import type { Transport } from "../transport.ts";

export interface EndingListener {
  /** Everything has left, but the client may still be sending: from now on that is swallowed. */
  lingering(): void;
  /** The socket was closed from here. */
  lost(): void;
}

type Phase = "open" | "lingering" | "closed";

export class Ending {
  phase: Phase = "open";
  /** The client has sent its FIN. It may still be reading. */
  halfClosed = false;
  /** The client may still be sending what nobody will read. */
  unread = false;
  /** The end comes as soon as everything has left. */
  awaited = false;
  /** Our FIN goes as soon as everything has left. */
  halfAwaited = false;
  /** It has gone. */
  halfSent = false;
  #transport: Transport;
  #output: Output;
  #listener: EndingListener;

  constructor(transport: Transport, output: Output, listener: EndingListener) {
    this.#transport = transport;
    this.#output = output;
    this.#listener = listener;
  }

  /**
   * Closes once everything has left. While the client still sends, closing at once would answer it with a reset that
   * overtakes the response, so only our half is closed and the rest is swallowed for a while (RFC 9112 §9.6).
   */
  finish(): void {
    if (!this.#output.empty) {
      this.awaited = true;
      return;
    }
    if (!this.unread || this.halfClosed) {
      this.close();
      return;
    }
    this.phase = "lingering";
    this.#listener.lingering();
    this.#transport.shutdown();
  }

  /** Sends FIN once everything has left; the client may go on sending. */
  halfClose(): void {
    this.halfAwaited = !this.#output.empty;
    if (this.halfAwaited) return;
    this.halfSent = true;
    this.#transport.shutdown();
  }

  /** An orderly end: the kernel still delivers what was written. */
  close(): void {
    if (this.phase === "closed") return;
    this.#transport.end();
    this.#listener.lost();
  }

  /** A reset: whoever reads a response must see that it is not whole. */
  drop(): void {
    if (this.phase === "closed") return;
    this.#transport.terminate();
    this.#listener.lost();
  }
}
