/**
 * An exchange whose response is compressed on its way, where that is wanted and worth it.
 *
 * Whoever answers writes no more than the client takes: bytes count as sent when what they were compressed to has left.
 */

import { closeSync } from "node:fs";
import { codedHeadOf, notModifiedHead, type Coding } from "../http/content-coding.ts";
import { Compressor, compressWhole, type CompressorListener } from "../http/compressor.ts";
import type { Exchange, ExchangeOwner, Field, FileSlice, HeadFilter, KeptBody, RequestHead } from "../http/exchange.ts";
import { readBlock } from "../http/parts.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { WrappedExchange } from "../http/wrapped-exchange.ts";

/** Fewer bytes than this fit in a packet with their head, compressed or not. */
const WORTH_BYTES = 256;

/** Files up to here are compressed in one piece, which tells their length. */
const WHOLE_FILE_BYTES = 256 * 1024;

/** Of larger ones at a time. */
const FILE_BLOCK_BYTES = 64 * 1024;

/** Responses that are compressed as they come, in this process: each takes up to a megabyte. Others are sent as they are. */
const MAX_COMPRESSORS = 100;
let compressors = 0;

/** Bytes given to the compressor, and where they end in what comes out of it. */
interface Piece {
  readonly given: number;
  readonly end: number;
}

export class CompressingExchange extends WrappedExchange implements ExchangeOwner, CompressorListener {
  #coding: Coding | null;
  #clientTags: ReadonlyMap<string, string>;
  #owner: ExchangeOwner | null = null;
  #filter: HeadFilter | null = null;
  #compressor: Compressor | null = null;
  /** Whoever answers has done so, however long that still takes. */
  #answered = false;
  /** Written while the compressor was at work. */
  #waiting: Uint8Array[] = [];
  #working = 0;
  #pieces: Piece[] = [];
  #made = 0;
  #left = 0;
  /** What of Content-Length has not been written; -1 when there was none. */
  #owed = -1;
  #file: FileSlice | null = null;
  #fileOffset = 0;

  constructor(inner: Exchange, head: RequestHead, coding: Coding | null, clientTags: ReadonlyMap<string, string>) {
    super(inner, head);
    this.#coding = coding;
    this.#clientTags = clientTags;
    inner.owner = this;
  }

  override get open(): boolean {
    return this.inner.open && !this.#answered;
  }

  override get owner(): ExchangeOwner | null {
    return this.#owner;
  }

  override set owner(owner: ExchangeOwner | null) {
    this.#owner = owner;
  }

  /** Those of later stages come first: what they say of a response may be a reason to leave it as it is. */
  override get headFilter(): HeadFilter | null {
    return this.#filter;
  }

  override set headFilter(filter: HeadFilter | null) {
    this.#filter = filter;
  }

