/** The one connection between this front end and one worker: many requests at once, one write a turn. */

import { createFrameDecoder } from "../../channel/decoder.ts";
import { FrameEncoder } from "../../channel/encoder.ts";
import { FromWorker, RequestFlag, ReturnFlag, ToWorker } from "../../channel/frames.ts";
import type { WsgiCall } from "./call.ts";
import type { Common } from "../../http/exchange.ts";
import { createPace, type Pace } from "./pace.ts";
import { createSlots, type Slots } from "./slots.ts";
import { openStartedNotes, type StartedNotes } from "./started.ts";
import { readWorkerHead } from "./worker-heads.ts";

/** What is needed of the socket. */
export interface LinkSocket {
  write(data: Uint8Array): number;
  terminate(): void;
}

export interface LinkListener {
  /** The worker has said hello: it can be given requests. */
  linkReady(link: WorkerLink): void;
  /** Some requests are done: there is room. */
  linkFreed(link: WorkerLink): void;
  /** This one was not started: another worker must take it. */
  linkReturned(link: WorkerLink, call: WsgiCall): void;
  linkDrained(link: WorkerLink): void;
  /** The worker broke the protocol, or its connection ended. */
  linkLost(link: WorkerLink, why: string): void;
}

interface Hello {
  readonly threads: number;
  readonly slots?: number;
  readonly started?: string;
}

