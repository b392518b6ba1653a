/**
 * The part of the WSGI environ that only the front end knows, as the text of a REQUEST frame: NUL-separated names and
 * values. What is the same for every request is in the worker already, what is the same for a connection or a header
 * block was put together with it.
 */

import type { RequestHead } from "../../http/exchange.ts";
import type { Settings } from "../../settings/settings.ts";
import { microseconds, requestIds } from "./stamps.ts";

/** Where in the application a request goes, as routing found it. */
export interface Mapping {
  readonly scriptName: string;
  readonly pathInfo: string;
  readonly scriptFilename: string;
  /** null when the path ends where the file system does. */
  readonly pathTranslated: string | null;
  /** The split before the mount point was put back: `mod_wsgi.script_name` and `mod_wsgi.path_info`. */
  readonly handlerScriptName: string;
  readonly handlerPathInfo: string;
}

/** @param queuedUs when the request was complete enough to be given to a worker, µs since the epoch. */
export type EnvironBuilder = (head: RequestHead, mapping: Mapping, queuedUs: number) => string;

export function createEnvironBuilder(settings: Settings): EnvironBuilder {
  const nextId = requestIds(Date.now(), process.pid);
  const headToGet = settings.application.mapHeadToGet === "on";
  const named = settings.site.serverName !== null;
  const fallbackName = settings.site.serverName ?? settings.listeners.hostLabel;
  return (head, mapping, queuedUs) => {
    const { peer } = head;
    const method = headToGet && head.method === "HEAD" ? "GET" : head.method;
    const port = head.hostPort === "" ? defaultPort(named, peer.secure, peer.localPort) : head.hostPort;
    const startedText = microseconds(head.startedUs);
    const queuedText = queuedUs === head.startedUs ? startedText : microseconds(queuedUs);
    const translated = mapping.pathTranslated === null ? "" : `\0PATH_TRANSLATED\0${mapping.pathTranslated}`;
    return (
      `${peer.environ}\0REQUEST_METHOD\0${method}\0SCRIPT_NAME\0${mapping.scriptName}\0PATH_INFO\0${mapping.pathInfo}` +
      `\0QUERY_STRING\0${head.query}\0REQUEST_URI\0${head.target}\0SERVER_PROTOCOL\0${head.version}` +
      `\0SERVER_NAME\0${head.host === "" ? fallbackName : head.host}\0SERVER_PORT\0${port}` +
      `\0SCRIPT_FILENAME\0${mapping.scriptFilename}${translated}` +
      `\0mod_wsgi.script_name\0${mapping.handlerScriptName}\0mod_wsgi.path_info\0${mapping.handlerPathInfo}` +
      `\0mod_wsgi.request_id\0${nextId()}\0mod_wsgi.request_start\0${startedText}` +
      `\0mod_wsgi.queue_start\0${queuedText}${head.fieldEnviron}`
    );
  };
}

/** With a name of its own a site is believed to be reached on the scheme's port; else on the one it came in by. */
function defaultPort(named: boolean, secure: boolean, localPort: number): number {
  if (!named) return localPort;
  return secure ? 443 : 80;
}
