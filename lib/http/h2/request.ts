/** From the fields of a header block to a request head. One per connection. */

import { newCommon, type Client, type Common, type Field, type Peer, type RequestHead } from "../exchange.ts";
import { LONG_LINE, MAX_LINE_BYTES, TOKEN, isRefusal, type Refusal } from "../syntax.ts";
import { resolveTarget } from "../path.ts";
import { clientOf } from "../peer.ts";
import { fieldFault, readFields, takePseudo, type FieldList, type Malformed, type Pseudo } from "./field-list.ts";

export interface H2Request {
  readonly head: RequestHead;
  /** -1 when there is no Content-Length. */
  readonly contentLength: number;
  readonly expectsContinue: boolean;
  /** How much its header block took. */
  readonly blockBytes: number;
}

/** A request that is answered with an error; `line` is for the log. */
export interface Refused {
  readonly refusal: Refusal;
  readonly line: string;
}

/** What a header block comes to, whenever it is sent. */
interface Parsed {
  readonly pseudo: Pseudo;
  readonly path: string;
  readonly query: string;
  readonly list: FieldList;
  readonly client: Client;
  readonly common: Common;
}

/**
 * Reads the requests of one connection. Clients repeat themselves: what is the same block as before, or the same fields
 * with another target, is not checked again.
 */
export class RequestReader {
  #peer: Peer;
  #lastBlock = "";
  #lastParsed: Parsed | null = null;
  #lastFields = "";
  #lastList: FieldList | null = null;
  #common: Common = newCommon();
  #client: Client | null = null;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** The request of a block that is known by its text; null when it is another one than the last. */
  again(block: string, nowUs: number): H2Request | null {
    const parsed = this.#lastParsed;
    return parsed === null || block !== this.#lastBlock ? null : this.#request(parsed, block.length, nowUs);
  }

  /**
   * @param block the text under which {@link again} finds it; "" when it can't mean the same again
   * @param nowUs when the head was complete, µs since the epoch
   */
  read(fields: readonly Field[], block: string, blockBytes: number, nowUs: number): H2Request | Refused | Malformed {
    // What was known by its text was known for a state of the decoder that is no more.
    this.#lastParsed = null;
    const parsed = this.#parse(fields);
    if (!("pseudo" in parsed)) return parsed;
    this.#lastParsed = block === "" ? null : parsed;
    this.#lastBlock = block;
    return this.#request(parsed, blockBytes, nowUs);
  }

  #request({ pseudo, path, query, list, client, common }: Parsed, blockBytes: number, nowUs: number): H2Request {
    common.uses++;
    const head: RequestHead = {
      method: pseudo.method,
      target: pseudo.path,
      path,
      query,
      version: "HTTP/2.0",
      host: list.hostName,
      hostPort: list.hostPort,
      peer: this.#peer,
      client,
      startedUs: nowUs,
      fields: list.fields,
      fieldEnviron: list.environ,
      common,
    };
    return { head, contentLength: list.contentLength, expectsContinue: list.expectsContinue, blockBytes };
  }

  #parse(fields: readonly Field[]): Parsed | Refused | Malformed {
    const taken = takePseudo(fields);
    if ("malformed" in taken) return taken;
    const { pseudo, rest } = taken;
    const { method, scheme, path } = pseudo;
    const line = `${method} ${path} HTTP/2.0`;
    const fault = pseudoFault(pseudo);
    if (fault !== "") return { malformed: fault };
    const list = this.#listOf(fields, rest, pseudo.authority);
    if ("malformed" in list) return list;
    if (isRefusal(list)) return { refusal: list, line };
    if (path.length > MAX_LINE_BYTES) return { refusal: LONG_LINE, line };
    if (scheme !== "http" && scheme !== "https" && method !== "CONNECT") {
      return { refusal: { status: 400, why: "the scheme is neither http nor https" }, line };
    }
    const target = resolveTarget(path);
    if (isRefusal(target)) return { refusal: target, line };
    this.#client ??= clientOf(this.#peer, list.hostName, list.hostPort);
    return { pseudo, path: target.path, query: target.query, list, client: this.#client, common: this.#common };
  }

  #listOf(fields: readonly Field[], start: number, authority: string | null): FieldList | Refusal | Malformed {
    const text = textOf(fields, start, authority);
    if (this.#lastList !== null && text === this.#lastFields) return this.#lastList;
    const list = readFields(fields, start, authority);
    if (!("environ" in list)) return list;
    this.#lastFields = text;
    this.#lastList = list;
    this.#common = newCommon();
    this.#client = null;
    return list;
  }
}

/** RFC 9113 §8.3.1. */
function pseudoFault({ method, path, authority }: Pseudo): string {
  if (!TOKEN.test(method)) return "the :method is not a token";
  if (authority === "") return "the :authority is empty";
  if (method === "CONNECT") return "";
  if (path.startsWith("/") ? UNTAKEN.test(path) : path !== "*" || method !== "OPTIONS") {
    return "the :path is not a path";
  }
  return "";
}

/** What no request line could hold: control characters, and the space that ends a target there. */
const UNTAKEN = /[\0-\x20\x7f]/;

/** What is wrong with the fields behind a body (RFC 9113 §8.1), which nobody is shown; "" when nothing is. */
export function trailerFault(fields: readonly Field[]): string {
  for (const [name, value] of fields) {
    const fault = fieldFault(name, value);
    if (fault !== "") return fault;
  }
  return "";
}

/** What separates is no byte, so that different fields are different texts. */
function textOf(fields: readonly Field[], start: number, authority: string | null): string {
  let text = authority ?? "\u0100";
  for (let i = start; i < fields.length; i++) {
    const [name, value] = fields[i] as Field;
    text += `\u0100${name}\u0100${value}`;
  }
  return text;
}
