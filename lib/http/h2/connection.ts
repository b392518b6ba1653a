/**
 * One HTTP/2 connection: frames in, exchanges out, many at a time. Knows nothing of which socket it sits on.
 *
 * Strict where RFC 9113 is: what breaks the state of the connection ends it, what breaks a stream resets that.
 */

import type { Connection } from "../connection.ts";
import type { Peer } from "../exchange.ts";
import type { ConnectionContext } from "../context.ts";
import { deadline } from "../deadlines.ts";
import type { Transport } from "../transport.ts";
import { Patience, type Waiting } from "../patience.ts";
import { MAX_HEAD_BYTES } from "../syntax.ts";
import { Exchanges } from "./exchanges.ts";
import { FIRST_WINDOW_BYTES } from "./exchange.ts";
import { FrameReader } from "./frame-reader.ts";
import { FrameWriter } from "./frame-writer.ts";
import {
  ErrorCode,
  Flag,
  frame,
  FrameType,
  goAwayFrame,
  LARGEST_STREAM_ID,
  PREFACE,
  Setting,
  settingsFrame,
  type Fault,
} from "./frames.ts";
import { Inbound } from "./inbound.ts";
import { MAX_STREAMS } from "./streams.ts";

/** Beyond this the client is stopped until it takes what it was sent: its own requests are what makes more of it. */
const MAX_WAITING_BYTES = 256 * 1024;

/** How long the client may take to answer a ping, before it is taken for one that knows that we leave. */
const ROUND_TRIP_MS = 1000;

const LEAVING_PING = frame(FrameType.PING, 0, 0, Buffer.from("leaving!"));

const GREETING = Buffer.concat([
  settingsFrame([
    [Setting.MAX_CONCURRENT_STREAMS, MAX_STREAMS],
    [Setting.INITIAL_WINDOW_SIZE, FIRST_WINDOW_BYTES],
    [Setting.MAX_HEADER_LIST_SIZE, MAX_HEAD_BYTES],
  ]),
  Exchanges.greeting(),
]);

type Phase = "open" | "lingering" | "closed";

export class H2Connection implements Connection {
  readonly peer: Peer;
  #context: ConnectionContext;
  #transport: Transport;
  #writer: FrameWriter;
  #exchanges: Exchanges;
  #inbound: Inbound;
  #reader: FrameReader;
  #patience: Patience;
  #phase: Phase = "open";
  /** How much of the preface has come. */
  #prefaceBytes = 0;
  #paused = false;
  #served = 0;
  /** Since when the client has been told to begin nothing new; -1 when it hasn't. */
  #leavingSinceMs = -1;
  /** The last stream that the client was told is taken: that must not grow again (RFC 9113 §6.8). */
  #lastTaken = LARGEST_STREAM_ID;

  /** @param sinceMs since when the client is waited for, by the clock of `context` */
  constructor(context: ConnectionContext, transport: Transport, peer: Peer, sinceMs: number) {
    this.#context = context;
    this.#transport = transport;
    this.peer = peer;
    this.#patience = new Patience(sinceMs);
    this.#writer = new FrameWriter(transport);
    this.#exchanges = new Exchanges(context, peer, this.#writer, () => this.#streamOver());
    this.#inbound = new Inbound(context, peer, this.#writer, this.#exchanges);
    this.#reader = new FrameReader((type, flags, id, payload) => this.#frame(type, flags, id, payload));
    this.#writer.frames(GREETING);
  }

  get idleSinceMs(): number {
    if (!this.#idle) return Infinity;
    return this.#patience.idleSinceMs(this.#context.clock.nowMs, this.#served > 0);
  }

  get #idle(): boolean {
    return this.#exchanges.streams.size === 0 && this.#inbound.sequence === null && !this.#writer.full;
  }

