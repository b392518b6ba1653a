/** What the error log knows of one record: plain data. */

import type { LogLevel } from "../settings/log-level.ts";

export interface ErrorRecord {
  /** µs since the epoch. */
  readonly timeUs: number;
  /** Who speaks, in Apache's words: "core", "wsgi", "mpm_event". */
  readonly module: string;
  readonly level: LogLevel;
  readonly pid: number;
  readonly tid: number;
  /** `ADDRESS:PORT` of the client, where the server itself writes about a request. */
  readonly client?: string | undefined;
  /** The same, where a worker does. */
  readonly remote?: string | undefined;
  /** The request it is about: those variables of its CGI environment that the format asks for, latin-1 from the wire. */
  readonly about?: RequestVariables | undefined;
  readonly text: string;
}

export type RequestVariables = Readonly<Record<string, string>>;

/** The line of a record, without a newline, and which variables of requests it can show. */
export interface ErrorLayout {
  readonly line: (record: ErrorRecord) => string;
  readonly variables: readonly string[];
}

/** Variables that aren't of CGI. */
export const REQUEST_ID = "mod_wsgi.request_id";
export const LISTENER_PORT = "mod_wsgi.listener_port";
/** How many requests the connection carried before; only the front end knows. */
export const EARLIER_REQUESTS = "malt.earlier_requests";
