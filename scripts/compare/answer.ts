/** One request to a server, and what of its answer is compared. */

import { rawClient } from "../../tests/harness/raw.ts";
import type { Request } from "./scenario.ts";

export interface Answer {
  readonly status: string;
  /** As lines, sorted; without those that are about the connection or the moment. */
  readonly fields: readonly string[];
  /** Of the resource; a page of the server's own is none. */
  readonly body: string;
}

/** About the connection, the framing or the moment, or the name of the program. */
const NOT_COMPARED = new Set(["date", "server", "connection", "keep-alive", "transfer-encoding", "content-length"]);

const PATIENCE_MS = 10_000;

/** Sends `request` to this machine's `port`; `hidden` are texts that differ from server to server, and what to call them. */
export async function answerOf(
  port: number,
  request: Request,
  hidden: readonly (readonly [text: string, name: string])[],
): Promise<Answer> {
  using client = await rawClient(port, "127.0.0.1");
  client.send(textOf(request, port));
  const received = await client.readToEnd(PATIENCE_MS);
  const [head = "", ...rest] = received.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const raw = rest.join("\r\n\r\n");
  const body = lines.some((line) => /^transfer-encoding:\s*chunked$/i.test(line)) ? withoutChunks(raw) : raw;
  const neutral = (text: string): string => hidden.reduce((left, [each, name]) => left.replaceAll(each, name), text);
  const [, status = received.slice(0, 80)] = /^HTTP\/1\.\d (.*)$/.exec(statusLine) ?? [];
  return {
    status: status === "" ? "nothing" : status,
    fields: lines
      .filter((line) => !NOT_COMPARED.has(line.slice(0, line.indexOf(":")).toLowerCase()))
      .map((line) => neutral(sorted(line.replace(/nonce="[^"]*"/, 'nonce="…"'))))
      .toSorted(),
    body: isPage(status, body) ? "" : neutral(body),
  };
}

function textOf({ method, target, fields, body }: Request, port: number): string {
  const all: Record<string, string> = { Host: `localhost:${port}`, Connection: "close", ...fields };
  if (body !== null && all["Transfer-Encoding"] === undefined) all["Content-Length"] = `${body.length}`;
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}

function withoutChunks(text: string): string {
  let whole = "";
  for (let at = 0; ;) {
    const end = text.indexOf("\r\n", at);
    const size = parseInt(text.slice(at, end), 16);
    if (end < 0 || !(size > 0)) return whole;
    whole += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

/** Apache lists methods in another order each time it starts. */
function sorted(line: string): string {
  const [, name, methods] = /^(Allow: )(.*)$/.exec(line) ?? [];
  return methods === undefined ? line : `${name}${methods.split(",").toSorted().join(",")}`;
}

/** What the server says of a status by itself is worded otherwise, and means the same. */
function isPage(status: string, body: string): boolean {
  return /^[345]/.test(status) && /<title>\s*\d\d\d /i.test(body);
}
