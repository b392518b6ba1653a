/**
 * What a connection sends: heads, bodies, chunks and file slices, in order, with what the socket does not take yet
 * kept and bounded by whoever produces it (a worker's credit, one file block).
 */

import type { Transport } from "../transport.ts";
import { closeSync } from "node:fs";
import { sendFile, WORTH_SENDFILE_BYTES } from "../../os/sendfile.ts";
import { sendBoth, sendWithFile } from "../../os/send-together.ts";
import type { FileSlice, KeptBody } from "../exchange.ts";
import { closeParts, readBlock } from "../parts.ts";

export interface OutputListener {
  /** So many body bytes have left; everything that was waiting has. */
  outputDrained(bodyBytes: number): void;
  /** The parts given to {@link Output.parts} are sent, or (`false`) a file was shorter than it said. */
  partsSent(whole: boolean): void;
}

/** Heads, chunk framing and small bodies are put together here, one at a time: the process has one thread. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** One read of a file: large enough to keep system calls rare, small enough for a thousand slow clients. */
const FILE_BLOCK_BYTES = 128 * 1024;

/** After so much of one file the other connections get their turn. */
const FILE_TURN_BYTES = 1024 * 1024;

/** Enough to have the runtime wait for room in the socket, which is the only way to hear of it. */
const WAITING_BLOCK_BYTES = 4096;

export class Output {
  #transport: Transport;
  #listener: OutputListener;
  #queue: Uint8Array[] = [];
  /** Body bytes among those queued, and those passed to the socket since the last report. */
  #owedBody = 0;
  #parts: (FileSlice | string)[] | null = null;
  #partOffset = 0;
  #turnAsked = false;
  #clear: boolean;
  /** The kernel may send files by itself. */
  #byKernel: boolean;
  /** Body bytes sent or queued for this response. */
  bodyBytes = 0;
  /** The same with the head and framing. */
  sentBytes = 0;

  /**
   * @param clear what goes to the socket is what the client gets
   * @param byKernel then files can be sent without a copy
   */
  constructor(transport: Transport, listener: OutputListener, clear = false, byKernel = false) {
    this.#transport = transport;
    this.#listener = listener;
    this.#clear = clear;
    this.#byKernel = clear && byKernel;
  }

  /** The next response begins: its bytes are counted from 0. */
  beginCount(): void {
    this.bodyBytes = 0;
    this.sentBytes = 0;
    // What is still to be reported was of the one before.
    this.#owedBody = 0;
  }

  /** Everything given has been taken by the socket. */
  get empty(): boolean {
    return this.#queue.length === 0 && this.#parts === null;
  }

  /** A head (latin-1) and, in the same write where it fits, the first body bytes. */
  head(text: string, body: Uint8Array | null): void {
    const size = text.length;
    if (body !== null && size + body.length <= scratch.length) {
      scratch.latin1Write(text, 0, size);
      scratch.set(body, size);
      this.#put(scratch, size + body.length, body.length);
      return;
    }
    const bytes = size <= scratch.length ? scratch : Buffer.from(text, "latin1");
    if (bytes === scratch) scratch.latin1Write(text, 0, size);
    this.#put(bytes, size, 0);
    if (body !== null) this.body(body);
  }

  /** A head and all of a body that stays as it is: sent from where it is, where that is worth it and the socket is clear. */
  kept(text: string, { bytes, fd }: KeptBody): void {
    const { length } = bytes;
    const socket = this.#clear && length >= WORTH_SENDFILE_BYTES && this.empty ? (this.#transport.fd ?? -1) : -1;
    if (socket < 0 || text.length > scratch.length) return this.head(text, bytes);
    const head = scratch.subarray(0, scratch.latin1Write(text, 0));
    this.bodyBytes += length;
    this.sentBytes += head.length + length;
    this.#owedBody += length;
    const sent = fd !== null && this.#byKernel ? sendWithFile(socket, head, fd, length) : sendBoth(socket, head, bytes);
    if (sent < head.length) this.#queue.push(Buffer.from(head.subarray(sent)));
    const rest = bytes.subarray(Math.max(0, sent - head.length));
    if (rest.length === 0) return this.#report();
    this.#queue.push(rest);
    // Only the runtime hears when there is room again, and only after a write of its own.
    this.drain();
  }

  /** Body bytes as they are. */
  body(bytes: Uint8Array): void {
    this.#put(bytes, bytes.length, bytes.length);
  }

