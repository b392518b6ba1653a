/**
 * The part of the WSGI environ that only the front end knows, as the text of a REQUEST frame: NUL-separated names and
 * values. What is the same for every request is in the worker already; what is the same as long as a client repeats its
 * header block is made once.
 */

import type { RequestHead, User } from "../../http/exchange.ts";
import type { Settings } from "../../settings/settings.ts";
import { createCommonEnviron } from "./common-environ.ts";
import { microseconds, requestIds } from "./stamps.ts";

/** Where in the application a request goes, as routing found it. */
export interface Mapping {
  readonly pathInfo: string;
  readonly scriptFilename: string;
  /** null when the path ends where the file system does. */
  readonly pathTranslated: string | null;
  /** The split before the mount point was put back: `mod_wsgi.script_name` and `mod_wsgi.path_info`. */
  readonly handlerScriptName: string;
  readonly handlerPathInfo: string;
  /** NUL-separated pairs, each with a leading NUL, that win over all others. */
  readonly ownPairs?: string;
}

/**
 * The pairs that only this request has, beginning with a name. {@link Common.environ} holds the others afterwards.
 * @param queuedUs when the request was complete enough to be given to a worker, µs since the epoch.
 */
export type EnvironBuilder = (head: RequestHead, mapping: Mapping, queuedUs: number) => string;

export function createEnvironBuilder(settings: Settings): EnvironBuilder {
  const nextId = requestIds(Date.now(), process.pid);
  const { mapHeadToGet } = settings.application;
  // Only from the whole body of a GET can be told what compressing would make of it.
  const headToGet = mapHeadToGet === "on" || (mapHeadToGet === "auto" && settings.responses.compress);
  const ignores = ignoredPaths(settings);
  const { embedded } = settings.workers;
  const makeCommon = createCommonEnviron(settings);

  /** The pairs that follow from the request line and its mapping. */
  function pathPairs(head: RequestHead, mapping: Mapping): string {
    const { method, query } = head;
    let pairs =
      `PATH_INFO\0${mapping.pathInfo}\0REQUEST_URI\0${head.target}\0SCRIPT_FILENAME\0${mapping.scriptFilename}` +
      `\0mod_wsgi.script_name\0${mapping.handlerScriptName}`;
    // What differs from USUAL: later pairs win.
    if (method !== "GET" && !(method === "HEAD" && headToGet)) pairs += `\0REQUEST_METHOD\0${method}`;
    if (query !== "") pairs += `\0QUERY_STRING\0${query}`;
    if (mapping.handlerPathInfo !== "") pairs += `\0mod_wsgi.path_info\0${mapping.handlerPathInfo}`;
    if (mapping.pathTranslated !== null) pairs += `\0PATH_TRANSLATED\0${mapping.pathTranslated}`;
    if (ignores(head.path)) pairs += "\0mod_wsgi.ignore_activity\x001";
    return pairs;
  }

  return (head, mapping, queuedUs) => {
    const { common } = head;
    if (common.environ === "") makeCommon(head);
    // The same target of the same method comes to the same pairs, unless a file has come or gone that changes its mapping.
    const target = `${head.method} ${head.target}`;
    if (common.target !== target || common.mapped !== mapping.scriptFilename) {
      common.target = target;
      common.mapped = mapping.scriptFilename;
      common.pairs = pathPairs(head, mapping);
    }
    const startedText = microseconds(head.startedUs);
    const { ownPairs = "" } = mapping;
    const id = nextId();
    head.requestId = id;
    const own = `${common.pairs}\0mod_wsgi.request_id\0${id}\0mod_wsgi.request_start\0${startedText}${ownPairs}`;
    // An embedded application has no queue in front of it.
    if (embedded) return own;
    return `${own}\0mod_wsgi.queue_start\0${queuedUs === head.startedUs ? startedText : microseconds(queuedUs)}`;
  };
}

/** What the environ says of an authenticated user; begins with NUL. */
export function userPairs({ name, type }: User): string {
  return `\0REMOTE_USER\0${name}\0AUTH_TYPE\0${type}`;
}

/** Whether requests for a path are no activity: it is below one of --ignore-activity, by whole segments. */
function ignoredPaths({ workers }: Settings): (path: string) => boolean {
  const prefixes = workers.ignoreActivity.map((prefix) => Buffer.from(prefix).toString("latin1"));
  return (path) => prefixes.some((prefix) => prefix === "/" || path === prefix || path.startsWith(`${prefix}/`));
}
