/** One request on its way through a script: what either side sends goes to the other, as fast as that takes it. */

import type { Exchange, ExchangeOwner } from "../../http/exchange.ts";
import { isBodyless, type ResponseHead } from "../../http/response-head.ts";
import { queryWords } from "./arguments.ts";
import type { ScriptEnvironment, ScriptTarget } from "./environment.ts";
import { scriptOutput, type OutputListener, type ScriptOutput } from "./output.ts";
import { answerOf } from "./response.ts";
import { Script, type ScriptListener } from "./script.ts";
import type { ScriptHead } from "./script-head.ts";

/** What a call asks of the handler it came through. */
export interface CgiKeeper {
  /** As much of the body is here as is waited for. */
  collected(call: CgiCall): void;
  /** Answer with an error page and say why in the log. The exchange is open and not started. */
  fail(call: CgiCall, status: number, why: string): void;
  /** A response that had begun was cut: say why in the log. */
  cut(call: CgiCall, why: string): void;
  /** What the script says on standard error. */
  said(call: CgiCall, bytes: Uint8Array): void;
  /** Another resource of the site is to answer. */
  redirect(call: CgiCall, target: string): void;
  answerStatus(call: CgiCall, status: number): void;
  /** What was thrown here costs this call only. */
  bug(error: unknown): void;
  /** Its process has ended: there is room for another. */
  over(call: CgiCall): void;
}

/** As much of a response may be on its way to the client, and of a request on its way to the script. */
const WINDOW_BYTES = 256 * 1024;
const UPLOAD_PIECE_BYTES = 64 * 1024;

export class CgiCall implements ExchangeOwner, ScriptListener, OutputListener {
  readonly exchange: Exchange;
  readonly target: ScriptTarget;
  /** When it began to wait for its turn, monotonic ms. */
  waitingSinceMs = 0;
  /** The body is waited for before the script is started. */
  collecting = false;
  #keeper: CgiKeeper;
  #script: Script | null = null;
  #output: ScriptOutput;
  /** Of a response whose first bytes are expected any moment. */
  #head: ResponseHead | null = null;
  #answered = false;
  /** Bytes of Content-Length that have not come; Infinity without one. */
  #missing = Infinity;
  /** Response bytes that have not left for the client. */
  #owed = 0;
  #paused = false;
  #ended = false;

  constructor(exchange: Exchange, target: ScriptTarget, keeper: CgiKeeper) {
    this.exchange = exchange;
    this.target = target;
    this.#keeper = keeper;
    this.#output = scriptOutput(target.path, exchange.head.method, this);
    exchange.owner = this;
  }

  /** Still to be answered, and by this call. */
  get live(): boolean {
    return this.exchange.open && this.exchange.owner === this;
  }

  /** @returns false when the script can't be started, which was answered then. */
  start(environment: ScriptEnvironment): boolean {
    const { body, head } = this.exchange;
    const words = queryWords(head.method, head.query);
    const script = Script.start(this.target.path, words, environment, body !== null, this);
    if (typeof script === "string") {
      const busy = script === "EAGAIN" || script === "ENOMEM" || script.includes("EMFILE");
      this.#fail(busy ? 503 : 500, `exec of '${plainText(this.target.path)}' failed (${script})`);
      return false;
    }
    this.#script = script;
    this.exchange.touch();
    script.readOn();
    if (body === null) return true;
    const whole = body.complete ? body.take() : null;
    if (whole === null) body.pull(UPLOAD_PIECE_BYTES);
    else {
      if (whole.length > 0) script.write(whole);
      script.closeInput();
    }
    return true;
  }

  // From the client.

  bodyComplete(): void {
    if (!this.collecting) return;
    this.collecting = false;
    this.#keeper.collected(this);
  }

