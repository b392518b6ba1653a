/** One HTTP/1 request in hand and its answer: framing of the response, and the rules of when it is whole. */

import type {
  ErrorAnswer,
  Exchange,
  ExchangeOwner,
  Field,
  FileSlice,
  HeadFilter,
  KeptBody,
  RequestHead,
  Traffic,
} from "../exchange.ts";
import { closeParts } from "../parts.ts";
import { isBodyless, lengthForHead, type ResponseHead } from "../response-head.ts";
import { takesTrailers } from "../trailers.ts";
import type { H1RequestBody } from "./body.ts";
import type { HeaderBlock } from "./header-block.ts";
import { firstLines } from "./first-lines.ts";
import type { Output } from "./output.ts";

/** How the end of the response body is told (RFC 9112 §6.3). */
type Framing = "none" | "length" | "chunked" | "close" | "switched";

/** What an exchange needs of the connection it came by. */
export interface ExchangeLine {
  readonly output: Output;
  /** Coarse milliseconds. */
  readonly nowMs: number;
  /** Whether the connection can take another request after this one, as far as the connection knows. */
  mayPersist(): boolean;
  readonly keepAliveSeconds: number;
  /** µs since the epoch, where somebody wants to know when responses begin; else 0. */
  firstByteUs(): number;
  /** What follows from the client is a body that its FIN ends. */
  switched(): H1RequestBody;
  /** Sends FIN behind what was written. */
  halfClose(): void;
  /** The response is complete. */
  answered(exchange: H1Exchange): void;
  /** It can't be completed: reset. */
  broken(exchange: H1Exchange): void;
}

export class H1Exchange implements Exchange, Traffic {
  head: RequestHead;
  readonly block: HeaderBlock;
  body: H1RequestBody | null;
  owner: ExchangeOwner | null = null;
  headFilter: HeadFilter | null = null;
  errorAnswer: ErrorAnswer | null = null;
  started = false;
  open = true;
  /** After the response the connection is closed. */
  closing = false;
  /** The head that was sent; null before. */
  response: ResponseHead | null = null;
  /** When the owner last gave a sign of life, coarse ms. */
  heardMs: number;
  readonly earlier: number;
  announcedBytes = -1;
  firstByteUs = 0;
  #headBytes: number;
  #line: ExchangeLine;
  #framing: Framing = "none";
  #owed = 0;

  /** @param headBytes of the request, @param earlier requests on the same connection. */
  constructor(
    head: RequestHead,
    block: HeaderBlock,
    body: H1RequestBody | null,
    line: ExchangeLine,
    headBytes = 0,
    earlier = 0,
  ) {
    this.head = head;
    this.block = block;
    this.body = body;
    this.#line = line;
    this.heardMs = line.nowMs;
    this.#headBytes = headBytes;
    this.earlier = earlier;
  }

  get traffic(): Traffic {
    return this;
  }

  get receivedBytes(): number {
    return this.#headBytes + (this.body?.wireBytes ?? 0);
  }

  get sentBytes(): number {
    return this.#line.output.sentBytes;
  }

  get trailers(): string {
    return this.body?.trailers ?? "";
  }

  get requestLine(): string {
    const { method, target, version } = this.head;
    return `${method} ${target} ${version}`;
  }

  touch(): void {
    this.heardMs = this.#line.nowMs;
  }

  send(response: ResponseHead, body: Uint8Array | string): void {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    this.#begin(response, this.head.method === "HEAD" ? lengthForHead(response, bytes) : bytes.length, bytes);
    this.#finish();
  }

  sendKept(response: ResponseHead, body: KeptBody): void {
    const { bytes } = body;
    this.#begin(response, bytes.length, bytes, body);
    this.#finish();
  }

  sendParts(response: ResponseHead, parts: readonly (FileSlice | string)[]): void {
    this.#begin(response, response.contentLength, null);
    if (this.#framing === "none") {
      closeParts(parts);
      this.#finish();
      return;
    }
    this.#owed = 0;
    this.#line.output.parts(parts);
  }

  /** The parts of {@link sendParts} have left, or a file was cut short. */
  partsSent(whole: boolean): void {
    if (whole) this.#finish();
    else this.fail();
  }

  inform({ status, reason, lines }: ResponseHead): void {
    if (this.started || this.head.version !== "HTTP/1.1") return;
    this.#line.output.head(`HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n`, null);
  }

