/**
 * Files for which a script answers, as directives say: AddHandler, SetHandler, ScriptAlias. Decides over what was decided
 * without them, and says in Apache's words what keeps a script from running.
 */

import { hasOption, type Config } from "../directives/config/config.ts";
import type { Request } from "../directives/request.ts";
import type { Decision, ScriptDecision, StatusDecision } from "./route-decision.ts";

/** The file that a decision is about: an index, or else what the path leads to. */
export function fileOf(found: Decision, request: Request): string {
  return found.kind === "file" ? found.path : request.filename;
}

/**
 * What becomes of `found` where the handler is cgi-script. What no file or directory would answer stays as it is.
 * @param cgi whether there are scripts at all (--with-cgi)
 */
export function scriptDecision(found: Decision, { options }: Config, request: Request, cgi: boolean): Decision {
  const { world } = request;
  const isMissing = found.kind === "status" && found.status === 404;
  if (found.kind !== "file" && found.kind !== "listing" && !isMissing) return found;
  const path = fileOf(found, request);
  // The default handler of Apache would send the text of the script, passwords and all.
  if (!cgi) return found.kind === "file" ? refused(403, path, "CGI scripts need --with-cgi") : found;
  if (!hasOption(options, "execcgi", false) && !request.scriptAlias) {
    return refused(403, path, "Options ExecCGI is off in this directory");
  }
  const kind = found.kind === "file" ? "file" : world.stat(path)?.kind;
  if (kind === "directory") return refused(403, path, "attempt to invoke directory as script");
  if (kind !== "file") return refused(404, path, "script not found or unable to stat");
  return runs(path, request);
}

function refused(status: number, path: string, why: string): StatusDecision {
  const complaint = `stderr from ${Buffer.from(path, "latin1").toString()}: ${why}`;
  return { kind: "status", status, why, complaint };
}

function runs(file: string, request: Request): ScriptDecision {
  const { path, pathInfo, contextPrefix, contextRoot } = request;
  const isIndex = file !== request.filename;
  // An alias by expression may have put the rest of the path together from other pieces.
  const nameLength = path.endsWith(pathInfo) ? path.length - pathInfo.length : path.length;
  const scriptName = isIndex ? indexPath(file, request) : path.slice(0, nameLength);
  const context =
    contextPrefix === "" ? "" : `\0CONTEXT_PREFIX\0${contextPrefix}\0CONTEXT_DOCUMENT_ROOT\0${contextRoot}`;
  return { kind: "script", path: file, scriptName, pathInfo: isIndex ? "" : pathInfo, ownPairs: context };
}

/** The URL path of an index, which may lie elsewhere in the directory of the alias or in the document root. */
function indexPath(file: string, { path, contextPrefix, contextRoot, server }: Request): string {
  for (const [prefix, root] of [
    [contextPrefix, contextRoot],
    ["", server.documentRoot],
  ] as const) {
    if (file.startsWith(`${root}/`)) return prefix + file.slice(root.length);
  }
  return path + file.slice(file.lastIndexOf("/") + 1);
}
