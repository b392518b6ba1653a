/** From the text of a head to a request head: line, fields and target, checked together. One per connection. */

import { newCommon, type Client, type Common, type Peer, type RequestHead } from "../exchange.ts";
import { clientOf } from "../peer.ts";
import { resolveTarget, type Target } from "../path.ts";
import type { HeadText } from "./head-reader.ts";
import { parseHeaderBlock, withHost, type HeaderBlock } from "./header-block.ts";
import { parseRequestLine, type RequestLine } from "./request-line.ts";
import { isRefusal, type Refusal } from "../syntax.ts";

export interface H1Request {
  readonly head: RequestHead;
  readonly block: HeaderBlock;
}

/** What a head comes to, whenever it is sent. */
interface Parsed {
  readonly line: RequestLine;
  readonly target: Target;
  readonly block: HeaderBlock;
}

/**
 * Parses the heads of one connection. Clients repeat themselves: what is the same text as before, the whole head of a
 * client that polls or the header block of a browser, is not parsed again.
 */
export class RequestParser {
  #peer: Peer;
  #maxBodyBytes: number;
  #lastText = "";
  #lastParsed: Parsed | null = null;
  #lastBlockText = "";
  #lastBlockVersion = "";
  #lastBlock: HeaderBlock | null = null;
  #common: Common = newCommon();
  #client: Client | null = null;
  #commonBlock: HeaderBlock | null = null;

  /** @param maxBodyBytes a request that announces more is refused; 0 is no limit. */
  constructor(peer: Peer, maxBodyBytes: number) {
    this.#peer = peer;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** @param nowUs when the head was complete, µs since the epoch. */
  parse({ text, start, end }: HeadText, nowUs: number): H1Request | Refusal {
    const headText = text.slice(start, end);
    let parsed = this.#lastParsed;
    if (parsed === null || headText !== this.#lastText) {
      const found = this.#parse(headText);
      if (isRefusal(found)) return found;
      parsed = found;
      this.#lastParsed = found;
      this.#lastText = headText;
    }
    const { line, target, block } = parsed;
    if (block !== this.#commonBlock) {
      this.#commonBlock = block;
      this.#common = newCommon();
      this.#client = null;
    }
    this.#client ??= clientOf(this.#peer, block.hostName, block.hostPort);
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
      client: this.#client,
      startedUs: nowUs,
      fields: block.fields,
      fieldEnviron: block.environ,
      common: this.#common,
    };
    return { head, block };
  }

  #parse(text: string): Parsed | Refusal {
    const end = text.length;
    const firstEnd = text.indexOf("\r\n");
    const lineEnd = firstEnd < 0 ? end : firstEnd;
    const line = parseRequestLine(text, 0, lineEnd);
    if (isRefusal(line)) return line;
    const given = this.#blockOf(text.slice(lineEnd + 2), line.version);
    if (isRefusal(given)) return given;
    // RFC 9112 §6.3: a 2xx makes it a tunnel to whoever is between, and the application might say 200.
    if (line.method === "CONNECT") return { status: 400, why: "CONNECT is for proxies" };
    const target = resolveTarget(line.target);
    if (isRefusal(target)) return target;
    // RFC 9110 §7.4: what is asked for with TLS must not be answered without.
    if (target.authority !== "" && /^https/i.test(line.target) && !this.#peer.secure) {
      return { status: 421, why: "the target is an https URL, and this connection has no TLS" };
    }
    // RFC 9112 §3.2.2: the authority of an absolute target replaces Host.
    const block = target.authority === "" ? given : withHost(given, target.authority);
    if (isRefusal(block)) return block;
    if (this.#maxBodyBytes > 0 && block.contentLength > this.#maxBodyBytes) {
      return {
        status: 413,
        why: `the body of ${block.contentLength} bytes is larger than --limit-request-body allows`,
      };
    }
    return { line, target, block };
  }

  #blockOf(text: string, version: "HTTP/1.0" | "HTTP/1.1"): HeaderBlock | Refusal {
    const last = this.#lastBlock;
    if (last !== null && text === this.#lastBlockText && version === this.#lastBlockVersion) return last;
    const block = parseHeaderBlock(text, 0, text.length, version);
    if (isRefusal(block)) return block;
    this.#lastBlockText = text;
    this.#lastBlockVersion = version;
    this.#lastBlock = block;
    return block;
  }
}
