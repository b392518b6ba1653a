/** A request as directives see and change it, and the borders to what lies outside of it. Text is latin-1. */

import type { Environment } from "./environment.ts";
import type { Handler } from "./handlers.ts";
import type { Field, RequestHead, User } from "../http/exchange.ts";

/** What a name in the file system is; links are followed, and what can't be looked at is null. */
export interface FileFacts {
  readonly kind: "file" | "directory" | "other";
  readonly size: number;
  readonly modifiedMs: number;
  readonly executable: boolean;
}

/** The borders of directives: the file system and the environment of the server. */
export interface World {
  stat(path: string): FileFacts | null;
  isLink(path: string): boolean;
  /** A text that may change, or undefined when it can't be read: maps, passwords, groups. */
  read(path: string): string | undefined;
  environment(name: string): string | undefined;
}

/** What is the same for every request of a server. */
export interface ServerFacts {
  readonly documentRoot: string;
  readonly serverAdmin: string;
  readonly software: string;
  /** Host, and port as text, that the request was made to. */
  nameOf(head: RequestHead): string;
  portOf(head: RequestHead): string;
}

/** The response as directives see it, once there is one. */
export interface ResponseView {
  status: number;
  fields: Field[];
}

export interface Request {
  readonly server: ServerFacts;
  readonly world: World;
  /** As the client sent it. */
  readonly head: RequestHead;
  /** What the fields are by now. */
  fields: Field[];
  /** URL path, decoded: what is mapped to the file system; and raw query. */
  path: string;
  query: string;
  /** The path that sections and conditions are about: rules of the server that don't say PT leave it alone. */
  uri: string;
  /** Where in the file system it leads: up to and including the first name that isn't there, and the rest. */
  filename: string;
  pathInfo: string;
  /** What an alias covers and where it leads; "" and the document root otherwise. */
  contextPrefix: string;
  contextRoot: string;
  readonly env: Environment;
  user: User | null;
  /** What directives force: media type and handler. */
  type: string | null;
  handler: Handler | null;
  /** An alias for scripts led to the file. */
  scriptAlias: boolean;
  /** The status that an internal redirect comes from; null for a first request. */
  redirectStatus: number | null;
  /** Fields that were decided on before there is a response: Vary, Set-Cookie. */
  /** The flag END was met: no more rewriting. */
  rewriteEnded: boolean;
  readonly vary: Set<string>;
  readonly cookies: string[];
  response: ResponseView | null;
}

/** All values of a field as one list; undefined when absent. */
export function fieldOf(fields: readonly Field[], name: string): string | undefined {
  const lower = name.toLowerCase();
  let found: string | undefined;
  for (const [each, value] of fields) {
    if (each.toLowerCase() === lower) found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

export function clientAddress({ head }: Request): string {
  return head.client.address;
}
