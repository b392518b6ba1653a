/**
 * Decodes the chunked transfer coding (RFC 9112 §7.1) in whatever pieces it arrives. Pure: slices of the input out.
 *
 * Strict where servers disagree: sizes are hexadecimal digits only, lines end in CRLF, trailers are field lines. What is
 * neither data nor needed is bounded, and dropped; trailers are kept for the log, and nothing else may trust them (RFC
 * 9110 §6.5.1).
 */

import { TOKEN } from "../syntax.ts";

/** Enough for any size or extension seen in the wild. */
const MAX_SIZE_LINE_BYTES = 1024;
const MAX_TRAILER_BYTES = 8192;
/** 2^52: anything longer can't be counted exactly. */
const MAX_SIZE_DIGITS = 13;
/** In all chunks, besides as much as there is data: beyond that a client has us work for nothing. */
const FREE_EXTENSION_BYTES = 16 * 1024;

type State =
  | "size"
  | "blank"
  | "extension"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer"
  | "trailer-name"
  | "trailer-value"
  | "trailer-lf"
  | "last-lf"
  | "done";

export class ChunkedDecoder {
  #state: State = "size";
  #left = 0;
  #digits = 0;
  #lineBytes = 0;
  /** How many more bytes of extensions are taken. */
  #allowance = FREE_EXTENSION_BYTES;
  /** What came behind the last chunk. */
  trailers = "";

  get done(): boolean {
    return this.#state === "done";
  }

  /**
   * Decodes `data` from `start`, giving each run of body bytes to `emit`.
   * @returns the offset after the last byte used (less than `data.length` only when done), or -1 on bad framing.
   */
  feed(data: Buffer, start: number, emit: (bytes: Buffer) => void): number {
    let at = start;
    while (at < data.length && this.#state !== "done") {
      if (this.#state === "data") {
        const take = Math.min(this.#left, data.length - at);
        emit(data.subarray(at, at + take));
        at += take;
        this.#left -= take;
        this.#allowance += take;
        if (this.#left === 0) this.#state = "data-cr";
      } else if (this.#byte(data[at++] as number) === false) {
        return -1;
      }
    }
    return at;
  }

  /** One byte of framing. @returns false when it can't stand there. */
  #byte(code: number): boolean {
    switch (this.#state) {
      case "size":
        return this.#size(code);
      case "blank":
        // RFC 9112 §7.1.1: blanks may stand before a ";". Behind the size and nothing else they have no place.
        if (!this.#mayExtend() || (code !== SEMICOLON && !isBlank(code))) return false;
        if (code === SEMICOLON) this.#state = "extension";
        return true;
      case "extension":
        if (code === CR) this.#state = "size-lf";
        else if (!this.#mayExtend() || isControl(code)) return false;
        return true;
      case "size-lf":
        if (code !== LF) return false;
        this.#state = this.#left === 0 ? "trailer" : "data";
        this.#digits = 0;
        this.#lineBytes = 0;
        return true;
      case "data-cr":
        this.#state = "data-lf";
        return code === CR;
      case "data-lf":
        this.#state = "size";
        return code === LF;
      default:
        this.trailers += String.fromCharCode(code);
        return this.trailers.length <= MAX_TRAILER_BYTES && this.#trailer(code);
    }
  }

  #size(code: number): boolean {
    const digit = hexDigit(code);
    if (digit >= 0) {
      // Zeros before the size say nothing, but there must be an end of them.
      if ((this.#left > 0 || digit > 0) && ++this.#digits > MAX_SIZE_DIGITS) return false;
      this.#left = this.#left * 16 + digit;
      return ++this.#lineBytes <= MAX_SIZE_LINE_BYTES;
    }
    if (this.#lineBytes === 0) return false;
    if (code === CR) this.#state = "size-lf";
    else if (code === SEMICOLON) this.#state = "extension";
    else if (isBlank(code)) this.#state = "blank";
    else return false;
    return true;
  }

  /** Counts one byte of an extension. */
  #mayExtend(): boolean {
    return ++this.#lineBytes <= MAX_SIZE_LINE_BYTES && --this.#allowance >= 0;
  }

  /** One byte behind the last chunk: field lines (RFC 9112 §5), without the folding, and an empty one. */
  #trailer(code: number): boolean {
    switch (this.#state) {
      case "trailer":
        if (code === CR) this.#state = "last-lf";
        else if (isTokenByte(code)) this.#state = "trailer-name";
        else return false;
        return true;
      case "trailer-name":
        if (code === COLON) this.#state = "trailer-value";
        return code === COLON || isTokenByte(code);
      case "trailer-value":
        if (code === CR) this.#state = "trailer-lf";
        return code === CR || !isControl(code);
      case "trailer-lf":
        this.#state = "trailer";
        return code === LF;
      case "last-lf":
        this.#state = "done";
        return code === LF;
      default:
        return false;
    }
  }
}

const LF = 10;
const CR = 13;
const COLON = 58;
const SEMICOLON = 59;

const tokenBytes = Array.from({ length: 256 }, (_, code) => TOKEN.test(String.fromCharCode(code)));

function isTokenByte(code: number): boolean {
  return tokenBytes[code] === true;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** All but HTAB. */
function isControl(code: number): boolean {
  return (code < 32 && code !== 9) || code === 127;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
