/**
 * Decides who answers a request: another server, an alias, a file in the document root, the application, or nobody. It answers nothing
 * itself, and looks at the file system only through its border.
 *
 * Files come before the application, also for URLs that the application handles; aliases come before both, and other
 * servers before everything.
 */

import type { RequestHead } from "../http/exchange.ts";
import { requestOrigin } from "../http/origin.ts";
import { encodePath, encodeQuery } from "../http/path.ts";
import type { Settings, UrlAlias } from "../settings/settings.ts";
import { createOverlay, localDirectory, type Directory, type MayHold } from "./overlay.ts";
import type { ApplicationDecision, Decision, StatusDecision } from "./route-decision.ts";
import { createProxyRouter } from "./route-proxies.ts";
import { withResources } from "./route-resources.ts";
import { localKindOf, locate, rememberFiles, type KindOf } from "./route-files.ts";

export type { Decision, FileDecision, ProxyDecision } from "./route-decision.ts";

/** The file system as routing sees it. */
export interface Surroundings {
  readonly kindOf: KindOf;
  readonly directory: (path: string) => Directory;
}

export const LOCAL: Surroundings = {
  kindOf: rememberFiles(localKindOf, () => performance.now()),
  directory: localDirectory,
};

/** With --with-cgi, as Apache matches extensions. */
const SCRIPT = /\.cgi$/i;

/** What Apache looks for in a directory unless told otherwise. */
const DEFAULT_INDEX = ["index.html"];

/** Where the original has its documentation. */
const DOCS = "/__wsgi__/docs";

/** A name is at most this long in every file system of Linux; here with the "/" before it. */
const MAX_SEGMENT = 256;

/**
 * Makes the router of a site. The head's `path` must be the outcome of `resolveTarget`; its `startedUs` is the clock.
 * @param otherIndexes in place of those that the settings name
 */
export function createRouter(
  settings: Settings,
  { kindOf, directory }: Surroundings = LOCAL,
  otherIndexes?: readonly string[],
): (head: RequestHead) => Decision {
  const { files, application } = settings;
  const root = withoutSlash(fileText(files.documentRoot));
  const mount = fileText(application.mountPoint);
  const isApplication = application.type !== "static";
  const aliases = files.aliases.map(prepareAlias);
  const indexes = otherIndexes ?? indexNames(files.directoryIndex);
  const indexSegments = indexes.map(firstSegment);
  // The application's own part of the document root decides nearly every request; the rest is asked for directly.
  const mayHold: MayHold = createOverlay(directory(root + mount));
  const handedOn = createProxyRouter(settings);
  const withScripts = withResources(fromHere, settings);
  return handedOn === null ? withScripts : (head) => handedOn(head) ?? withScripts(head);

  function fromHere(head: RequestHead): Decision {
    const { path } = head;
    if (head.method === "TRACE") return NO_TRACE;
    if (path === "*") return head.method === "OPTIONS" ? SERVER_OPTIONS : BAD_ASTERISK;
    for (const alias of aliases) if (isBelow(path, alias.prefix)) return fromAlias(head, alias);
    if (files.docs && isBelow(path, DOCS)) return fromDocs(head);
    return fromMemory(head) ?? fromDocumentRoot(head, path, indexes);
  }

  function fromDocs(head: RequestHead): Decision {
    if (head.path === DOCS) return redirectToSlash(head, DOCS);
    return { kind: "docs", page: head.path.slice(DOCS.length + 1) };
  }

  /** Decides without a system call where the overlay knows that there is no file; else undefined. */
  function fromMemory({ path, startedUs }: RequestHead): Decision | undefined {
    const start = mount.length;
    if (!isApplication || path.length === start || !isMounted(path)) return undefined;
    if (path.length === start + 1) {
      for (const segment of indexSegments) if (segment === "/" || mayHold(segment, startedUs)) return undefined;
      return withoutIndex(path);
    }
    const slash = path.indexOf("/", start + 1);
    const end = slash < 0 ? path.length : slash;
    if (end - start > MAX_SEGMENT) return REFUSED;
    return mayHold(path.slice(start, end), startedUs) ? undefined : fromApplication(path, end);
  }

  function fromDocumentRoot(head: RequestHead, path: string, names: readonly string[]): Decision {
    const found = locate(kindOf, root, path, isMountDirectory);
    switch (found.kind) {
      case "file":
        return fileOfRoot(path);
      case "directory":
        if (!path.endsWith("/")) return redirectToSlash(head, path);
        return fromIndex(head, root, path, names) ?? withoutIndex(path);
      case "missing":
        return isApplication && isMounted(path) ? fromApplication(path, found.end) : MISSING;
      case "below a file":
        return isScript(path.slice(0, found.end)) ? scriptOfRoot(path, found.end) : BELOW_A_FILE;
      case "refused":
        return REFUSED;
    }
  }

  /** A file of the document root, or what it has to say when it is a program. */
  function fileOfRoot(path: string): Decision {
    return isScript(path) ? scriptOfRoot(path, path.length) : { kind: "file", path: root + path };
  }

  function scriptOfRoot(path: string, end: number): Decision {
    const scriptName = path.slice(0, end);
    return { kind: "script", path: root + scriptName, scriptName, pathInfo: path.slice(end) };
  }

  function isScript(path: string): boolean {
    return files.cgi && SCRIPT.test(path);
  }

  /** An alias never falls through to the document root or the application. */
  function fromAlias(head: RequestHead, { prefix, target }: PreparedAlias): Decision {
    const rest = head.path.slice(prefix.length);
    const base = kindOf(target === "" ? "/" : target);
    if (base === "file") return rest === "" ? fileOfAlias(target) : BELOW_A_FILE;
    if (base !== "directory") return NO_TARGET;
    if (rest === "") return redirectToSlash(head, head.path);
    const found = locate(kindOf, target, rest, never);
    switch (found.kind) {
      case "file":
        return fileOfAlias(target + rest);
      case "directory":
        if (!rest.endsWith("/")) return redirectToSlash(head, head.path);
        // --directory-index and --directory-listing are about the document root only.
        return fromIndex(head, target, rest, otherIndexes ?? DEFAULT_INDEX) ?? MISSING;
      case "missing":
        return MISSING;
      case "below a file":
        return BELOW_A_FILE;
      case "refused":
        return REFUSED;
    }
  }

  /** Programs run in the document root alone, and the text of one is for nobody. */
  function fileOfAlias(path: string): Decision {
    return isScript(path) ? REFUSED : { kind: "file", path };
  }

  /**
   * The first index that is there; an index that may not be read counts only when no other is there.
   * @param base where `folder`, which ends with "/", is: the document root or the target of an alias
   */
  function fromIndex(head: RequestHead, base: string, folder: string, names: readonly string[]): Decision | undefined {
    let refused: Decision | undefined;
    for (const name of names) {
      if (name.startsWith("/")) {
        // A URL path may lead to the application. It gets no index of its own, or it could lead back to here.
        const elsewhere = fromDocumentRoot(head, name, []);
        if (elsewhere.kind === "file" || elsewhere.kind === "script" || elsewhere.kind === "application")
          return elsewhere;
        continue;
      }
      const kind = kindOf(base + folder + name);
      if (kind === "file") return base === root ? fileOfRoot(folder + name) : fileOfAlias(base + folder + name);
      if (kind === "refused") refused = REFUSED;
    }
    return refused;
  }

  /** A directory of the document root that has no index. */
  function withoutIndex(path: string): Decision {
    // Having been told of indexes, the server takes directories for its own.
    if (isApplication && files.directoryIndex === null && isMounted(path)) return fromApplication(path, path.length);
    return files.directoryListing ? { kind: "listing", path: root + path } : MISSING;
  }

  function fromApplication(path: string, end: number): ApplicationDecision {
    return applicationDecision(root, mount, path, end);
  }

  function redirectToSlash(head: RequestHead, path: string): Decision {
    const query = head.query === "" ? "" : `?${encodeQuery(head.query)}`;
    const location = `${requestOrigin(head, settings)}${encodePath(path)}/${query}`;
    return { kind: "redirect", status: 301, location };
  }

  function isMounted(path: string): boolean {
    return mount === "" || isBelow(path, mount);
  }

  /** The mount point and the way to it are directories, whether or not the document root has them. */
  function isMountDirectory(path: string): boolean {
    return isApplication && isBelow(mount, path);
  }
}

