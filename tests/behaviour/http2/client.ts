/** An HTTP/2 client, of a library that is not ours: many requests at once on one connection. */

import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";

export interface Answer {
  readonly status: number;
  readonly fields: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The code with which the stream was reset; 0 when the answer is whole. */
  readonly reset: number;
}

export interface Asking {
  readonly method?: string;
  readonly fields?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

export interface Client extends Disposable {
  /** Never rejects for what happens to the stream. */
  ask(path: string, asking?: Asking): Promise<Answer>;
  /** The stream itself, for those that do everything by themselves; nothing of the body is sent. */
  stream(path: string, asking?: Asking): ClientHttp2Stream;
  /** The codes of GOAWAY so far. */
  readonly farewells: readonly number[];
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
}

/** @param url of the server, without a path, @param authority PEM, for https */
export async function http2Client(url: string, authority?: string): Promise<Client> {
  // MiB: it would give up its own streams rather than keep what the server is not ready for.
  const usual = { maxSessionMemory: 256 };
  const secure = authority === undefined ? {} : { ca: authority, servername: "localhost" };
  const session: ClientHttp2Session = connect(url, { ...usual, ...secure });
  const farewells: number[] = [];
  const connected = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  session.on("connect", () => connected.resolve());
  session.on("goaway", (code) => void farewells.push(code));
  session.on("error", connected.reject);
  session.on("close", closed.resolve);
  await connected.promise;

  function stream(path: string, { method = "GET", fields = {}, body }: Asking = {}): ClientHttp2Stream {
    const head = { ...fields, [constants.HTTP2_HEADER_METHOD]: method, [constants.HTTP2_HEADER_PATH]: path };
    return session.request(head, { endStream: method === "GET" && body === undefined });
  }

  function ask(path: string, asking: Asking = {}): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    const request = stream(path, asking);
    const parts: Buffer[] = [];
    let fields: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    request.on("response", (received) => (fields = received));
    request.on("data", (bytes: Buffer) => void parts.push(bytes));
    request.on("error", () => undefined);
    request.on("close", () => {
      answer.resolve({
        status: fields[":status"] ?? 0,
        fields,
        body: Buffer.concat(parts),
        reset: request.rstCode ?? 0,
      });
    });
    request.end(asking.body);
    return answer.promise;
  }

  return { ask, stream, farewells, closed: closed.promise, [Symbol.dispose]: () => session.destroy() };
}
