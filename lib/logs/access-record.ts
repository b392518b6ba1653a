/** What the access log knows of one request: plain data, filled in when the response has ended. */

import type { Field } from "../http/exchange.ts";

/** Text is latin-1 from the wire; null is what Apache logs as "-". Made so that only what a format asks for is computed. */
export interface AccessRecord {
  /** Who asked: the peer, or who a trusted proxy says it asks for. */
  readonly clientAddress: string;
  /** The other end of the connection. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Set by authentication. */
  readonly remoteUser: string | null;
  /** When the request was read, µs since the epoch. */
  readonly startedUs: number;
  /** From then until the last byte of the response was handed over. */
  readonly elapsedUs: number;
  /** From then until the first byte of the response; null when nobody looked. */
  readonly firstByteUs: number | null;
  /** As sent; null when a connection ended before one was complete. */
  readonly requestLine: string | null;
  readonly method: string | null;
  /** Decoded, without the query. */
  readonly path: string | null;
  /** As sent, without a query. */
  readonly target: string | null;
  /** Without the "?"; null when there was none. */
  readonly query: string | null;
  readonly protocol: string | null;
  /** Of the response that was sent. */
  readonly status: number;
  /** Of the first response, where an error document replaced it. */
  readonly originalStatus: number;
  /** Bytes of the response body that were sent. */
  readonly bodyBytes: number;
  /** With heads and framing, both ways. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly requestFields: readonly Field[];
  readonly responseFields: readonly Field[];
  /** What Content-Length said, which is not among the fields; -1 when it said nothing. */
  readonly responseLength: number;
  /** Sent behind a chunked body. */
  readonly requestTrailers: readonly Field[];
  /** The name of the site. */
  readonly serverName: string;
  readonly requestHost: string;
  /** How many requests this connection carried before. */
  readonly keepAliveRequests: number;
  /** The id of this request, also in the error log and for the application; null when nobody needed one. */
  readonly logId: string | null;
  /** "aborted" before the response was complete, else what becomes of the connection. */
  readonly connection: "aborted" | "kept" | "closed";
  /** File the path was mapped to, and the handler that answered. */
  readonly fileName: string | null;
  readonly handler: string | null;
  /** Variables of the request (--setenv, --passenv), for %{NAME}e. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What parts of the server note about the request, for %{NAME}n. */
  readonly notes?: Readonly<Record<string, string>>;
}
