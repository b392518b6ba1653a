/** The directives of Apache's core, and those that load modules. */

import type { Options } from "../config/config.ts";
import { handlerNamed } from "../handlers.ts";
import { LOG_LEVELS, type LogLevel } from "../../settings/log-level.ts";
import { isKnownModule } from "../syntax/known.ts";
import { define, type Definition, type Module } from "./definition.ts";
import { changeMime } from "./files.ts";

/** What `All` means. */
const ALL_OPTIONS = ["indexes", "execcgi", "followsymlinks", "includes"];
const KNOWN_OPTIONS = new Set([...ALL_OPTIONS, "symlinksifownermatch", "includesnoexec", "multiviews"]);

function optionsNamed(word: string): readonly string[] {
  const lower = word.replace(/^[+-]/, "").toLowerCase();
  if (lower === "all") return ALL_OPTIONS;
  if (lower === "none") return [];
  if (!KNOWN_OPTIONS.has(lower)) throw new Error(`there is no option ${word}`);
  return [lower];
}

function parseOptions(words: readonly string[], before: Options | undefined): Options {
  const signed = words.filter((word) => /^[+-]/.test(word));
  if (signed.length > 0 && signed.length < words.length) {
    throw new Error("either all options have a sign, or none has");
  }
  if (signed.length === 0)
    return { absolute: new Set(words.flatMap(optionsNamed)), added: new Set(), removed: new Set() };
  const added = new Set(before?.added);
  const removed = new Set(before?.removed);
  for (const word of words) {
    for (const option of optionsNamed(word)) {
      (word.startsWith("+") ? added : removed).add(option);
      (word.startsWith("+") ? removed : added).delete(option);
    }
  }
  return { absolute: before?.absolute ?? null, added, removed };
}

/** `LEVEL`, or `module:LEVEL` with the module as `wsgi`, `wsgi_module` or `mod_wsgi.c`. */
function parseLevel(word: string): readonly [module: string | null, level: LogLevel] {
  const [, module, name = ""] = /^(?:(\w+(?:\.c)?):)?(\w+)$/.exec(word) ?? [];
  const level = LOG_LEVELS.find((each) => each === name.toLowerCase());
  if (level === undefined) throw new Error(`${word} is no level of the log`);
  return [module?.replace(/^mod_(?=.*\.c$)/, "").replace(/(?:\.c|_module)$/, "") ?? null, level];
}

/** Says something that is so anyway, or that nothing here depends on. */
function accepted(name: string, shortfall: string, override: Definition["override"] = null): Definition {
  return define({ name, words: [1, 99], override, shortfall: `accepted; ${shortfall}`, apply: () => undefined });
}

/** Apache's directives of the core that Malt refuses: its own options say these things. */
const REFUSED =
  "<VirtualHost> AcceptFilter AcceptPathInfo AccessFileName AllowEncodedSlashes AllowOverrideList " +
  "CGIPassAuth CGIVar ContentDigest CoreDumpDirectory DefaultRuntimeDir DocumentRoot ErrorLog ErrorLogFormat " +
  "ExtendedStatus FlushMaxPipelined FlushMaxThreshold HttpProtocolOptions LimitInternalRecursion " +
  "LimitRequestFields LimitRequestFieldsize LimitRequestLine LimitXMLRequestBody " +
  "MaxConnectionsPerChild MaxMemFree MaxRangeOverlaps MaxRangeReversals MaxRanges MaxRequestsPerChild " +
  "MergeSlashes MergeTrailers Mutex NameVirtualHost PidFile Port Protocol Protocols ProtocolsHonorOrder " +
  "QualifyRedirectURL ReadBufferSize RegexDefaultOptions RegisterHttpMethod RLimitCPU RLimitMEM RLimitNPROC " +
  "ScoreBoardFile SeeRequestTail ServerAlias ServerName ServerPath ServerRoot SetInputFilter SetOutputFilter " +
  "StrictHostCheck ThreadStackSize UseCanonicalPhysicalPort";

