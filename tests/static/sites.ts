/** Sites for routing tests: settings, and a file system that is a table. */

import { pathBytes } from "../../lib/http/exchange.ts";
import type { Directory } from "../../lib/pipeline/overlay.ts";
import type { Kind } from "../../lib/pipeline/route-files.ts";
import type { Surroundings } from "../../lib/pipeline/route.ts";
import type { FileHandler, Proxies, Settings, UrlAlias } from "../../lib/settings/settings.ts";

export interface SiteOptions {
  readonly type?: Settings["application"]["type"];
  readonly mountPoint?: string;
  readonly documentRoot?: string;
  readonly directoryIndex?: readonly string[] | null;
  readonly directoryListing?: boolean;
  readonly cgi?: boolean;
  readonly aliases?: readonly UrlAlias[];
  readonly handlers?: readonly FileHandler[];
  readonly mimeTypes?: string | null;
  readonly docs?: boolean;
  readonly serverName?: string;
  readonly proxies?: Proxies;
}

/** The settings that routing and static files look at. */
export function siteSettings(options: SiteOptions = {}): Settings {
  const settings = {
    application: { type: options.type ?? "script", mountPoint: options.mountPoint ?? "" },
    listeners: { host: null, hostLabel: "localhost", port: 8000, httpsPort: null, http2: false, backlog: 1 },
    tls: null,
    site: {
      serverName: options.serverName ?? null,
      serverAliases: [],
      allowLocalhost: false,
      httpsOnly: false,
      hstsPolicy: null,
    },
    proxies: options.proxies ?? { mounts: [], hosts: [] },
    files: {
      documentRoot: options.documentRoot ?? "/root",
      directoryIndex: options.directoryIndex ?? null,
      directoryListing: options.directoryListing ?? false,
      cgi: options.cgi ?? false,
      aliases: options.aliases ?? [],
      handlers: options.handlers ?? [],
      mimeTypes: options.mimeTypes ?? null,
      sendfile: false,
      docs: options.docs ?? false,
      precompressed: false,
    },
    server: { root: "/server" },
  };
  return settings as unknown as Settings;
}

/** Absolute paths without a trailing slash, and what is there; what is not listed is missing. */
export type Tree = Readonly<Record<string, Exclude<Kind, "missing" | "not reachable" | "too long">>>;

/** The file system of `tree`, which answers as stat(2) would; every path that was asked for is noted in `asked`. */
export function surroundings(tree: Tree, asked: string[] = []): Surroundings {
  return {
    kindOf(path) {
      asked.push(path);
      return kindIn(tree, path);
    },
    directory: (path): Directory => ({
      stamp: () => ({ state: "fixed", ageMs: Number.POSITIVE_INFINITY }),
      names() {
        const below = `${path}/`;
        const inside = Object.keys(tree).filter((entry) => entry.startsWith(below));
        return inside.map((entry) => `/${entry.slice(below.length).split("/", 1)[0]}`);
      },
    }),
  };
}

function kindIn(tree: Tree, path: string): Kind {
  const segments = path.split("/").filter((segment) => segment !== "");
  let prefix = "";
  for (const [index, segment] of segments.entries()) {
    if (pathBytes(segment).length > 255) return "too long";
    prefix += `/${segment}`;
    const kind = tree[prefix];
    if (kind === undefined) return "missing";
    const isLast = index === segments.length - 1 && !path.endsWith("/");
    if (!isLast && kind === "file") return "not reachable";
    if (!isLast && kind === "refused") return "refused";
  }
  return tree[prefix] ?? "directory";
}
