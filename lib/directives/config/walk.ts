/** Which configuration a request has: all sections that are about it, in Apache's order, merged. */

import { contextOf } from "../expressions/context.ts";
import type { Request } from "../request.ts";
import type { Plan } from "./compile.ts";
import { merge, type Config } from "./config.ts";
import type { Fault, OverrideOf } from "./htaccess.ts";
import type { Match } from "./sections.ts";

/** What stands in the server and acts before there is a file: no section repeats it. */
export function baseOf(server: Config): Config {
  const { rewrite: _rewrite, redirects: _redirects, envIf: _envIf, ...rest } = server;
  return rest;
}

/**
 * `<Directory>` and .htaccess from the root down, `<DirectoryMatch>`, `<Files>`, `<Location>`, `<If>`: later ones win.
 * @param overrideOf null when .htaccess files are not read
 */
export function configOf(
  { directories, locations }: Plan,
  base: Config,
  overrideOf: OverrideOf | null,
  request: Request,
): Config | Fault {
  let config = base;
  // What another server answers has no file here.
  const folders = request.filename === "" ? [] : foldersOf(request);
  for (const folder of folders) {
    for (const { depth, match, config: own } of directories) {
      if (depth !== Infinity && match(folder) !== null) config = merge(config, own);
    }
    if (overrideOf === null || !isBelow(folder, request.contextRoot)) continue;
    const own = overrideOf(folder);
    if (own === undefined) continue;
    if ("problem" in own) return own;
    config = merge(config, own);
  }
  for (const { depth, match, config: own } of directories) {
    if (depth !== Infinity || folders.length === 0) continue;
    const found = match(folders.at(-1) ?? "");
    if (found !== null) config = merge(config, keeping(found, own, request));
  }
  config = withFiles(config, request);
  for (const { match, config: own } of locations) {
    const found = match(request.uri);
    if (found !== null) config = merge(config, keeping(found, own, request));
  }
  return withBranches(config, request);
}

/** The folders from the root of the file system to the file, without slashes at their ends. */
function foldersOf({ filename, world }: Request): string[] {
  const folders = [""];
  for (let slash = filename.indexOf("/", 1); slash > 0; slash = filename.indexOf("/", slash + 1)) {
    folders.push(filename.slice(0, slash));
  }
  if (!filename.endsWith("/") && world.stat(filename)?.kind === "directory") folders.push(filename);
  return folders;
}

function isBelow(folder: string, root: string): boolean {
  return folder.startsWith(root) && (folder.length === root.length || folder[root.length] === "/");
}

/** Named groups of a section's expression are variables. */
function keeping(found: Match, config: Config, { env }: Request): Config {
  for (const [name, value] of Object.entries(found))
    if (value !== undefined) env.set(`MATCH_${name.toUpperCase()}`, value);
  return config;
}

function withFiles(config: Config, request: Request): Config {
  const name = request.filename.slice(request.filename.lastIndexOf("/") + 1);
  if (config.files === undefined || name === "") return config;
  let result = config;
  for (const { pattern, config: own } of config.files) {
    const found = pattern.exec(name);
    if (found !== null) result = merge(result, keeping(found.groups ?? {}, own, request));
  }
  return result;
}

function withBranches(config: Config, request: Request): Config {
  let result = config;
  for (const { branches } of config.ifs ?? []) {
    const taken = branches.find(({ condition }) => condition(contextOf(request)));
    if (taken === undefined) continue;
    // Sections inside of the branch are looked at as those of the request are.
    const { files, ifs, ...own } = taken.config;
    result = merge(result, files === undefined && ifs === undefined ? taken.config : own);
    if (files !== undefined) result = withFiles({ ...result, files }, request);
    if (ifs !== undefined) result = withBranches({ ...result, ifs }, request);
  }
  return result;
}
