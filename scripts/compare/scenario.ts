/** What is compared: a site, started with the same options by both servers, and requests to it. */

export interface Request {
  readonly method: string;
  /** The request target. */
  readonly target: string;
  /** Besides Host and Connection, which a field of that name replaces. */
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What a scenario may name in its options and files. */
export interface Places {
  /** The folder that all files of the scenario are in, which both servers share. */
  readonly site: string;
  readonly port: number;
  /** "http://HOST:PORT" of another server that shows what it is asked. */
  readonly upstream: string;
}

export interface Scenario {
  readonly name: string;
  /** Words of the command line behind the script. */
  options(places: Places): readonly string[];
  /** Path below the site to content; those that begin with "#!" are executable. "apps/" and "htdocs/" are always there. */
  files(places: Pick<Places, "site">): Readonly<Record<string, string>>;
  readonly requests: readonly Request[];
}

export function get(target: string, fields: Readonly<Record<string, string>> = {}): Request {
  return { method: "GET", target, fields, body: null };
}

export function ask(
  method: string,
  target: string,
  body: string | null = null,
  fields: Readonly<Record<string, string>> = {},
): Request {
  return { method, target, fields, body };
}

/** The request in a line, for tables. */
export function inWords({ method, target, fields, body }: Request): string {
  const words = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  if (body !== null) words.push(body.length > 20 ? `${body.length} bytes` : `"${body}"`);
  return [`${method} ${target}`, ...words].join(", ");
}