  bodyArrived(_exchange: Exchange, bytes: Buffer, last: boolean): void {
    const script = this.#script;
    if (script === null || this.#ended) return;
    this.exchange.touch();
    // A copy: the bytes belong to the connection once this returns.
    if (bytes.length > 0) script.write(Buffer.from(bytes));
    else if (!last) this.exchange.body?.pull(UPLOAD_PIECE_BYTES);
    if (last) script.closeInput();
  }

  bodyFailed(_exchange: Exchange, why: string): void {
    this.#fail(400, `the request did not arrive: ${why}`);
  }

  sent(_exchange: Exchange, bytes: number): void {
    this.#owed -= bytes;
    if (!this.#paused || this.#owed > WINDOW_BYTES / 2) return;
    this.#paused = false;
    this.#script?.readOn();
  }

  gone(): void {
    this.#script?.stop();
  }

  stalled(): void {
    // Waiting for its turn has a limit of its own.
    if (this.#script === null) return;
    this.#fail(504, "the script sent nothing for longer than --socket-timeout");
  }

  /** The server can't wait for it any longer. */
  stop(why: string): void {
    this.#fail(503, why);
  }

  // From the script.

  inputTaken(read: boolean): void {
    if (!this.live) return;
    this.exchange.touch();
    // A script that doesn't read is not fed, and its client not asked for more.
    if (read) this.exchange.body?.pull(UPLOAD_PIECE_BYTES);
  }

  output(bytes: Uint8Array): void {
    if (bytes.length === 0) {
      this.#outputEnded();
      return;
    }
    if (this.live || this.#answered) {
      const why = this.#output.feed(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      if (why !== null) this.#fail(this.#answered ? 0 : 500, why);
      if (this.#head !== null && this.live) this.#begin(null);
    }
    this.#paused = this.live && this.#owed >= WINDOW_BYTES;
    if (!this.#paused) this.#script?.readOn();
  }

  complaint(bytes: Uint8Array): void {
    this.#keeper.said(this, bytes);
  }

  exited(): void {
    this.#keeper.over(this);
  }

  thrown(error: unknown): void {
    this.#keeper.bug(error);
    this.#fail(500, "a bug of this server");
  }

  // OutputListener

  scriptHead(head: ScriptHead): void {
    const answer = answerOf(this.exchange.head, head);
    switch (answer.kind) {
      case "document": {
        this.#head = answer.head;
        const { method } = this.exchange.head;
        const { contentLength, status } = answer.head;
        if (contentLength >= 0 && method !== "HEAD" && !isBodyless(status)) this.#missing = contentLength;
        return;
      }
      case "page":
        this.#answered = true;
        this.exchange.send(answer.head, answer.body);
        break;
      case "status":
        this.#leave();
        this.#keeper.answerStatus(this, answer.status);
        break;
      case "inside":
        this.#leave();
        this.#keeper.redirect(this, answer.target);
    }
  }

  body(bytes: Buffer): void {
    if (!this.live) return;
    this.#missing -= bytes.length;
    this.#owed += bytes.length;
    if (this.#head === null) this.exchange.write(bytes);
    else this.#begin(bytes);
  }

  #begin(bytes: Buffer | null): void {
    const head = this.#head as ResponseHead;
    this.#head = null;
    this.exchange.start(head, bytes);
  }

  /** Whoever answers now is not this call; what the script still writes is read over. */
  #leave(): void {
    this.#answered = true;
    this.exchange.owner = null;
  }

  #outputEnded(): void {
    this.#ended = true;
    this.#script?.finish();
    if (!this.live) return;
    const why = this.#output.ended();
    if (why !== null) this.#fail(500, why);
    else if (this.#missing > 0 && this.#missing < Infinity) {
      this.#fail(500, "the script sent less than its Content-Length");
    } else this.exchange.end();
  }

  #fail(status: number, why: string): void {
    if (!this.#ended) this.#script?.stop();
    if (!this.live) return;
    if (this.exchange.started) {
      this.#keeper.cut(this, why);
      this.exchange.fail();
    } else {
      this.#keeper.fail(this, status, why);
    }
  }
}

/** Messages are text, names of files in them are bytes. */
function plainText(text: string): string {
  return Buffer.from(text, "latin1").toString();
}
