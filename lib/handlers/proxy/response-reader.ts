/** Reads one response of an upstream in whatever pieces it arrives. Pure: bytes in, calls out. */

import type { Field } from "../../http/exchange.ts";
import { parseFieldLine } from "../../http/field-line.ts";
import { ChunkedDecoder } from "../../http/h1/chunked.ts";
import { parseResponseHead, type UpstreamResponse } from "./response-head.ts";

export interface ResponseListener {
  /** 1xx but 101. */
  interim(response: UpstreamResponse): void;
  /** The final head. 101 is one: what follows it is no HTTP any more. */
  responded(response: UpstreamResponse): void;
  /** Valid during the call. */
  bodyReceived(bytes: Buffer): void;
}

/** Larger ones are no accident. */
const MAX_HEAD_BYTES = 128 * 1024;

/** Each is passed on, so there must be an end of them. */
const MAX_INTERIM = 32;

export class ResponseReader {
  /** The response is complete; with 101 it is so behind the head. */
  done = false;
  /** What came behind the end; null when nothing did. */
  surplus: Buffer | null = null;
  /** Something of it has arrived. */
  started = false;
  #method: string;
  #listener: ResponseListener;
  #text = "";
  #interims = 0;
  #head: UpstreamResponse | null = null;
  #left = 0;
  #chunks: ChunkedDecoder | null = null;

  constructor(method: string, listener: ResponseListener) {
    this.#method = method;
    this.#listener = listener;
  }

  /** The fields behind a chunked body that is complete. */
  get trailers(): readonly Field[] {
    const lines = (this.#chunks?.trailers ?? "").split("\r\n").filter((line) => line !== "");
    // The decoder has let nothing else through.
    return lines.map(parseFieldLine).filter((field) => typeof field !== "string");
  }

  /** @returns why this is no response; null when it may be one. */
  feed(data: Buffer): string | null {
    this.started = true;
    let rest = data;
    while (this.#head === null) {
      const behind = this.#feedHead(rest);
      if (typeof behind === "string") return behind;
      if (behind === null) return null;
      rest = behind;
    }
    return this.#feedBody(rest);
  }

  /** The upstream has closed. @returns why that is no end of the response; null when it is. */
  ended(): string | null {
    if (this.#head === null) return this.started ? "it ended within the head" : "the connection was closed without one";
    if (this.#head.framing === "close") this.done = true;
    return this.done ? null : "it ended within the body";
  }

  /** @returns what is behind a complete head, null when there is none yet, or what is wrong. */
  #feedHead(data: Buffer): Buffer | string | null {
    const before = this.#text.length;
    const text = this.#text + data.latin1Slice(0, Math.min(data.length, MAX_HEAD_BYTES + 1));
    const end = text.indexOf("\r\n\r\n", Math.max(0, before - 3));
    if (end < 0) {
      this.#text = text;
      if (text.length > MAX_HEAD_BYTES) return "its head is larger than 128 KiB";
      // No continuation makes these a head; to wait for one would take until a timeout.
      if (!"HTTP/1.".startsWith(text.slice(0, 7))) return "its status line is malformed";
      for (let at = text.indexOf("\n", before); at >= 0; at = text.indexOf("\n", at + 1)) {
        if (text.charCodeAt(at - 1) !== 13) return "a line of its head ends without CR";
      }
      return null;
    }
    this.#text = "";
    const response = parseResponseHead(text.slice(0, end), this.#method);
    if ("why" in response) return response.why;
    const behind = data.subarray(end + 4 - before);
    if (response.status < 200 && response.status !== 101) {
      if (++this.#interims > MAX_INTERIM) return "interim responses without end";
      this.#listener.interim(response);
      return behind;
    }
    this.#head = response;
    const { framing } = response;
    if (framing === "chunked") this.#chunks = new ChunkedDecoder();
    this.#left = typeof framing === "number" ? framing : Infinity;
    this.done = framing === 0;
    this.#listener.responded(response);
    return behind;
  }

  #feedBody(data: Buffer): string | null {
    let used = 0;
    if (this.#chunks !== null && !this.done) {
      used = this.#chunks.feed(data, 0, (bytes) => this.#listener.bodyReceived(bytes));
      if (used < 0) return "its chunked body is malformed";
      this.done = this.#chunks.done;
    } else if (!this.done) {
      used = Math.min(this.#left, data.length);
      this.#left -= used;
      if (used > 0) this.#listener.bodyReceived(data.subarray(0, used));
      this.done = this.#left === 0;
    }
    if (used < data.length) this.surplus = data.subarray(used);
    return null;
  }
}
