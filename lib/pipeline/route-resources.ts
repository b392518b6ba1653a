/** Files for which a script answers (--add-handler): decides over what was decided without such scripts. */

import type { RequestHead } from "../http/exchange.ts";
import type { Settings } from "../settings/settings.ts";
import type { Decision } from "./route-decision.ts";

/** What becomes of a decision that may be for such a file. */
export type Decide = (head: RequestHead, decision: Decision) => Decision;

export function resourceDecider({ files, server }: Settings): Decide {
  if (files.handlers.length === 0) return (_head, decision) => decision;
  const extensions = new Set(files.handlers.map(({ extension }) => latin(extension)));
  const root = latin(files.documentRoot).replace(/\/+$/, "");
  const fixed = `\0mod_wsgi.request_handler\0wsgi-resource\0mod_wsgi.handler_script\0${latin(server.root)}/resource.wsgi`;
  return (head, decision) => {
    if (decision.kind !== "file") return decision;
    const { path } = decision;
    const extension = extensionOf(path, extensions);
    if (extension === undefined) return decision;
    const scriptName = urlPathOf(head.path, path, root);
    return {
      kind: "application",
      scriptName,
      pathInfo: "",
      handlerScriptName: scriptName,
      handlerPathInfo: "",
      scriptFilename: path,
      pathTranslated: null,
      ownPairs: `\0SCRIPT_NAME\0${scriptName}\0malt.resource\0${extension}${fixed}`,
    };
  };
}

/** The router whose files may have scripts; below such a file any path is the script's. */
export function withResources(
  route: (head: RequestHead) => Decision,
  settings: Settings,
): (head: RequestHead) => Decision {
  const { handlers, documentRoot } = settings.files;
  if (handlers.length === 0) return route;
  const decide = resourceDecider(settings);
  const extensions = new Set(handlers.map(({ extension }) => latin(extension)));
  const root = latin(documentRoot).replace(/\/+$/, "");

  /** The path goes on below a file. */
  function beneath(head: RequestHead): Decision | undefined {
    const { path } = head;
    for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
      const file = { ...head, path: path.slice(0, end) };
      if (extensionOf(file.path, extensions) === undefined) continue;
      const found = decide(file, route(file));
      const pathInfo = path.slice(end);
      if (found.kind === "application" && found.ownPairs !== undefined)
        return { ...found, pathInfo, handlerPathInfo: pathInfo, pathTranslated: root + pathInfo };
    }
    return undefined;
  }

  return (head) => {
    const decision = decide(head, route(head));
    return decision.kind === "status" && decision.status === 404 ? (beneath(head) ?? decision) : decision;
  };
}

/** The extension of a file for which there is a script. Of several, the last one counts, as for mod_mime. */
function extensionOf(path: string, extensions: ReadonlySet<string>): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/^\.+/, "");
  const found = name.split(".").slice(1);
  return found.map((part) => `.${part.toLowerCase()}`).findLast((extension) => extensions.has(extension));
}

/** Of the index of a directory it is not the one that was asked for. */
function urlPathOf(path: string, file: string, root: string): string {
  if (!path.endsWith("/")) return path;
  // An index may be anywhere in the document root; that of an alias is in its directory.
  return file.startsWith(`${root}/`) ? file.slice(root.length) : path + file.slice(file.lastIndexOf("/") + 1);
}

/** Settings are Unicode, requests and file names are bytes. */
function latin(text: string): string {
  return Buffer.from(text).toString("latin1");
}