/**
 * The application answers for `path`, which is below its mount point.
 * @param root the document root, without a slash at its end
 * @param end length of the piece of the path up to and including the first segment that does not exist
 */
export function applicationDecision(root: string, mount: string, path: string, end: number): ApplicationDecision {
  const handlerScriptName = end === path.length ? path : path.slice(0, end);
  const handlerPathInfo = end === path.length ? "" : path.slice(end);
  return {
    kind: "application",
    scriptName: mount,
    pathInfo: mount === "" ? path : path.slice(mount.length),
    handlerScriptName,
    handlerPathInfo,
    scriptFilename: root + handlerScriptName,
    pathTranslated: handlerPathInfo === "" ? null : root + handlerPathInfo,
  };
}

const SERVER_OPTIONS: StatusDecision = { kind: "status", status: 200, why: "options of the server" };
const BAD_ASTERISK: StatusDecision = { kind: "status", status: 400, why: 'the request target "*" is for OPTIONS only' };
/** Nobody needs it, and its answer shows cookies to scripts. */
const NO_TRACE: StatusDecision = {
  kind: "status",
  status: 405,
  why: "TRACE is not answered",
  fields: [["Allow", "GET,HEAD,POST,OPTIONS"]],
};
const MISSING: StatusDecision = { kind: "status", status: 404, why: "no such file" };
const BELOW_A_FILE: StatusDecision = { kind: "status", status: 404, why: "the path goes on below a file" };
const REFUSED: StatusDecision = { kind: "status", status: 403, why: "no file that may be served" };
const NO_TARGET: StatusDecision = { kind: "status", status: 403, why: "the target of the alias does not exist" };

interface PreparedAlias {
  /** Without a trailing slash: "" for the alias of "/". */
  readonly prefix: string;
  readonly target: string;
}

function prepareAlias({ urlPath, target }: UrlAlias): PreparedAlias {
  return { prefix: withoutSlash(fileText(urlPath)), target: withoutSlash(fileText(target)) };
}

function indexNames(directoryIndex: readonly string[] | null): readonly string[] {
  if (directoryIndex === null) return DEFAULT_INDEX;
  // A word of Apache's DirectoryIndex: no name at all.
  if (directoryIndex.length === 1 && directoryIndex[0] === "disabled") return [];
  return directoryIndex.map(fileText);
}

/** "/name" of "name" and of "name/below"; "/" of an index that is a URL path. */
function firstSegment(name: string): string {
  return `/${name.split("/", 1)[0]}`;
}

/** True for the prefix itself and for whole segments below it. */
function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f);
}

/** Settings are Unicode, requests and file names are bytes. */
function fileText(path: string): string {
  return Buffer.from(path).toString("latin1");
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

function never(): boolean {
  return false;
}
