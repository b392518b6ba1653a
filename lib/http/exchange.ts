/**
 * One request and the way to answer it, the same for every protocol version: what the pipeline and the handlers see.
 *
 * Text from the wire is latin-1 (one character a byte), so that nothing is lost; see {@link pathBytes} for file names.
 */

import type { ResponseHead } from "./response-head.ts";

/** Who is at the other end, fixed for the life of a connection. */
export interface Peer {
  /** "" for a client of a socket in the file system. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly secure: boolean;
  /** What the client's certificate came to: SUCCESS, NONE, or FAILED: and why. */
  readonly clientVerify: string;
  /** NUL-separated CGI pairs that never change on this connection; begins with a name. */
  readonly environ: string;
}

/**
 * Who asks, and for which site: what the connection and Host show, or what a trusted proxy tells of its own client. This is
 * whom to let in, to log and to redirect; who is at the other end of the connection is the {@link Peer}.
 */
export interface Client {
  /** Without a port; IPv4 is never written as IPv6. */
  readonly address: string;
  /** It speaks HTTPS, with this server or with the proxy. */
  readonly secure: boolean;
  /** The host that was asked for: lower case, without port and trailing dot; "" when none was named. */
  readonly host: string;
  /** The port that goes with the host; "" when nobody told. */
  readonly port: string;
  /** A trusted proxy told some of it. The ports of our listeners mean nothing to such a client. */
  readonly forwarded: boolean;
}

/** Who was authenticated. Both are latin-1 text, as an environ has them. */
export interface User {
  /** REMOTE_USER. */
  readonly name: string;
  /** AUTH_TYPE: how it was proven. */
  readonly type: string;
}

export type Field = readonly [name: string, value: string];

export interface RequestHead {
  readonly method: string;
  /** The request target exactly as sent. */
  readonly target: string;
  /** Percent-decoded, dot segments resolved, "//" collapsed; begins with "/" (or is "*"). */
  readonly path: string;
  /** Raw, without the "?"; "" when there is none. */
  readonly query: string;
  readonly version: "HTTP/1.0" | "HTTP/1.1" | "HTTP/2.0";
  /** Host of the request without port and trailing dot, lower case; "" when there was none. */
  readonly host: string;
  /** The port written in Host; "" when there was none. */
  readonly hostPort: string;
  readonly peer: Peer;
  readonly client: Client;
  /** When the head was complete, µs since the epoch. */
  readonly startedUs: number;
  readonly fields: readonly Field[];
  /**
   * NUL-separated CGI pairs, each pair with a leading NUL: HTTP_*, CONTENT_TYPE and CONTENT_LENGTH; then what a
   * trusted proxy says. Later pairs win, also over those of the peer.
   */
  readonly fieldEnviron: string;
  readonly common: Common;
  /** `mod_wsgi.request_id`, once somebody needed one: for the logs. */
  requestId?: string;
  /** Set by the stage that authenticates, and only once it has: applications and the access log believe it. */
  user?: User;
}

/**
 * What the requests of one connection have in common as long as the client repeats its header block: the same object for
 * all of them. A handler keeps here what it makes of the connection and the fields, to make it once.
 */
export interface Common {
  /** Requests so far. */
  uses: number;
  /** The part of a CGI environment that follows from them; "" until somebody made it. */
  environ: string;
  /** What a proxy tells in the fields comes to, for a new head; null when that is nothing. Missing until somebody looked. */
  forwarded?: Pick<RequestHead, "client" | "fieldEnviron"> | null;
  /** The last request target, what it was mapped to, and the part of a CGI environment that follows from those. */
  target: string;
  mapped: string;
  pairs: string;
}

export function newCommon(): Common {
  return { uses: 0, environ: "", target: "", mapped: "", pairs: "" };
}

/** First value of a field, by its lower-case name; undefined when absent. */
export function field(head: RequestHead, lowerName: string): string | undefined {
  for (const [name, value] of head.fields) if (name.toLowerCase() === lowerName) return value;
  return undefined;
}

/** A body that nobody changes, to be sent again and again: it is not copied while it waits. */
export interface KeptBody {
  readonly bytes: Uint8Array;
  /** A file of the same bytes, for a kernel that sends it by itself; null when there is none. */
  readonly fd: number | null;
}

