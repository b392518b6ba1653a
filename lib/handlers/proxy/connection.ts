/**
 * One connection to an upstream: a request and its response at a time, or, after 101, whatever is sent. Knows nothing of
 * clients; whoever uses it is told what comes.
 */

import type { Field } from "../../http/exchange.ts";
import { Output, type OutputListener } from "../../http/h1/output.ts";
import type { Transport } from "../../http/transport.ts";
import type { UpstreamResponse } from "./response-head.ts";
import { ResponseReader, type ResponseListener } from "./response-reader.ts";

/** Whoever has a request for an upstream. */
export interface UpstreamUser extends ResponseListener {
  /** It can be sent. */
  connected(): void;
  /** What was sent has left. */
  drained(): void;
  /** All that one read brought was given. */
  settled(): void;
  /** The response is complete, with these fields behind it; after 101: the upstream has sent its FIN. */
  completed(trailers: readonly Field[]): void;
  /**
   * Nothing more will come.
   * @param untouched the connection had been used before, and nothing of a response has come: it may have been closed
   * before the request arrived.
   */
  lost(why: string, status: number, untouched: boolean): void;
}

export interface ConnectionKeeper {
  /** It has no user and can take another. */
  idle(connection: UpstreamConnection): void;
  /** It is of no use any more. */
  over(connection: UpstreamConnection): void;
}

export class UpstreamConnection implements ResponseListener, OutputListener {
  /** Which upstream it leads to. */
  readonly key: string;
  /** Since when nobody uses it, monotonic ms. */
  idleSinceMs = 0;
  #keeper: ConnectionKeeper;
  #user: UpstreamUser | null = null;
  #transport: Transport | null = null;
  #output: Output | null = null;
  #reader: ResponseReader | null = null;
  #ready = false;
  #used = false;
  #persistent = false;
  #switched = false;
  #halfClosing = false;
  #paused = false;
  #ended = false;
  #over = false;

  constructor(key: string, keeper: ConnectionKeeper) {
    this.key = key;
    this.#keeper = keeper;
  }

  /** Everything sent has left. */
  get empty(): boolean {
    return this.#output?.empty ?? true;
  }

  // For its user.

  /** `user` is told when it may send, at once if the connection is there already. */
  begin(user: UpstreamUser): void {
    this.#user = user;
    if (this.#ready) user.connected();
  }

  /** @param head of a request, latin-1; `body` may be all of it that there is, or the first of it. */
  request(method: string, head: string, body: Uint8Array | null): void {
    this.#reader = new ResponseReader(method, this);
    this.#output?.head(head, body);
  }

  send(bytes: Uint8Array): void {
    this.#output?.body(bytes);
  }

  sendChunk(bytes: Uint8Array, last: boolean): void {
    this.#output?.chunk("", bytes, last);
  }

  /** Sends FIN behind what was sent. */
  halfClose(): void {
    this.#halfClosing = !this.empty;
    if (!this.#halfClosing) this.#transport?.shutdown();
  }

  pause(): void {
    this.#paused = true;
    this.#transport?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#transport?.resume();
  }

  /** Its request and its response are complete: it is given back, if another may follow. */
  release(): void {
    this.#user = null;
    const reader = this.#reader;
    this.#reader = null;
    this.#used = true;
    // The end may have come in the very read that was one too many.
    this.resume();
    if (this.#persistent && !this.#over && reader?.surplus === null && this.empty) this.#keeper.idle(this);
    else this.close();
  }

  /** An orderly end: what was sent still arrives. */
  close(): void {
    this.#user = null;
    if (this.#over) return;
    this.#over = true;
    this.#keeper.over(this);
    this.#transport?.end();
  }

  /** Whatever the upstream is doing for the request, nobody wants it. */
  abort(): void {
    this.#user = null;
    if (this.#over) return;
    this.#over = true;
    this.#keeper.over(this);
    this.#transport?.terminate();
  }

  // From the socket.

  /** The socket is there; `ready` when nothing has to be negotiated on it first. */
  opened(transport: Transport, ready: boolean): void {
    if (this.#over) {
      transport.terminate();
      return;
    }
    this.#transport = transport;
    this.#output = new Output(transport, this);
    if (ready) this.secured();
  }

  secured(): void {
    if (this.#over) return;
    this.#ready = true;
    this.#user?.connected();
  }

  /** There is no connection, or none that could be trusted. */
  failed(why: string, status: number): void {
    this.#lose(why, status);
  }

  receive(data: Buffer): void {
    const user = this.#user;
    if (user === null || this.#reader === null) {
      // Nothing was asked: whatever this is, the next response would be mistaken for it.
      this.#lose("it sent something that nobody had asked for", 502);
      return;
    }
    if (this.#switched) {
      user.bodyReceived(data);
      user.settled();
      return;
    }
    const reader = this.#reader;
    const why = reader.feed(data);
    // By now the user may have given up.
    if (this.#user !== user) return;
    if (why !== null) {
      this.#lose(`the response is malformed: ${why}`, 502);
      return;
    }
    if (this.#switched && reader.surplus !== null) user.bodyReceived(reader.surplus);
    if (reader.done && !this.#switched) user.completed(reader.trailers);
    else user.settled();
  }

  /** The upstream has sent its FIN. */
  ended(): void {
    if (this.#ended) return;
    this.#ended = true;
    const user = this.#user;
    if (user === null || this.#reader === null) {
      this.close();
      return;
    }
    const why = this.#switched ? null : this.#reader.ended();
    if (why === null) user.completed(this.#reader.trailers);
    else this.#lose(`the response is not whole: ${why}`, 502);
  }

  /** @param byReset or by something else that is no orderly end. */
  closed(byReset: boolean): void {
    if (byReset) this.#lose("the connection was reset", 502);
    // Once both have sent FIN the socket is closed at once, and is all that shows of the upstream's.
    else if (!this.#over) this.ended();
  }

  drain(): void {
    this.#output?.drain();
  }

  // ResponseListener

  interim(response: UpstreamResponse): void {
    this.#user?.interim(response);
  }

  responded(response: UpstreamResponse): void {
    this.#persistent = response.persistent;
    this.#switched = response.status === 101;
    this.#user?.responded(response);
  }

  bodyReceived(bytes: Buffer): void {
    this.#user?.bodyReceived(bytes);
  }

  // OutputListener

  outputDrained(): void {
    if (this.#halfClosing) this.halfClose();
    this.#user?.drained();
  }

  partsSent(): void {
    // No files are sent to upstreams.
  }

  #lose(why: string, status: number): void {
    const user = this.#user;
    const untouched = this.#used && this.#reader?.started === false;
    this.#output?.discard();
    this.abort();
    user?.lost(why, status, untouched);
  }
}