  receive(data: Buffer): void {
    if (this.#phase !== "open") return;
    this.#patience.received(data.length);
    const rest = this.#prefaceBytes < PREFACE.length ? this.#greet(data) : data;
    if (rest === null) return;
    const fault = this.#reader.feed(rest);
    if (fault !== null) this.#fault(fault);
    else if (this.#writer.full && this.#writer.waiting > MAX_WAITING_BYTES) this.#pause();
  }

  // A client that has sent its FIN may still be reading.
  ended(): void {
    if (this.#phase === "lingering" || this.#idle) {
      this.#close();
      return;
    }
    this.#exchanges.bodiesEnd();
    this.#inbound.refusing = true;
    this.#leaveWhenQuiet();
  }

  drain(): void {
    this.#patience.wrote();
    this.#writer.drain();
    if (this.#writer.full || this.#phase === "closed") return;
    if (this.#paused) {
      this.#paused = false;
      this.#transport.resume();
    }
    if (this.#phase === "lingering") this.#transport.shutdown();
    else this.#exchanges.scheduler.pump();
  }

  lost(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#writer.discard();
    this.#context.closed();
    this.#exchanges.abandon();
  }

  retire(): void {
    if (this.#idle) this.#leave(ErrorCode.NO_ERROR, "");
    else this.#announceLeaving();
  }

  tick(nowMs: number): void {
    if (this.#context.state.draining) this.#announceLeaving();
    if (this.#leavingSinceMs >= 0 && nowMs - this.#leavingSinceMs > ROUND_TRIP_MS) this.#sayLast();
    const waiting = this.#waiting();
    if (this.#patience.isOver(waiting, this.#context.limits, nowMs, nowMs)) {
      if (waiting === "close") {
        this.#close();
      } else if (waiting === "room") {
        this.#context.unread(this.peer);
        this.#drop();
      } else {
        this.#leave(ErrorCode.NO_ERROR, "");
      }
    }
    const { sequence } = this.#inbound;
    if (sequence !== null && nowMs > deadline(this.#context.limits.head, sequence.sinceMs, sequence.size)) {
      this.#fault({ code: ErrorCode.ENHANCE_YOUR_CALM, why: "a header block came too slowly (--header-timeout)" });
    }
    if (this.#phase === "open") this.#exchanges.tick(nowMs);
  }

  #waiting(): Waiting {
    if (this.#phase === "lingering") return "close";
    if (this.#writer.full) return "room";
    if (!this.#idle) return "nothing";
    return this.#served > 0 ? "next request" : "first request";
  }

  /** Compares with the preface. @returns what is behind it; null when there is nothing yet. */
  #greet(data: Buffer): Buffer | null {
    const due = PREFACE.subarray(this.#prefaceBytes, this.#prefaceBytes + data.length);
    if (!data.subarray(0, due.length).equals(due)) {
      this.#fault({ code: ErrorCode.PROTOCOL_ERROR, why: "it began without the preface of HTTP/2" });
      return null;
    }
    this.#prefaceBytes += due.length;
    return data.length > due.length ? data.subarray(due.length) : null;
  }

  #frame(type: number, flags: number, id: number, payload: Buffer): Fault | null {
    if (this.#phase !== "open") return null;
    if (type === FrameType.PING && (flags & Flag.ACK) !== 0 && this.#leavingSinceMs >= 0) this.#sayLast();
    const fault = this.#inbound.frame(type, flags, id, payload);
    if (this.#inbound.clientLeaves) this.#leaveWhenQuiet();
    return fault;
  }

  /** Stops the client until it has taken what waits for it. */
  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#transport.pause();
  }

  #streamOver(): void {
    this.#served++;
    if (this.#exchanges.streams.size > 0 || this.#phase !== "open") return;
    this.#patience.restart(this.#context.clock.nowMs);
    if (this.#inbound.refusing || this.#inbound.clientLeaves) queueMicrotask(() => this.#leaveWhenQuiet());
  }

  /** The end begins with a request to begin nothing new; what crosses it is still answered (RFC 9113 §6.8). */
  #announceLeaving(): void {
    if (this.#leavingSinceMs >= 0 || this.#inbound.refusing || this.#phase !== "open") return;
    this.#leavingSinceMs = this.#context.clock.nowMs;
    this.#writer.frames(goAwayFrame(LARGEST_STREAM_ID, ErrorCode.NO_ERROR, ""));
    this.#writer.frames(LEAVING_PING);
  }

  /** The client knows: from here on nothing new is taken, and it is told what was. */
  #sayLast(): void {
    if (this.#inbound.refusing || this.#phase !== "open") return;
    this.#inbound.refusing = true;
    this.#goAway(ErrorCode.NO_ERROR, "");
    this.#leaveWhenQuiet();
  }

  #leaveWhenQuiet(): void {
    if (this.#exchanges.streams.size === 0) this.#leave(ErrorCode.NO_ERROR, "");
  }

  #goAway(code: number, why: string): void {
    this.#lastTaken = Math.min(this.#lastTaken, this.#exchanges.streams.last);
    this.#writer.frames(goAwayFrame(this.#lastTaken, code, why));
  }

  #fault(fault: Fault): void {
    if (this.#phase !== "open") return;
    this.#context.faulted(this.peer, fault.why);
    this.#leave(fault.code, fault.why);
    this.#exchanges.abandon();
  }

  /**
   * Says what was taken, and sends our FIN. While the client still sends, closing at once would answer it with a reset that
   * overtakes what was said, so the rest is swallowed for a while.
   */
  #leave(code: number, why: string): void {
    if (this.#phase !== "open") return;
    this.#phase = "lingering";
    this.#patience.restart(this.#context.clock.nowMs);
    this.#goAway(code, why);
    this.#writer.seal();
    if (this.#paused) this.#transport.resume();
    if (!this.#writer.full) this.#transport.shutdown();
  }

  /** An orderly end: the kernel still delivers what was written. */
  #close(): void {
    if (this.#phase === "closed") return;
    this.#writer.seal();
    this.#transport.end();
    this.lost();
  }

  /** A reset: whoever reads a response must see that it is not whole. */
  #drop(): void {
    if (this.#phase === "closed") return;
    this.#transport.terminate();
    this.lost();
  }
}
