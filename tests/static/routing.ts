/** Routing in a line of words, over one example of a document root. */

import { createRouter, type Decision } from "../../lib/pipeline/route.ts";
import { originOf } from "../../lib/settings/upstream.ts";
import { requestHead } from "../http/heads.ts";
import { siteSettings, surroundings, type SiteOptions, type Tree } from "./sites.ts";

/** A decision in one line. */
export function words(decision: Decision): string {
  switch (decision.kind) {
    case "docs":
      return `docs ${decision.page}`;
    case "file":
      return `file ${decision.path}`;
    case "listing":
      return `listing ${decision.path}`;
    case "script":
      return `script ${decision.path}|${decision.scriptName}|${decision.pathInfo}`;
    case "redirect":
      return `${decision.status} ${decision.location}`;
    case "application":
      return `app ${decision.scriptName}|${decision.pathInfo}`;
    case "proxy":
      return `proxy ${originOf(decision.upstream)}${decision.target}`;
    case "status":
      return `${decision.status}`;
  }
}

export const TREE: Tree = {
  "/root": "directory",
  "/root/a.txt": "file",
  "/root/.hidden": "file",
  "/root/.htaccess": "file",
  "/root/.htdir": "directory",
  "/root/.htdir/x": "file",
  "/root/caf\xc3\xa9.txt": "file",
  "/root/back\\slash": "file",
  "/root/fifo": "refused",
  "/root/empty": "directory",
  "/root/dir": "directory",
  "/root/dir/index.html": "file",
  "/root/dir/home.htm": "file",
  "/root/dir/sub": "directory",
  "/root/dir/sub/b.txt": "file",
  "/root/odd": "directory",
  "/root/odd/index.html": "directory",
  "/root/shut": "directory",
  "/root/shut/index.html": "refused",
  "/root/shut/home.htm": "refused",
};

/** Where a request for `target` goes. */
export function routed(target: string, options: SiteOptions = {}, tree: Tree = TREE, method = "GET"): string {
  const route = createRouter(siteSettings(options), surroundings(tree));
  return words(route(requestHead(target, { method })));
}
