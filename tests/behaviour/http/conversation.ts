/** One connection to a server, seen as requests and whole responses: where each response ends is RFC 9112 §6.3. */

import type { RawClient } from "../../harness/raw.ts";
import type { Server } from "../../harness/server.ts";

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** By name in lower case; repeated ones joined by ", ". */
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it was cut into chunks; null when it was not chunked. */
  readonly chunks: readonly string[] | null;
}

export interface Conversation extends Disposable {
  readonly client: RawClient;
  send(bytes: string): void;
  /** The next response, interim ones (1xx) included. `method` is that of the request: HEAD has no body. */
  answer(method?: string): Promise<Answer>;
  /** What was received behind the last answer by the time the server ended the connection. */
  end(): Promise<string>;
  /** What was received so far behind the last answer. */
  rest(): string;
}

export async function talk(server: Server): Promise<Conversation> {
  const client = await server.connect();
  let at = 0;

  async function answer(method = "GET"): Promise<Answer> {
    const start = at;
    await client.read((received) => received.includes("\r\n\r\n", start));
    const head = parseHead(client.received(), start);
    const { fields, status } = head;
    at = head.end;
    if (status < 200 || status === 204 || status === 304 || method === "HEAD")
      return { ...head, body: "", chunks: null };
    if (fields["transfer-encoding"] === "chunked") {
      let found = takeChunks(client.received(), head.end);
      while (found === null) {
        const { length } = client.received();
        await client.read((received) => received.length > length);
        found = takeChunks(client.received(), head.end);
      }
      at = found.end;
      return { ...head, body: found.chunks.join(""), chunks: found.chunks };
    }
    if (fields["content-length"] !== undefined) {
      at = head.end + Number(fields["content-length"]);
      await client.read((received) => received.length >= at);
    } else {
      at = (await client.readToEnd()).length;
    }
    return { ...head, body: client.received().slice(head.end, at), chunks: null };
  }

  return {
    client,
    send: (bytes) => client.send(bytes),
    answer,
    end: async () => (await client.readToEnd()).slice(at),
    rest: () => client.received().slice(at),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

/** A request as text: a Host, the given lines, a Content-Length when there is a body. */
export function request(line: string, lines: readonly string[] = [], body = ""): string {
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  return `${[`${line} HTTP/1.1`, "Host: malt.test", ...lines, ...length].join("\r\n")}\r\n\r\n${body}`;
}

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Offset of what follows. */
  readonly end: number;
}

function parseHead(received: string, start: number): Head {
  const end = received.indexOf("\r\n\r\n", start);
  const [line = "", ...lines] = received.slice(start, end).split("\r\n");
  const match = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(line);
  if (match === null) throw new Error(`no response begins with ${JSON.stringify(line)} in:\n${received}`);
  const fields: Record<string, string> = {};
  for (const text of lines) {
    const colon = text.indexOf(":");
    const name = text.slice(0, colon).toLowerCase();
    const value = text.slice(colon + 1).trim();
    fields[name] = fields[name] === undefined ? value : `${fields[name]}, ${value}`;
  }
  return { status: Number(match[1]), reason: match[2] ?? "", fields, end: end + 4 };
}

function takeChunks(received: string, start: number): { chunks: string[]; end: number } | null {
  const chunks: string[] = [];
  for (let at = start; ;) {
    const lineEnd = received.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(received.slice(at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (received.length < end) return null;
    if (received.slice(end - 2, end) !== "\r\n") throw new Error(`a chunk does not end where it should:\n${received}`);
    if (size === 0) return { chunks, end };
    chunks.push(received.slice(lineEnd + 2, end - 2));
    at = end;
  }
}
