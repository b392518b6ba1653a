/**
 * One message of the corpus: its bytes, what must come of it, and the clause that says so. Text is latin-1, one character
 * a byte; nothing is translated, so that every CR and LF is one that somebody wrote.
 */

/** A request as the application gets it. */
export interface Taken {
  readonly method: string;
  readonly target: string;
  /** Decoded. */
  readonly path: string;
  readonly query: string;
  /** As the application sees it; "" when there is none. */
  readonly host: string;
  readonly version: string;
  readonly body: string;
  /** CGI variables that matter here; undefined for one that must not be there. */
  readonly environ: Readonly<Record<string, string | undefined>>;
  /** The status with which the server answers by itself; null when the application is asked. */
  readonly status: number | null;
}

/**
 * What becomes of the connection: it `keeps` to the next request, `closes` after the answer, `waits` for the rest of what
 * was begun, or a refusal with this status ends it.
 */
export type After = "keeps" | "closes" | "waits" | number;

export interface Entry {
  readonly name: string;
  /** "9112 §3.2": an RFC and its section; or the name of a limit of the server. */
  readonly clause: string;
  readonly bytes: string;
  /** The requests that the bytes are, in order. */
  readonly requests: readonly Taken[];
  readonly after: After;
}

const PLAIN: Taken = {
  method: "GET",
  target: "/",
  path: "/",
  query: "",
  host: "a",
  version: "HTTP/1.1",
  body: "",
  environ: {},
  status: null,
};

/** One request: `GET /` of host "a" but for what `request` says. */
export function accepted(
  clause: string,
  name: string,
  bytes: string,
  request: Partial<Taken> = {},
  after: After = "keeps",
): Entry {
  return several(clause, name, bytes, [request], after);
}

/** No request: an answer with `status`, and the end. */
export function refused(clause: string, name: string, bytes: string, status = 400): Entry {
  return several(clause, name, bytes, [], status);
}

/** Not yet a request: the rest may come. */
export function unfinished(clause: string, name: string, bytes: string): Entry {
  return several(clause, name, bytes, [], "waits");
}

/** Some requests, and then something. */
export function several(
  clause: string,
  name: string,
  bytes: string,
  requests: readonly Partial<Taken>[],
  after: After = "keeps",
): Entry {
  return { clause, name, bytes, requests: requests.map((request) => ({ ...PLAIN, ...request })), after };
}

/** A target that is its own path. */
export const at = (target: string): Partial<Taken> => ({ target, path: target });

/** A POST with this body. */
export const posted = (body = ""): Partial<Taken> => ({ method: "POST", body });

/** Lines with their ends, and the empty one. */
export const head = (...lines: readonly string[]): string => `${[...lines, "", ""].join("\r\n")}`;

/** GET with these field lines besides Host. */
export const get = (...fields: readonly string[]): string => head("GET / HTTP/1.1", "Host: a", ...fields);

/** GET of this target. */
export const target = (text: string): string => head(`GET ${text} HTTP/1.1`, "Host: a");

/** POST with these field lines besides Host; a body is put behind it. */
export const post = (...fields: readonly string[]): string => head("POST / HTTP/1.1", "Host: a", ...fields);

/** POST with this chunked body. */
export const chunked = (body: string): string => post("Transfer-Encoding: chunked") + body;