  /** Body bytes as chunks (RFC 9112 §7.1), after `head` if it isn't "", with the last chunk if `last`. */
  chunk(head: string, bytes: Uint8Array, last: boolean): void {
    let at = 0;
    let used = scratch.latin1Write(head, 0, head.length);
    while (at < bytes.length) {
      // 32: the longest size line, two line ends and the last chunk.
      const take = Math.min(bytes.length - at, scratch.length - used - 32);
      used += scratch.latin1Write(`${take.toString(16)}\r\n`, used);
      scratch.set(bytes.subarray(at, at + take), used);
      used += take;
      used += scratch.latin1Write("\r\n", used);
      at += take;
      if (at < bytes.length) {
        this.#put(scratch, used, take);
        used = 0;
      } else {
        if (last) used += scratch.latin1Write("0\r\n\r\n", used);
        this.#put(scratch, used, take);
        return;
      }
    }
    if (last) used += scratch.latin1Write("0\r\n\r\n", used);
    if (used > 0) this.#put(scratch, used, 0);
  }

  /** File slices and literal parts, at the pace of the client. Owns the descriptors. */
  parts(parts: readonly (FileSlice | string)[]): void {
    this.#parts = [...parts];
    this.#partOffset = 0;
    if (this.#queue.length === 0) this.#pump();
  }

  /** The socket takes bytes again. */
  drain(): void {
    while (this.#queue.length > 0) {
      const first = this.#queue[0] as Uint8Array;
      const taken = this.#transport.write(first);
      if (taken < first.length) {
        if (taken > 0) this.#queue[0] = first.subarray(taken);
        return;
      }
      this.#queue.shift();
    }
    if (this.#parts !== null) this.#pump();
    if (this.empty) this.#report();
  }

  /** The connection is over: closes what is open. */
  discard(): void {
    this.#queue = [];
    if (this.#parts !== null) closeParts(this.#parts);
    this.#parts = null;
  }

  #put(bytes: Uint8Array, length: number, bodyBytes: number): void {
    this.bodyBytes += bodyBytes;
    this.sentBytes += length;
    this.#owedBody += bodyBytes;
    let taken = 0;
    if (this.#queue.length === 0) {
      taken = this.#transport.write(bytes, 0, length);
      if (taken >= length) {
        if (this.#parts === null && this.#owedBody > 0) this.#report();
        return;
      }
      // -1: closed; the close event follows.
      if (taken < 0) return;
    }
    // A copy: the caller's buffer is only lent.
    this.#queue.push(Buffer.from(bytes.subarray(taken, length)));
  }

  #report(): void {
    const bytes = this.#owedBody;
    this.#owedBody = 0;
    this.#listener.outputDrained(bytes);
  }

  #pump(): void {
    let turn = 0;
    while (this.#parts !== null && this.#queue.length === 0) {
      const part = this.#parts[0];
      if (part === undefined) {
        this.#parts = null;
        this.#listener.partsSent(true);
        return;
      }
      if (typeof part === "string") {
        this.#parts.shift();
        this.body(Buffer.from(part, "latin1"));
        continue;
      }
      if (turn >= FILE_TURN_BYTES) {
        this.#askTurn();
        return;
      }
      const left = part.length - this.#partOffset;
      turn += this.#byKernel && left >= WORTH_SENDFILE_BYTES ? this.#sendUncopied(part) : this.#sendBlock(part);
    }
  }

  /** Has the kernel send as much of the slice as there is room for, in order behind what was written. @returns bytes sent. */
  #sendUncopied(part: FileSlice): number {
    const wanted = Math.min(part.length - this.#partOffset, FILE_TURN_BYTES);
    // Asked anew each time: the number of a socket that was closed may be another's by now.
    const socket = this.#transport.fd ?? -1;
    const sent = socket < 0 ? "never" : sendFile(socket, part.fd, part.offset + this.#partOffset, wanted);
    if (sent === "later") return this.#sendBlock(part, WAITING_BLOCK_BYTES);
    if (sent === "never") {
      this.#byKernel = false;
      return this.#sendBlock(part);
    }
    if (sent === 0) return this.#failParts();
    this.bodyBytes += sent;
    this.sentBytes += sent;
    this.#owedBody += sent;
    this.#advance(part, sent);
    return sent;
  }

  /** Sends one block of the slice. @returns bytes sent. */
  #sendBlock(part: FileSlice, most = FILE_BLOCK_BYTES): number {
    const wanted = Math.min(part.length - this.#partOffset, most);
    const got = wanted === 0 ? 0 : readBlock(part, this.#partOffset, scratch, wanted);
    if (got < wanted) return this.#failParts();
    this.#advance(part, got);
    if (got > 0) this.#put(scratch, got, got);
    return got;
  }

  /** The file shrank or can't be read: the promised length can't be kept. */
  #failParts(): 0 {
    this.discard();
    this.#listener.partsSent(false);
    return 0;
  }

  /** So much of the slice is read; closes it when that was all. */
  #advance(part: FileSlice, bytes: number): void {
    this.#partOffset += bytes;
    if (this.#partOffset < part.length) return;
    closeSync(part.fd);
    this.#parts?.shift();
    this.#partOffset = 0;
  }

  #askTurn(): void {
    if (this.#turnAsked) return;
    this.#turnAsked = true;
    setImmediate(() => {
      this.#turnAsked = false;
      if (this.#queue.length === 0) this.#pump();
    });
  }
}