  override send(given: ResponseHead, body: Uint8Array | string): void {
    const response = this.#filtered(given);
    const coding = this.#codingOf(response);
    const isHead = this.head.method === "HEAD";
    const length = isHead && body.length === 0 ? response.contentLength : body.length;
    if (coding === null || (length >= 0 && length < WORTH_BYTES)) {
      this.inner.send(this.#plain(response), body);
    } else if (body.length === 0) {
      // The head of a body that nobody has made: its length stays unknown.
      this.inner.send(this.#coded(response, coding), "");
    } else {
      this.#sendWhole(response, coding, Buffer.from(body as string));
    }
  }

  override sendKept(given: ResponseHead, { bytes }: KeptBody): void {
    this.send(given, bytes);
  }

  override sendParts(given: ResponseHead, parts: readonly (FileSlice | string)[]): void {
    const response = this.#filtered(given);
    const coding = this.#codingOf(response);
    const [file] = parts;
    const isOne = parts.length === 1 && typeof file === "object" && file.length >= WORTH_BYTES;
    if (coding === null || !isOne) {
      this.inner.sendParts(this.#plain(response), parts);
    } else if (this.head.method === "HEAD") {
      closeSync(file.fd);
      this.inner.send(this.#coded(response, coding), "");
    } else if (file.length <= WHOLE_FILE_BYTES) {
      const bytes = Buffer.allocUnsafe(file.length);
      const isRead = readBlock(file, 0, bytes, bytes.length) === bytes.length;
      closeSync(file.fd);
      if (isRead) this.#sendWhole(response, coding, bytes);
      else this.inner.fail();
    } else if (this.#begin(response, coding)) {
      this.#answered = true;
      this.#file = file;
      this.#readFile(file);
    } else {
      this.inner.sendParts(this.#plain(response), parts);
    }
  }

  override start(given: ResponseHead, bytes: Uint8Array | null): void {
    const response = this.#filtered(given);
    const coding = this.#codingOf(response);
    if (coding === null) {
      this.inner.start(this.#plain(response), bytes);
    } else if (this.head.method === "HEAD") {
      this.inner.start(this.#coded(response, coding), bytes);
    } else if (this.#begin(response, coding)) {
      this.#owed = response.contentLength;
      if (bytes !== null) this.write(bytes);
    } else {
      this.inner.start(this.#plain(response), bytes);
    }
  }

  override write(bytes: Uint8Array): void {
    if (this.#compressor === null) {
      this.inner.write(bytes);
      return;
    }
    if (!this.open) return;
    this.touch();
    const fits = this.#owed < 0 || bytes.length <= this.#owed ? bytes : bytes.subarray(0, this.#owed);
    if (this.#owed >= 0) this.#owed -= fits.length;
    // A copy: the caller's buffer is only lent.
    if (fits.length > 0) this.#waiting.push(Buffer.from(fits));
    this.#work();
  }

  /** What is behind a body tells of that: of one that is compressed here nothing is passed on. */
  override end(trailers?: readonly Field[]): void {
    if (this.#compressor === null) {
      this.inner.end(trailers);
    } else if (this.#owed > 0) {
      this.fail();
    } else {
      this.#answered = true;
      this.#work();
    }
  }

  override fail(): void {
    this.#drop();
    this.inner.fail();
  }

  // ExchangeOwner: what the inner exchange tells.

  bodyComplete(): void {
    this.#owner?.bodyComplete(this);
  }

  bodyArrived(_exchange: Exchange, bytes: Buffer, last: boolean): void {
    this.#owner?.bodyArrived(this, bytes, last);
  }

  bodyFailed(_exchange: Exchange, why: string): void {
    this.#owner?.bodyFailed(this, why);
  }

  sent(_exchange: Exchange, bytes: number): void {
    if (this.#compressor === null) {
      this.#owner?.sent(this, bytes);
      return;
    }
    this.#left += bytes;
    this.#settle();
    if (this.#working === 0) this.#goOn();
  }

  gone(): void {
    this.#drop();
    if (!this.#answered) this.#owner?.gone(this);
  }

  stalled(): void {
    if (this.#answered) this.fail();
    else this.#owner?.stalled(this);
  }

  // CompressorListener

  compressed(bytes: Buffer): void {
    if (!this.inner.open) return;
    this.#made += bytes.length;
    this.inner.write(bytes);
  }

  flushed(): void {
    this.#pieces.push({ given: this.#working, end: this.#made });
    this.#working = 0;
    if (!this.inner.open) {
      this.#drop();
      return;
    }
    this.#settle();
    this.#goOn();
  }

  finished(): void {
    this.#release();
    this.inner.end();
  }

  failed(): void {
    this.fail();
  }

  #filtered(given: ResponseHead): ResponseHead {
    return this.#filter === null ? given : this.#filter(given);
  }

  /** null for what is sent as it is. */
  #codingOf(response: ResponseHead): Coding | null {
    return this.#coding !== null && codedHeadOf(response) !== "as it is" ? this.#coding : null;
  }

  #plain(response: ResponseHead): ResponseHead {
    if (response.status === 304) return notModifiedHead(response, this.#clientTags);
    const coded = codedHeadOf(response);
    return coded === "as it is" ? response : coded.plain;
  }

  #coded(response: ResponseHead, coding: Coding): ResponseHead {
    const coded = codedHeadOf(response);
    return coded === "as it is" ? response : coded.in(coding);
  }

  #sendWhole(response: ResponseHead, coding: Coding, body: Buffer): void {
    this.#answered = true;
    compressWhole(coding, body, (compressed) => {
      if (!this.inner.open) return;
      if (compressed === null || compressed.length >= body.length) this.inner.send(this.#plain(response), body);
      else this.inner.send(this.#coded(response, coding), compressed);
    });
  }

  /** Sends the head of a response that is compressed as it comes. False when there are too many of them. */
  #begin(response: ResponseHead, coding: Coding): boolean {
    if (compressors >= MAX_COMPRESSORS) return false;
    compressors++;
    this.#compressor = new Compressor(coding, this);
    this.inner.start(this.#coded(response, coding), null);
    return true;
  }

  /** Whoever writes is held back by what it is told to have been sent; a file is read when all of it has been. */
  #goOn(): void {
    if (this.#file === null) this.#work();
    else if (this.#left >= this.#made) this.#readFile(this.#file);
  }

  /** Gives the compressor what waits, all in one, or the end. */
  #work(): void {
    if (this.#working > 0 || this.#compressor === null) return;
    const bytes = this.#waiting.length === 1 ? (this.#waiting[0] as Uint8Array) : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#working = bytes.length;
    if (bytes.length > 0) this.#compressor.write(bytes);
    else if (this.#answered) this.#compressor.end();
  }

  #readFile(file: FileSlice): void {
    const block = Buffer.allocUnsafe(Math.min(FILE_BLOCK_BYTES, file.length - this.#fileOffset));
    if (readBlock(file, this.#fileOffset, block, block.length) < block.length) {
      // It shrank, or can't be read.
      this.fail();
      return;
    }
    this.#fileOffset += block.length;
    if (this.#fileOffset === file.length) this.#closeFile();
    this.#waiting.push(block);
    this.#work();
  }

  /** Tells the owner what has left. */
  #settle(): void {
    let given = 0;
    while (this.#pieces.length > 0 && (this.#pieces[0] as Piece).end <= this.#left) {
      given += (this.#pieces.shift() as Piece).given;
    }
    if (given > 0 && !this.#answered) this.#owner?.sent(this, given);
  }

  #drop(): void {
    this.#compressor?.destroy();
    this.#release();
  }

  #release(): void {
    if (this.#compressor !== null) compressors--;
    this.#compressor = null;
    this.#closeFile();
  }

  #closeFile(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }
}