export const coreModule: Module = {
  name: "core",
  directives: [
    define({
      name: "ErrorDocument",
      words: [2, 2],
      apply([status = "", target = ""], { config }) {
        if (!/^[45]\d\d$/.test(status)) throw new Error(`${status} is no error status`);
        config.errorDocuments = new Map([...(config.errorDocuments ?? []), [Number(status), target]]);
      },
    }),
    define({
      name: "Options",
      words: [1, 99],
      override: "Options",
      shortfall:
        "`Indexes` allows or forbids listings that --directory-listing shows, `ExecCGI` scripts; the others have no effect",
      apply: (words, { config }) => void (config.options = parseOptions(words, config.options)),
    }),
    define({
      name: "LimitRequestBody",
      words: [1, 1],
      override: "FileInfo",
      shortfall: "in sections only below the server's, and for bodies that say how long they are",
      apply([word = ""], { config, place, server }) {
        if (!/^\d{1,15}$/.test(word)) throw new Error(`${word} is no number of bytes`);
        const requestBodyBytes = Number(word);
        if (place !== "server") config.limits = { requestBodyBytes };
        else server.changes.push((settings) => ({ ...settings, limits: { ...settings.limits, requestBodyBytes } }));
      },
    }),
    define({
      name: "ForceType",
      words: [1, 1],
      apply: ([type = ""], { config }) => changeMime(config, { forced: type.toLowerCase() === "none" ? null : type }),
    }),
    define({
      name: "SetHandler",
      words: [1, 1],
      shortfall: "`none`, `cgi-script`, `default-handler` and `wsgi-handler`",
      apply: ([name = ""], { config }) => changeMime(config, { handler: handlerNamed(name) }),
    }),
    define({
      name: "AddDefaultCharset",
      words: [1, 1],
      apply([word = ""], { config }) {
        const lower = word.toLowerCase();
        changeMime(config, { defaultCharset: lower === "off" ? null : lower === "on" ? "iso-8859-1" : word });
      },
    }),
    define({
      name: "DefaultType",
      words: [1, 1],
      shortfall: "`none` only, as in Apache 2.4",
      apply([word = ""]) {
        if (word.toLowerCase() !== "none") throw new Error("DefaultType knows none only; use ForceType or AddType");
      },
    }),
    define({
      name: "LogLevel",
      words: [1, 99],
      where: "server",
      override: null,
      shortfall: "as --log-level, at a start of the server; rules tell nothing more at lower levels",
      apply(words, { server }) {
        const levels = words.map(parseLevel);
        const own = levels.find(([module]) => module === null)?.[1];
        const modules = Object.fromEntries(
          levels.flatMap(([module, level]) => (module === null ? [] : [[module, level]])),
        );
        server.changes.push(({ logs, ...rest }) => {
          const moduleLevels = { ...logs.moduleLevels, ...modules };
          return { ...rest, logs: { ...logs, level: own ?? logs.level, moduleLevels } };
        });
      },
    }),
    define({
      name: "TimeOut",
      words: [1, 1],
      where: "server",
      override: null,
      shortfall: "as --socket-timeout",
      apply([word = ""], { server }) {
        if (!/^\d{1,6}$/.test(word)) throw new Error(`${word} is no number of seconds`);
        const socketMs = Number(word) * 1000;
        server.changes.push((settings) => ({
          ...settings,
          timeouts: { ...settings.timeouts, socketMs, answerMs: socketMs },
        }));
      },
    }),
    define({
      name: "LoadModule",
      words: [2, 2],
      where: "server",
      override: null,
      shortfall: "accepted for modules of which Malt has directives",
      apply([name = ""], { server }) {
        if (isKnownModule(name, server.cgi)) return;
        throw new Error(isKnownModule(name, true) ? `${name} needs --with-cgi` : `the module ${name} is not supported`);
      },
    }),
    accepted("AllowOverride", "--allow-override decides"),
    accepted("EnableMMAP", "changes nothing that can be seen", "FileInfo"),
    accepted("EnableSendfile", "--enable-sendfile decides", "FileInfo"),
    accepted("FileETag", "tags are made of size and time", "FileInfo"),
    accepted("HostnameLookups", "names are never looked up"),
    accepted("ServerAdmin", "pages name nobody"),
    accepted("ServerSignature", "pages have no signature", "any"),
    accepted("ServerTokens", "Server is always one word"),
    accepted("TraceEnable", "TRACE is always refused"),
    accepted("UseCanonicalName", "the name is the one of the request"),
  ],
  refused: REFUSED.split(" "),
};
