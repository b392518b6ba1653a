/**
 * What the directives of one section come to, and how a section that is nearer to a request changes what others said.
 * A part that no directive of the section touched is absent, and then changes nothing.
 */

import type { Condition } from "../expressions/context.ts";
import type { Access, CompatAccess } from "../access/rules.ts";
import type { Edit } from "../modules/header-edit.ts";
import type { Redirect } from "../modules/redirect.ts";
import type { Handler } from "../handlers.ts";
import type { EnvIf } from "../modules/env-if.ts";
import type { RewriteConfig } from "../rewrite/context.ts";

export interface Config {
  rewrite?: RewriteConfig;
  /** SetEnvIf and its kin, in order. */
  envIf?: readonly EnvIf[];
  /** SetEnv, PassEnv (values) and UnsetEnv (null), in order. */
  env?: readonly EnvChange[];
  requestEdits?: readonly Edit[];
  earlyEdits?: readonly Edit[];
  responseEdits?: readonly Edit[];
  redirects?: readonly Redirect[];
  errorDocuments?: ReadonlyMap<number, string>;
  access?: Access;
  compat?: CompatAccess;
  auth?: Auth;
  satisfyAny?: boolean;
  mime?: Mime;
  expires?: Expires;
  directory?: DirectorySettings;
  limits?: { readonly requestBodyBytes: number };
  options?: Options;
  /** Sections inside of the section, evaluated after it. */
  files?: readonly FilesSection[];
  ifs?: readonly IfChain[];
}

export interface EnvChange {
  readonly name: string;
  readonly value: string | null;
}

export interface Auth {
  readonly type?: string | null;
  readonly name?: string;
  readonly userFile?: string;
  readonly groupFile?: string;
}

/** By extension, in lower case and without its dot; null is what was removed. */
export interface Mime {
  readonly types: ReadonlyMap<string, string | null>;
  readonly encodings: ReadonlyMap<string, string | null>;
  readonly charsets: ReadonlyMap<string, string | null>;
  readonly languages: ReadonlyMap<string, string | null>;
  readonly handlers: ReadonlyMap<string, Handler | null>;
  readonly forced?: string | null;
  readonly handler?: Handler | null;
  readonly defaultLanguage?: string;
  /** For text/plain and text/html of any origin. */
  readonly defaultCharset?: string | null;
}

export const NO_MIME: Mime = {
  types: new Map(),
  encodings: new Map(),
  charsets: new Map(),
  languages: new Map(),
  handlers: new Map(),
};

export interface Expires {
  readonly active?: boolean;
  readonly fallback?: Lifetime;
  readonly byType: ReadonlyMap<string, Lifetime>;
}

export interface Lifetime {
  readonly from: "access" | "modification";
  readonly seconds: number;
}

export interface DirectorySettings {
  readonly indexes?: readonly string[];
  readonly slash?: boolean;
  /** null is "disabled". */
  readonly fallback?: string | null;
}

/** The words of Options: replaced as a whole, or with signs one by one. */
export interface Options {
  readonly absolute: ReadonlySet<string> | null;
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

export interface FilesSection {
  readonly pattern: RegExp;
  readonly config: Config;
}

/** `<If>`, `<ElseIf>` and `<Else>`: the first branch whose condition holds applies. */
export interface IfChain {
  readonly branches: readonly { readonly condition: Condition; readonly config: Config }[];
}

/** `own` on top of `base`. Made once for each pair: requests meet the same sections again and again. */
export function merge(base: Config, own: Config): Config {
  let known = merged.get(base);
  if (known === undefined) merged.set(base, (known = new WeakMap()));
  let result = known.get(own);
  if (result === undefined) known.set(own, (result = mergeNow(base, own)));
  return result;
}

const merged = new WeakMap<Config, WeakMap<Config, Config>>();

type Mergers = {
  readonly [Part in keyof Required<Config>]: (
    base: Required<Config>[Part],
    own: Required<Config>[Part],
  ) => Required<Config>[Part];
};

const replace = <Part>(_base: Part, own: Part): Part => own;
const append = <Each>(base: readonly Each[], own: readonly Each[]): readonly Each[] => [...base, ...own];
const overlay = <Key, Value>(base: ReadonlyMap<Key, Value>, own: ReadonlyMap<Key, Value>): ReadonlyMap<Key, Value> =>
  new Map([...base, ...own]);

const MERGERS: Mergers = {
  rewrite: mergeRewrite,
  envIf: append,
  env: append,
  requestEdits: append,
  earlyEdits: append,
  responseEdits: append,
  // The nearest section is asked first.
  redirects: (base, own) => [...own, ...base],
  errorDocuments: overlay,
  access(base, own) {
    if (own.merging === "off") return own;
    const kind = own.merging === "and" ? "all" : "any";
    return { ...own, tree: { kind, negated: false, parts: [base.tree, own.tree] } };
  },
  compat: replace,
  auth: (base, own) => ({ ...base, ...own }),
  satisfyAny: replace,
  mime: (base, own) => ({
    ...base,
    ...own,
    types: overlay(base.types, own.types),
    encodings: overlay(base.encodings, own.encodings),
    charsets: overlay(base.charsets, own.charsets),
    languages: overlay(base.languages, own.languages),
    handlers: overlay(base.handlers, own.handlers),
  }),
  expires: (base, own) => ({ ...base, ...own, byType: overlay(base.byType, own.byType) }),
  directory: (base, own) => ({ ...base, ...own }),
  limits: replace,
  options: mergeOptions,
  files: append,
  ifs: append,
};

function mergeNow(base: Config, own: Config): Config {
  const result: Config = { ...base, ...own };
  for (const part of Object.keys(own) as (keyof Config)[]) mergePart(result, part, base, own);
  return result;
}

function mergePart<Part extends keyof Config>(result: Config, part: Part, base: Config, own: Config): void {
  const below = base[part];
  const above = own[part];
  if (below === undefined || above === undefined) return;
  const together = MERGERS[part] as (base: Config[Part], own: Config[Part]) => Config[Part];
  result[part] = together(below, above);
}

/** The nearest place's rules are the only ones, unless it inherits. */
function mergeRewrite(base: RewriteConfig, own: RewriteConfig): RewriteConfig {
  const options = { ...base.options, ...own.options };
  const { inherit } = options;
  const rules =
    inherit === undefined
      ? own.rules
      : inherit === "after"
        ? [...own.rules, ...base.rules]
        : [...base.rules, ...own.rules];
  return {
    engine: own.engine ?? base.engine,
    rules,
    directory: own.directory,
    base: own.base ?? (options.mergeBase === true ? base.base : undefined),
    options,
  };
}

function mergeOptions(base: Options, own: Options): Options {
  if (own.absolute !== null) return own;
  const added = new Set([...base.added, ...own.added].filter((word) => !own.removed.has(word)));
  const removed = new Set([...base.removed, ...own.removed].filter((word) => !own.added.has(word)));
  return { absolute: base.absolute, added, removed };
}

/** Whether an option is on; `fallback` when nobody said so. */
export function hasOption(options: Options | undefined, word: string, fallback: boolean): boolean {
  if (options === undefined) return fallback;
  if (options.added.has(word)) return true;
  if (options.removed.has(word)) return false;
  return options.absolute === null ? fallback : options.absolute.has(word);
}
