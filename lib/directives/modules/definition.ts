/** What a directive is: an entry of the table from which reading, checks and documentation follow. */

import type { Settings } from "../../settings/settings.ts";
import type { Config } from "../config/config.ts";
import type { Directive } from "../syntax/directive.ts";
import type { Maps } from "../rewrite/maps.ts";
import type { Condition } from "../rewrite/condition.ts";
import type { Alias } from "./alias.ts";

/** What --allow-override lets .htaccess files say. */
export type OverrideClass = "AuthConfig" | "FileInfo" | "Indexes" | "Limit" | "Options";

export interface Definition {
  /** As Apache spells it. */
  readonly name: string;
  /** "server" is outside of every section. */
  readonly where: "server" | "everywhere" | "sections";
  /** The class in .htaccess files; null when they may not have it, "any" when every class will do. */
  readonly override: OverrideClass | "any" | null;
  /** How the arguments are split, and how many there may be. */
  readonly words: readonly [least: number, most: number] | "rewrite";
  /** In what it falls short of Apache's, as a sentence; null when in nothing. */
  readonly shortfall: string | null;
  /** @throws Error when the arguments make no sense */
  readonly apply: (words: readonly string[], scope: Scope, directive: Directive) => void;
}

/** Where a directive stands, and what it changes. */
export interface Scope {
  readonly config: Config;
  readonly place: "server" | "section" | "htaccess";
  /** Of the file system; ends with "/". null outside of directories. */
  readonly directory: string | null;
  /** The path of <Location>, which Redirect may leave out. */
  readonly location: string | null;
  /** Of <Limit> and <LimitExcept>; null is every method. */
  readonly methods: ((method: string) => boolean) | null;
  readonly server: ServerDraft;
  /** Conditions that wait for their rule. */
  readonly conditions: Condition[];
  /** What relative file names begin at; ends with "/". */
  readonly base: string;
}

/** What only the server as a whole has. */
export interface ServerDraft {
  readonly maps: Map<string, ReturnType<Maps>>;
  readonly aliases: Alias[];
  /** Whether there are scripts (--with-cgi). */
  readonly cgi: boolean;
  /** What directives say that options say, too. */
  readonly changes: ((settings: Settings) => Settings)[];
}

export interface Module {
  /** "mod_rewrite", "core". */
  readonly name: string;
  readonly directives: readonly Definition[];
  /** Directives of Apache's module that Malt refuses. */
  readonly refused: readonly string[];
}

type Given = Pick<Definition, "name" | "words" | "apply"> &
  Partial<Pick<Definition, "where" | "override" | "shortfall">>;

/** A directive that may stand anywhere, of the class FileInfo, unless it says otherwise. */
export function define(given: Given): Definition {
  return { where: "everywhere", override: "FileInfo", shortfall: null, ...given };
}

/** `On` or `Off`. */
export function isOn(word: string | undefined): boolean {
  const lower = word?.toLowerCase();
  if (lower !== "on" && lower !== "off") throw new Error(`On or Off was expected, not ${word}`);
  return lower === "on";
}
