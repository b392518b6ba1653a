/** Where in the file system a request leads under directives: aliases and the document root, as the router has them. */

import { fileText } from "../directives/load.ts";
import type { Alias } from "../directives/modules/alias.ts";
import { withGroups } from "../directives/modules/header-edit.ts";
import type { Request, World } from "../directives/request.ts";
import type { Settings, UrlAlias } from "../settings/settings.ts";

/** Sets the file name and its context. @returns a file that an expression leads to, where the router can't know of it */
export type Placer = (request: Request) => string | undefined;

/** @param aliases those of directives, asked after the ones of the options */
export function createPlacer(settings: Settings, aliases: readonly Alias[]): Placer {
  const root = withoutSlash(fileText(settings.files.documentRoot));
  const all: readonly Alias[] = [
    ...settings.files.aliases.map(({ urlPath, target }) => ({
      prefix: fileText(urlPath),
      target: fileText(target),
      scripts: false,
    })),
    ...aliases,
  ].map((alias) =>
    "prefix" in alias
      ? { prefix: withoutSlash(alias.prefix), target: withoutSlash(alias.target), scripts: alias.scripts }
      : alias,
  );
  return (request) => {
    const { path, world } = request;
    for (const alias of all) {
      if ("regex" in alias) {
        const found = alias.regex.exec(path);
        if (found === null) continue;
        const file = withGroups(alias.target, found);
        setNames(request, world, "", file);
        request.contextPrefix = "";
        request.contextRoot = request.filename.replace(/\/[^/]*$/, "");
        request.scriptAlias = alias.scripts;
        return file;
      }
      if (path !== alias.prefix && !path.startsWith(`${alias.prefix}/`)) continue;
      request.contextPrefix = alias.prefix;
      request.scriptAlias = alias.scripts;
      request.contextRoot = alias.target;
      setNames(request, world, alias.target, path.slice(alias.prefix.length));
      return undefined;
    }
    request.contextPrefix = "";
    request.contextRoot = root;
    request.scriptAlias = false;
    setNames(request, world, root, path);
    return undefined;
  };
}

/** The settings with the aliases of directives, for the router. */
export function withAliases(settings: Settings, aliases: readonly Alias[]): Settings {
  const added = aliases.flatMap((alias): UrlAlias[] =>
    "prefix" in alias ? [{ urlPath: plainText(alias.prefix), target: plainText(alias.target) }] : [],
  );
  return { ...settings, files: { ...settings.files, aliases: [...settings.files.aliases, ...added] } };
}

/** The name up to and including the first segment that isn't there, and the rest. */
function setNames(request: Request, world: World, base: string, path: string): void {
  request.filename = base + path;
  request.pathInfo = "";
  if (world.stat(request.filename) !== null) return;
  for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
    const kind = world.stat(base + path.slice(0, end))?.kind;
    if (kind === "directory") continue;
    request.filename = base + path.slice(0, end);
    request.pathInfo = path.slice(end);
    return;
  }
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

function plainText(text: string): string {
  return Buffer.from(text, "latin1").toString();
}
