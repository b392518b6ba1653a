/** What a script writes, taken apart: a head and a body, or whole HTTP (nph-). Pure: bytes in, calls out. */

import { ResponseReader } from "../proxy/response-reader.ts";
import type { UpstreamResponse } from "../proxy/response-head.ts";
import { HeadLineReader, parseScriptHead, type ScriptHead } from "./script-head.ts";

export interface OutputListener {
  /** Once, before any of the body. */
  scriptHead(head: ScriptHead): void;
  /** Valid during the call. */
  body(bytes: Buffer): void;
}

export interface ScriptOutput {
  /** @returns what is wrong, in the words of the log; null when nothing is. */
  feed(data: Buffer): string | null;
  /** There is no more. @returns what is missing. */
  ended(): string | null;
}

/** @param path of the script: by its name it says that it writes HTTP itself (RFC 3875 §5). */
export function scriptOutput(path: string, method: string, listener: OutputListener): ScriptOutput {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.startsWith("nph-") ? new RawOutput(name, method, listener) : new ParsedOutput(name, listener);
}

/** The usual kind (RFC 3875 §6). */
class ParsedOutput implements ScriptOutput {
  #name: string;
  #listener: OutputListener;
  #reader: HeadLineReader | null = new HeadLineReader();

  constructor(name: string, listener: OutputListener) {
    this.#name = name;
    this.#listener = listener;
  }

  feed(data: Buffer): string | null {
    const reader = this.#reader;
    if (reader === null) {
      this.#listener.body(data);
      return null;
    }
    const found = reader.feed(data);
    if (found === "too large") return tooLarge(this.#name);
    if (found === null) return null;
    this.#reader = null;
    const head = parseScriptHead(found.lines, this.#name);
    if ("why" in head) return head.why;
    this.#listener.scriptHead(head);
    if (found.behind.length > 0) this.#listener.body(found.behind);
    return null;
  }

  ended(): string | null {
    const reader = this.#reader;
    if (reader === null) return null;
    if (!reader.started) return `End of script output before headers: ${this.#name}`;
    // What never was a field is the better reason to give.
    const bad = reader.firstLine === undefined ? null : parseScriptHead([reader.firstLine], this.#name);
    return bad !== null && "why" in bad ? bad.why : `Premature end of script headers: ${this.#name}`;
  }
}

/**
 * A script that writes the whole response. It is read as one and sent as any other, so that such a script works over HTTP/2
 * and on connections that are kept; only the ends of its head's lines needn't be those of HTTP.
 */
class RawOutput implements ScriptOutput {
  #name: string;
  #lines: HeadLineReader | null = new HeadLineReader();
  #started = false;
  #reader: ResponseReader;
  #listener: OutputListener;

  constructor(name: string, method: string, listener: OutputListener) {
    this.#name = name;
    this.#listener = listener;
    this.#reader = new ResponseReader(method, {
      interim: () => undefined,
      responded: (response) => this.#responded(response),
      bodyReceived: (bytes) => listener.body(bytes),
    });
  }

  feed(data: Buffer): string | null {
    let rest = data;
    this.#started ||= data.length > 0;
    // More than one head when there are interim ones (1xx).
    while (this.#lines !== null) {
      const found = this.#lines.feed(rest);
      if (found === "too large") return tooLarge(this.#name);
      if (found === null) return null;
      const why = this.#reader.feed(Buffer.from(`${found.lines.join("\r\n")}\r\n\r\n`, "latin1"));
      if (why !== null) return this.#malformed(why);
      rest = found.behind;
    }
    if (this.#reader.done || rest.length === 0) return null;
    const why = this.#reader.feed(rest);
    return why === null ? null : this.#malformed(why);
  }

  ended(): string | null {
    if (!this.#started) return `End of script output before headers: ${this.#name}`;
    const why = this.#reader.ended();
    return why === null ? null : this.#malformed(why);
  }

  #responded({ status, reason, fields }: UpstreamResponse): void {
    this.#lines = null;
    // How the end of the body is told has been understood, and is told anew.
    const kept = fields.filter(([name]) => !/^transfer-encoding$/i.test(name));
    this.#listener.scriptHead({ status, reason, location: "", fields: kept });
  }

  #malformed(why: string): string {
    return `the response of script '${this.#name}' is malformed: ${why}`;
  }
}

function tooLarge(name: string): string {
  return `malformed header from script '${name}': it is larger than 64 KiB`;
}