/** A slice of an open file. The exchange owns the descriptor from the call on and closes it: one for each slice. */
export interface FileSlice {
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** The body of a request, on its way. */
export interface RequestBody {
  /** All of it has arrived. */
  readonly complete: boolean;
  /** As much of it has arrived as comes while nobody pulls: all of it, or as much as is kept. */
  readonly gathered: boolean;
  /** How long it says it is; -1 when it is chunked; Infinity when it ends with the client's FIN. */
  readonly length: number;
  /** Bytes of it that have arrived. */
  readonly received: number;
  /** The client waits for "100 Continue" before it sends anything. */
  readonly awaitsContinue: boolean;
  /** Everything that has arrived; only when `complete` and nothing was pulled. */
  take(): Buffer;
  /** Asks for up to `bytes` more, given to the owner's {@link ExchangeOwner.bodyArrived}. */
  pull(bytes: number): void;
}

/** Whoever is answering an exchange over time. */
export interface ExchangeOwner {
  /**
   * The body is {@link RequestBody.gathered} now. It is said of what is kept and of all of it, so it can be said twice; who
   * becomes the owner later has not heard it.
   */
  bodyComplete(exchange: Exchange): void;
  /** Pulled bytes, valid during the call. `last` ends the body. */
  bodyArrived(exchange: Exchange, bytes: Buffer, last: boolean): void;
  /** The rest of the body will never arrive. */
  bodyFailed(exchange: Exchange, why: string): void;
  /** So many response bytes have left for the client. */
  sent(exchange: Exchange, bytes: number): void;
  /** The client has gone, or was given up: nothing can be answered any more. */
  gone(exchange: Exchange): void;
  /** Nothing was written for as long as --socket-timeout allows. The owner answers 504 or fails the exchange. */
  stalled(exchange: Exchange): void;
}

/** One exchange as it was on the wire. */
export interface Traffic {
  /** How many requests its connection carried before. */
  readonly earlier: number;
  /** With heads and framing, so far. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** The Content-Length that was sent; -1 when there was none. */
  readonly announcedBytes: number;
  /** When the response began, µs since the epoch; 0 when nobody looked. */
  readonly firstByteUs: number;
  /** The text of the fields behind a chunked body, as lines. */
  readonly trailers: string;
}

/** What a stage makes of the head of whichever response follows. */
export type HeadFilter = (response: ResponseHead) => ResponseHead;

/**
 * Answers an error of the server's own in place of its usual page, with these fields on top.
 * @returns false to leave it to the page.
 */
export type ErrorAnswer = (exchange: Exchange, status: number, fields: readonly Field[]) => boolean;

export interface Exchange {
  /** A stage that knows better puts another one in its place before routing; method and version stay. */
  head: RequestHead;
  /** null when the request has none. */
  readonly body: RequestBody | null;
  /** A response head was sent. */
  readonly started: boolean;
  /** The head that was sent; null before. */
  readonly response: ResponseHead | null;
  /** After the response the connection is closed. */
  readonly closing: boolean;
  /** Still to be answered; false once the response is complete or the client has gone. */
  readonly open: boolean;
  owner: ExchangeOwner | null;
  /** What the logs can say of it on the wire, where the protocol knows. */
  readonly traffic?: Traffic;
  /** Applied to the head before it is sent; null leaves it alone. Who sets it calls the one that was there before. */
  headFilter: HeadFilter | null;
  /** Asked before the server's own page for an error is sent; null when the page is all there is. */
  errorAnswer: ErrorAnswer | null;

  /** A sign of life from the owner: the wait for its next one begins anew. Writing is one, too. */
  touch(): void;
  /**
   * Answer with a body that is in memory. Content-Length is added; the body of a HEAD, 204 or 304 is left out. For a HEAD
   * the Content-Length of `response` wins, so that the body need not be had.
   */
  send(response: ResponseHead, body: Uint8Array | string): void;
  /** The same with a body that is kept; its descriptor stays with whoever keeps it. */
  sendKept(response: ResponseHead, body: KeptBody): void;
  /**
   * Answer with slices of files and literal parts (multipart ranges), in order, at the pace of the client.
   * `response` carries the Content-Length. For a HEAD the descriptors are closed unread.
   */
  sendParts(response: ResponseHead, parts: readonly (FileSlice | string)[]): void;

  /** Send an interim response (1xx), to a client that can understand one. Absent where they aren't sent. */
  inform?(response: ResponseHead): void;
  /**
   * Leave HTTP behind with 101: what the client sends from now on is the body that comes back, and what is written goes to
   * it as it is. {@link end} sends FIN; the exchange is complete when the client has sent its own and {@link end} was called
   * after that. Only for a request of HTTP/1.1 without a body; absent where there is no such thing.
   */
  switchProtocols?(response: ResponseHead): RequestBody;
  /** Begin a response whose body follows by {@link write} and ends with {@link end}. `bytes` may be the first of it. */
  start(response: ResponseHead, bytes: Uint8Array | null): void;
  /** More of the body. What can't be sent at once is copied; the owner's `sent` tells when it has left. */
  write(bytes: Uint8Array): void;
  /**
   * The body is complete. Too short for its Content-Length, it is a failure.
   * @param trailers go behind it, where framing and client allow
   */
  end(trailers?: readonly Field[]): void;
  /** The response can't be completed: the client sees a reset, never a body that looks whole. */
  fail(): void;
}

/** The bytes of a decoded path, as the file system wants them. */
export function pathBytes(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
