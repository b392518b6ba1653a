/** From the text of a head to a request head: line, fields and target, checked together. One per connection. */

import type { Common, Peer, RequestHead } from "../exchange.ts";
import { resolveTarget } from "../path.ts";
import type { HeadText } from "./head-reader.ts";
import { parseHeaderBlock, withHost, type HeaderBlock } from "./header-block.ts";
import { parseRequestLine } from "./request-line.ts";
import { isRefusal, type Refusal } from "./syntax.ts";

export interface H1Request {
  readonly head: RequestHead;
  readonly block: HeaderBlock;
}

export class RequestParser {
  #peer: Peer;
  #maxBodyBytes: number;
  #lastText = "";
  #lastVersion = "";
  #common: Common = { uses: 0, environ: "" };
  #commonBlock: HeaderBlock | null = null;
  #lastBlock: HeaderBlock | null = null;

  /** @param maxBodyBytes a request that announces more is refused; 0 is no limit. */
  constructor(peer: Peer, maxBodyBytes: number) {
    this.#peer = peer;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** @param nowUs when the head was complete, µs since the epoch. */
  parse({ text, start, end }: HeadText, nowUs: number): H1Request | Refusal {
    let lineEnd = text.indexOf("\r\n", start);
    if (lineEnd < 0 || lineEnd > end) lineEnd = end;
    const line = parseRequestLine(text, start, lineEnd);
    if (isRefusal(line)) return line;
    const given = this.#blockOf(text, lineEnd + 2, end, line.version);
    if (isRefusal(given)) return given;
    const target = resolveTarget(line.target);
    if (isRefusal(target)) return target;
    // RFC 9112 §3.2.2: the authority of an absolute target replaces Host.
    const block = target.authority === "" ? given : withHost(given, target.authority);
    if (isRefusal(block)) return block;
    if (this.#maxBodyBytes > 0 && block.contentLength > this.#maxBodyBytes) {
      return {
        status: 413,
        why: `the body of ${block.contentLength} bytes is larger than --limit-request-body allows`,
      };
    }
    if (block !== this.#commonBlock) {
      this.#commonBlock = block;
      this.#common = { uses: 0, environ: "" };
    }
    this.#common.uses++;
    const head: RequestHead = {
      method: line.method,
      target: line.target,
      path: target.path,
      query: target.query,
      version: line.version,
      host: block.hostName,
      hostPort: block.hostPort,
      peer: this.#peer,
      startedUs: nowUs,
      fields: block.fields,
      fieldEnviron: block.environ,
      common: this.#common,
    };
    return { head, block };
  }

  /** A client repeats its header block on one connection: what is the same text is not parsed again. */
  #blockOf(text: string, start: number, end: number, version: "HTTP/1.0" | "HTTP/1.1"): HeaderBlock | Refusal {
    const blockText = text.slice(start, end);
    const last = this.#lastBlock;
    if (last !== null && blockText === this.#lastText && version === this.#lastVersion) return last;
    const block = parseHeaderBlock(text, start, end, version);
    if (isRefusal(block)) return block;
    this.#lastText = blockText;
    this.#lastVersion = version;
    this.#lastBlock = block;
    return block;
  }
}
