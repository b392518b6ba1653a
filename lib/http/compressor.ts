/** Compresses bodies: whole ones at once, others as they come, each part at once for the client to read. */

import {
  brotliCompress,
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  gzip,
  gzipSync,
  zstdCompress,
  zstdCompressSync,
} from "node:zlib";
import type { Coding } from "./content-coding.ts";

// Levels at which a processor does 50 to 300 MB of text a second; more of it saves little. The windows bound what one
// response takes: 0.4 MB with gzip, 0.7 with brotli, 0.9 with zstd, also while a slow client takes it.
const GZIP = { level: 6 };
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 18 } };
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_windowLog]: 18 } };

/** Below this, handing the work to another thread costs more than doing it. */
const AT_ONCE_BYTES = 4096;

/** @param then gets the compressed body, or null when that failed */
export function compressWhole(coding: Coding, body: Uint8Array, then: (compressed: Uint8Array | null) => void): void {
  if (body.length <= AT_ONCE_BYTES) {
    then(compressAtOnce(coding, body));
    return;
  }
  const done = (error: Error | null, compressed: Uint8Array): void => then(error === null ? compressed : null);
  if (coding === "gzip") gzip(body, GZIP, done);
  else if (coding === "br") brotliCompress(body, BROTLI, done);
  else zstdCompress(body, ZSTD, done);
}

function compressAtOnce(coding: Coding, body: Uint8Array): Uint8Array {
  if (coding === "gzip") return gzipSync(body, GZIP);
  return coding === "br" ? brotliCompressSync(body, BROTLI) : zstdCompressSync(body, ZSTD);
}

export interface CompressorListener {
  /** Some of the compressed body. */
  compressed(bytes: Buffer): void;
  /** All of what was written has come out. */
  flushed(): void;
  /** The end has come out. */
  finished(): void;
  failed(error: Error): void;
}

/** A body on its way through another thread. One {@link write} at a time, until `flushed`. */
export class Compressor {
  #stream: ReturnType<typeof createGzip | typeof createBrotliCompress | typeof createZstdCompress>;
  #over = false;
  readonly #flushed: () => void;

  constructor(coding: Coding, listener: CompressorListener) {
    const stream = makeStream(coding);
    this.#stream = stream;
    this.#flushed = () => {
      if (!this.#over) listener.flushed();
    };
    stream.on("data", (bytes: Buffer) => {
      if (!this.#over) listener.compressed(bytes);
    });
    stream.on("end", () => {
      if (this.#over) return;
      this.#over = true;
      listener.finished();
    });
    stream.on("error", (error) => {
      if (this.#over) return;
      this.#over = true;
      listener.failed(error);
    });
  }

  /** `bytes` become the compressor's. */
  write(bytes: Uint8Array): void {
    this.#stream.write(bytes, this.#flushed);
  }

  end(): void {
    this.#stream.end();
  }

  /** Nothing more is wanted. */
  destroy(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stream.destroy();
  }
}

/** Each write comes out whole: somebody may be waiting for it. */
function makeStream(
  coding: Coding,
): ReturnType<typeof createGzip | typeof createBrotliCompress | typeof createZstdCompress> {
  if (coding === "gzip") return createGzip({ ...GZIP, flush: constants.Z_SYNC_FLUSH });
  if (coding === "br") return createBrotliCompress({ ...BROTLI, flush: constants.BROTLI_OPERATION_FLUSH });
  return createZstdCompress({ ...ZSTD, flush: constants.ZSTD_e_flush });
}
