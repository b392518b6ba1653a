/**
 * Decodes the chunked transfer coding (RFC 9112 §7.1) in whatever pieces it arrives. Pure: slices of the input out.
 *
 * Strict where servers disagree: sizes are hexadecimal digits only, lines end in CRLF, chunk extensions are
 * bounded. Trailers are bounded and kept as text, for the log: nothing else may trust them (RFC 9110 §6.5.1).
 */

/** Enough for any extension seen in the wild; unbounded ones are an attack (a byte of data for a kilobyte sent). */
const MAX_SIZE_LINE_BYTES = 1024;
const MAX_TRAILER_BYTES = 8192;
/** 2^52: anything longer can't be counted exactly. */
const MAX_SIZE_DIGITS = 13;

type State = "size" | "extension" | "size-lf" | "data" | "data-cr" | "data-lf" | "trailer" | "trailer-lf" | "done";

export class ChunkedDecoder {
  #state: State = "size";
  #left = 0;
  #digits = 0;
  #lineBytes = 0;
  #trailerLine = 0;
  #trailerBytes = 0;

  /** The lines of the trailer section so far, without the empty one. */
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
      case "size": {
        const digit = hexDigit(code);
        if (digit >= 0) {
          if (++this.#digits > MAX_SIZE_DIGITS) return false;
          this.#left = this.#left * 16 + digit;
          return true;
        }
        if (this.#digits === 0) return false;
        if (code === 13) this.#state = "size-lf";
        // Blanks before the ";" are allowed by the grammar and sent by nobody but probes.
        else if (code === 59) this.#state = "extension";
        else return false;
        return true;
      }
      case "extension":
        if (++this.#lineBytes > MAX_SIZE_LINE_BYTES) return false;
        if (code === 13) this.#state = "size-lf";
        else if ((code < 32 && code !== 9) || code === 127) return false;
        return true;
      case "size-lf":
        if (code !== 10) return false;
        this.#state = this.#left === 0 ? "trailer" : "data";
        this.#digits = 0;
        this.#lineBytes = 0;
        return true;
      case "data-cr":
        this.#state = "data-lf";
        return code === 13;
      case "data-lf":
        this.#state = "size";
        return code === 10;
      case "trailer":
        if (++this.#trailerBytes > MAX_TRAILER_BYTES) return false;
        if (code === 13) this.#state = "trailer-lf";
        else if ((code < 32 && code !== 9) || code === 127) return false;
        else this.#trailerLine++;
        if (code !== 13) this.trailers += String.fromCharCode(code);
        return true;
      case "trailer-lf":
        if (code !== 10) return false;
        this.#state = this.#trailerLine === 0 ? "done" : "trailer";
        if (this.#trailerLine > 0) this.trailers += "\r\n";
        this.#trailerLine = 0;
        return true;
      default:
        return false;
    }
  }
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
