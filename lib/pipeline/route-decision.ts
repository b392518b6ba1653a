/** Who answers a request: what routing comes to. All paths are latin-1 text. */

import type { Field } from "../http/exchange.ts";
import type { Upstream } from "../settings/upstream.ts";

export type Decision =
  | DocsDecision
  | FileDecision
  | ListingDecision
  | ScriptDecision
  | RedirectDecision
  | ApplicationDecision
  | ProxyDecision
  | StatusDecision;

/** A page of the built-in documentation. */
export interface DocsDecision {
  readonly kind: "docs";
  /** What follows the address of the documentation; "" for its first page. */
  readonly page: string;
}

/** A regular file, when it was looked at. */
export interface FileDecision {
  readonly kind: "file";
  readonly path: string;
  /** The media type, where something else than the name tells it; null leaves Content-Type out. */
  readonly type?: string | null;
}

/** The entries of a directory are to be listed. */
export interface ListingDecision {
  readonly kind: "listing";
  /** Ends with "/"; may be gone by the time it is read. */
  readonly path: string;
}

/** A program answers (--with-cgi). */
export interface ScriptDecision {
  readonly kind: "script";
  /** Of the file. */
  readonly path: string;
  /** SCRIPT_NAME: the piece of the URL path that leads to it. */
  readonly scriptName: string;
  /** PATH_INFO: what follows, "" when nothing does. */
  readonly pathInfo: string;
  /** NUL-separated pairs of the environ, each with a leading NUL, that win over all others. */
  readonly ownPairs?: string;
}

export interface RedirectDecision {
  readonly kind: "redirect";
  readonly status: number;
  /** An absolute URL, percent-encoded. */
  readonly location: string;
}

export interface ApplicationDecision {
  readonly kind: "application";
  /** SCRIPT_NAME: the mount point, "" at the root of the site. */
  readonly scriptName: string;
  /** PATH_INFO: the rest of the path. */
  readonly pathInfo: string;
  /** mod_wsgi.script_name: the path up to and including its first segment that is not in the document root. */
  readonly handlerScriptName: string;
  /** mod_wsgi.path_info: what follows, "" when nothing does. */
  readonly handlerPathInfo: string;
  /** SCRIPT_FILENAME */
  readonly scriptFilename: string;
  /** PATH_TRANSLATED; null when the key is to be left out. */
  readonly pathTranslated: string | null;
  /** NUL-separated pairs of the environ, each with a leading NUL, that win over all others. */
  readonly ownPairs?: string;
}

/** Another server answers. */
export interface ProxyDecision {
  readonly kind: "proxy";
  readonly upstream: Upstream;
  /** What it is asked for: path and query, percent-encoded. */
  readonly target: string;
  /** Where its path is on this site: percent-encoded, "" for the root. */
  readonly mountPath: string;
  /** Under which URL the client sees this site, without a path. */
  readonly origin: string;
  /** The name and the port of this site, as the upstream is told. */
  readonly serverName: string;
  readonly port: string;
}

export interface StatusDecision {
  readonly kind: "status";
  readonly status: number;
  /** For the error log. */
  readonly why: string;
  /** Something is wrong on this side: said in the error log. */
  readonly complaint?: string;
  /** Of the response, besides those that every page of the server has. */
  readonly fields?: readonly Field[];
}
