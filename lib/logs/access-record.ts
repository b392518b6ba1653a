/** What the access log knows of one request: plain data, filled in when the response has ended. */

import type { Field } from "../http/exchange.ts";

/** Text is latin-1 from the wire; null is what Apache logs as "-". */
export interface AccessRecord {
  /** Of the client that a trusted proxy spoke for, else of the peer. */
  readonly clientAddress: string;
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
  /** As sent; null when a connection ended before one was complete. */
  readonly requestLine: string | null;
  readonly method: string | null;
  /** Decoded, without the query. */
  readonly path: string | null;
  /** Without the "?". */
  readonly query: string;
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
  /** --server-name, else the host the client asked for. */
  readonly serverName: string;
  readonly requestHost: string;
  /** How many requests this connection carried before. */
  readonly keepAliveRequests: number;
  /** Of the error-log entry for this request. */
  readonly logId: string | null;
  /** "aborted" before the response was complete, else what becomes of the connection. */
  readonly connection: "aborted" | "kept" | "closed";
  /** File the path was mapped to, and the handler that answered. */
  readonly fileName: string | null;
  readonly handler: string | null;
  /** Variables of the request, for %{NAME}e. */
  readonly variables?: Readonly<Record<string, string>>;
}
