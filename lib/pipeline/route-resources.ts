/** Files for which a script answers (--add-handler): decides over what was decided without such scripts. */

import type { RequestHead } from "../http/exchange.ts";
import type { Settings } from "../settings/settings.ts";
import type { ApplicationDecision, Decision } from "./route-decision.ts";

type Route = (head: RequestHead) => Decision;

/** @returns `route` itself when there are no scripts. */
export function withResources(route: Route, { files, server }: Settings): Route {
  if (files.handlers.length === 0) return route;
  const extensions = new Set(files.handlers.map(({ extension }) => latin(extension)));
  const root = latin(files.documentRoot).replace(/\/+$/, "");
  const fixed = `\0mod_wsgi.request_handler\0wsgi-resource\0mod_wsgi.handler_script\0${latin(server.root)}/resource.wsgi`;

  /** The extension of a file for which there is a script. Of several, the last one counts, as for mod_mime. */
  function extensionOf(path: string): string | undefined {
    const parts = path
      .slice(path.lastIndexOf("/") + 1)
      .replace(/^\.+/, "")
      .split(".");
    const found = parts.slice(1).map((part) => `.${part.toLowerCase()}`);
    return found.findLast((extension) => extensions.has(extension));
  }

  /** @param scriptName the URL path of the file. */
  function resource(file: string, extension: string, scriptName: string, pathInfo: string): ApplicationDecision {
    return {
      kind: "application",
      scriptName,
      pathInfo,
      handlerScriptName: scriptName,
      handlerPathInfo: pathInfo,
      scriptFilename: file,
      pathTranslated: pathInfo === "" ? null : root + pathInfo,
      ownPairs: `\0SCRIPT_NAME\0${scriptName}\0malt.resource\0${extension}${fixed}`,
    };
  }

  /** Something hangs below a file that is not there for its own sake. */
  function beneath(head: RequestHead): ApplicationDecision | undefined {
    const { path } = head;
    for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
      const scriptName = path.slice(0, end);
      const extension = extensionOf(scriptName);
      if (extension === undefined) continue;
      const decision = route({ ...head, path: scriptName });
      if (decision.kind === "file") return resource(decision.path, extension, scriptName, path.slice(end));
    }
    return undefined;
  }

  return (head) => {
    const decision = route(head);
    if (decision.kind === "file") {
      const extension = extensionOf(decision.path);
      return extension === undefined
        ? decision
        : resource(decision.path, extension, urlPathOf(head.path, decision.path, root), "");
    }
    return decision.kind === "status" && decision.status === 404 ? (beneath(head) ?? decision) : decision;
  };
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