export class WorkerLink {
  readonly workerId: number;
  readonly pid: number;
  /** 0 until the worker has said hello. */
  threads = 0;
  /** Requests to have there at once, those sent ahead apart: its threads, or fewer while other front ends use them. */
  window = 0;
  /** It has an application, as the supervisor says. */
  loaded = true;
  /** It was told to finish, or said that it goes: nothing more is sent to it. */
  leaving = false;
  /** It has nothing of ours any more, and gets nothing. */
  drained = false;
  readonly pace: Pace = createPace();
  #listener: LinkListener;
  #clock: { readonly nowMs: number };
  #socket: LinkSocket | null = null;
  #encoder = new FrameEncoder();
  #decoder = createFrameDecoder((type, flags, _aux, id, bytes, start, end) =>
    this.#frame(type, flags, id, bytes, start, end),
  );
  #calls = new Map<number, WsgiCall>();
  #slots: Slots = createSlots(0);
  #notes: StartedNotes | null = null;
  #nextId = 1;
  #flushAsked = false;
  #blocked = false;
  #finished = 0;
  #broken = false;
  #drainAsked = false;

  constructor(workerId: number, pid: number, listener: LinkListener, clock: { readonly nowMs: number }) {
    this.#clock = clock;
    this.workerId = workerId;
    this.pid = pid;
    this.#listener = listener;
  }

  /** Requests in the worker's hands, those sent ahead included. */
  get load(): number {
    return this.#calls.size;
  }

  get usable(): boolean {
    return this.threads > 0 && !this.leaving;
  }

  attach(socket: LinkSocket): void {
    this.#socket = socket;
  }

  /** Gives a request to the worker. */
  request(call: WsgiCall, prefetched: boolean): void {
    const id = this.#nextId;
    this.#nextId = id === 0xffffffff ? 1 : id + 1;
    call.link = this;
    call.id = id;
    call.givenAtMs = this.#clock.nowMs;
    if (this.#calls.size === 0) this.pace.begin();
    this.#calls.set(id, call);
    const body = call.exchange.body;
    const complete = body === null || call.wholeBody !== null;
    const flags = (complete ? RequestFlag.BODY_COMPLETE : 0) | (prefetched ? RequestFlag.PREFETCHED : 0);
    call.exchange.touch();
    const { common } = call.exchange.head;
    const slot = this.#slotFor(common);
    const text = slot > 0 ? call.environ : `${common.environ}\0${call.environ}`;
    this.#encoder.text(ToWorker.REQUEST, flags, slot, id, text, call.wholeBody);
    this.#askFlush();
  }

  /** Only what was seen twice is worth remembering: many connections carry a single request. */
  #slotFor(common: Common): number {
    const known = this.#slots.find(common);
    if (known > 0 || common.uses < 2) return known;
    const slot = this.#slots.assign(common);
    if (slot > 0) this.#encoder.define(ToWorker.DEFINE, slot, common.environ);
    return slot;
  }

  tell(type: number, flags: number, id: number, payload: Uint8Array | null): void {
    this.#encoder.bytes(type, flags, id, payload);
    this.#askFlush();
  }

  grant(id: number, bytes: number): void {
    this.#encoder.number(ToWorker.GRANT, 0, id, bytes);
    this.#askFlush();
  }

  /** Nothing new follows; what was not started comes back. */
  drain(): void {
    if (this.#drainAsked) return;
    this.#drainAsked = true;
    this.leaving = true;
    this.tell(ToWorker.DRAIN, 0, 0, null);
  }

  /** Bytes from the worker. */
  receive(data: Buffer): void {
    this.#finished = 0;
    if (!this.#decoder.feed(data) || this.#broken) {
      this.#socket?.terminate();
      this.#listener.linkLost(this, "it broke the channel protocol");
      return;
    }
    if (this.#finished > 0) {
      this.pace.finished(this.#finished);
      // A thread is free now, and another may be: one more than before is tried.
      if (this.window < this.threads) this.window = Math.min(this.threads, this.window + this.#finished);
      this.#listener.linkFreed(this);
    }
  }

  /** The socket takes bytes again. */
  writable(): void {
    this.#blocked = false;
    this.#flush();
  }

  /** The connection has ended. What becomes of the calls is known when it is known why, see {@link lost}. */
  ended(): void {
    this.threads = 0;
    this.#socket = null;
  }

  /**
   * The worker is gone. What it had not started is given to another; the others are answered with what `statusOf` says,
   * which gets the ms for which the worker had them.
   */
  lost(why: string, nowMs: number, statusOf: (agedMs: number) => number): void {
    const socket = this.#socket;
    this.ended();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) {
      if (this.#notes?.started(call.id) === false) {
        call.link = null;
        this.#listener.linkReturned(this, call);
      } else {
        call.lost(why, statusOf(nowMs - call.givenAtMs));
      }
    }
    this.#notes?.close();
    this.#notes = null;
    // A worker that lives on need not finish for nobody.
    socket?.terminate();
  }

  /** Its calls can't be waited for any longer: each is answered with this status. */
  giveUp(why: string, status: number): void {
    this.#notes?.close();
    this.#notes = null;
    this.lost(why, 0, () => status);
  }

  #frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) {
      this.#frameOfNone(type, flags, bytes, start, end);
      return;
    }
    let done = false;
    switch (type) {
      case FromWorker.RESPONSE: {
        const bodyAt = start + 4 + bytes.readUInt32LE(start);
        const head = bodyAt <= end ? readWorkerHead(bytes.latin1Slice(start + 4, bodyAt)) : undefined;
        if (head === undefined) this.#broken = true;
        else done = call.response(head, flags, bytes.subarray(bodyAt, end));
        break;
      }
      case FromWorker.CHUNK:
        done = call.chunk(flags, bytes.subarray(start, end));
        break;
      case FromWorker.END:
        call.end();
        done = true;
        break;
      case FromWorker.ABORT:
        call.abort(bytes.toString("utf8", start, end));
        done = true;
        break;
      case FromWorker.PULL:
        call.pull(bytes.readUInt32LE(start));
        break;
      case FromWorker.RETURN:
        this.#calls.delete(id);
        call.link = null;
        // Before the request is given away: it must not come back here.
        if ((flags & ReturnFlag.LEAVING) !== 0) this.drain();
        if ((flags & ReturnFlag.RESTART) !== 0) call.restarted();
        this.pace.returned();
        // It was not one too many by our count: other front ends have the threads that we took for free.
        if (this.#calls.size < this.window) this.window = this.#calls.size;
        this.#listener.linkReturned(this, call);
        return;
      default:
        this.#broken = true;
    }
    if (!done) return;
    this.#calls.delete(id);
    call.link = null;
    this.#finished++;
  }

  #frameOfNone(type: number, flags: number, bytes: Buffer, start: number, end: number): void {
    if (type === FromWorker.HELLO) {
      const hello = JSON.parse(bytes.toString("utf8", start, end)) as Hello;
      this.threads = this.window = hello.threads;
      this.#slots = createSlots(hello.slots ?? 0);
      this.#notes = openStartedNotes(hello.started, hello.threads);
      this.#listener.linkReady(this);
    } else if (type === FromWorker.RETURN) {
      if ((flags & ReturnFlag.LEAVING) !== 0) this.drain();
    } else if (type === FromWorker.NUDGE) {
      this.grant(0, 0);
    } else if (type === FromWorker.DRAINED) {
      this.drained = true;
      this.#listener.linkDrained(this);
    }
    // Anything else is the last word on a call that is over.
  }

  #askFlush(): void {
    if (this.#flushAsked || this.#blocked) return;
    this.#flushAsked = true;
    setImmediate(() => {
      this.#flushAsked = false;
      this.#flush();
    });
  }

  #flush(): void {
    const encoder = this.#encoder;
    if (this.#socket === null || encoder.size === 0) return;
    const waiting = encoder.size;
    const taken = this.#socket.write(encoder.pending());
    if (taken < 0) return;
    encoder.sent(taken);
    this.#blocked = taken < waiting;
  }
}