  switchProtocols(response: ResponseHead): H1RequestBody {
    this.started = true;
    this.closing = true;
    this.response = response;
    this.#framing = "switched";
    this.firstByteUs = this.#line.firstByteUs();
    this.touch();
    this.#line.output.head(`${firstLines(response)}${response.lines}Connection: Upgrade\r\n\r\n`, null);
    this.body = this.#line.switched();
    return this.body;
  }

  start(response: ResponseHead, bytes: Uint8Array | null): void {
    this.#begin(response, response.contentLength, bytes);
  }

  write(bytes: Uint8Array): void {
    if (!this.open) return;
    this.touch();
    const output = this.#line.output;
    if (this.#framing === "chunked") {
      if (bytes.length > 0) output.chunk("", bytes, false);
    } else if (this.#framing === "length") {
      const fits = bytes.length <= this.#owed ? bytes : bytes.subarray(0, this.#owed);
      this.#owed -= fits.length;
      if (fits.length > 0) output.body(fits);
    } else if (this.#framing === "close" || this.#framing === "switched") {
      output.body(bytes);
    } else {
      // Bytes of a response without a body (HEAD): taken, so that the worker's credit returns.
      this.owner?.sent(this, bytes.length);
    }
  }

  end(trailers: readonly Field[] = NO_FIELDS): void {
    if (!this.open) return;
    if (this.#framing === "length" && this.#owed > 0) {
      this.fail();
      return;
    }
    if (this.#framing === "switched" && this.body?.complete === false) {
      this.#line.halfClose();
      return;
    }
    if (this.#framing === "chunked") {
      if (trailers.length > 0 && takesTrailers(this.head)) this.#line.output.head(lastChunk(trailers), null);
      else this.#line.output.chunk("", NOTHING, true);
    }
    this.#finish();
  }

  fail(): void {
    if (!this.open) return;
    this.open = false;
    this.#line.broken(this);
  }

  #finish(): void {
    this.open = false;
    this.#line.answered(this);
  }

  /** Sends the head, with the first body bytes in the same write. */
  #begin(given: ResponseHead, length: number, bytes: Uint8Array | null, kept: KeptBody | null = null): void {
    const response = this.headFilter === null ? given : this.headFilter(given);
    this.started = true;
    this.touch();
    this.response = response;
    this.firstByteUs = this.#line.firstByteUs();
    const bodyless = isBodyless(response.status);
    const { version } = this.head;
    let framing: Framing;
    if (bodyless || this.head.method === "HEAD") framing = "none";
    else if (length >= 0) framing = "length";
    else framing = version === "HTTP/1.1" ? "chunked" : "close";
    this.#framing = framing;
    this.closing = framing === "close" || response.close || !this.block.persistent || !this.#line.mayPersist();
    let text = `${firstLines(response)}${response.lines}`;
    if (length >= 0 && !bodyless) {
      this.announcedBytes = length;
      text += `Content-Length: ${length}\r\n`;
    } else if (framing === "chunked") {
      text += "Transfer-Encoding: chunked\r\n";
    }
    if (this.closing) text += "Connection: close\r\n";
    else if (this.block.saidKeepAlive) {
      text += `Connection: Keep-Alive\r\nKeep-Alive: timeout=${this.#line.keepAliveSeconds}\r\n`;
    }
    text += "\r\n";
    const { output } = this.#line;
    if (framing === "length" && kept !== null) {
      this.#owed = 0;
      output.kept(text, kept);
    } else if (framing === "length") {
      const fits = bytes === null || bytes.length <= length ? bytes : bytes.subarray(0, length);
      this.#owed = length - (fits?.length ?? 0);
      output.head(text, fits);
    } else if (framing === "chunked" && bytes !== null && bytes.length > 0) {
      output.chunk(text, bytes, false);
    } else if (framing === "close") {
      output.head(text, bytes);
    } else {
      output.head(text, null);
      if (bytes !== null && bytes.length > 0) this.owner?.sent(this, bytes.length);
    }
  }
}

/** RFC 9112 §7.1.2. */
function lastChunk(trailers: readonly Field[]): string {
  return `0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

const NOTHING = Buffer.alloc(0);
const NO_FIELDS: readonly Field[] = [];
