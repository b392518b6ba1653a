/**
 * Reads configuration files into one list of directives in which only those are left that apply: variables are replaced,
 * included files are in place, and `<IfModule>` and its like are decided.
 */

import { serverVersion } from "./known.ts";
import { at, DirectiveError, type Directive, type Place } from "./directive.ts";
import { parseDirectives } from "./parse.ts";
import { wordsOf } from "./words.ts";

/** The border to the file system and the environment. Paths and texts are latin-1 text. */
export interface Source {
  /** Undefined when there is no such file; throws when it can't be read. */
  read(path: string): string | undefined;
  /** The files that a pattern of Include means, sorted; those of a folder and below for a folder. */
  find(pattern: string): readonly string[];
  environment(name: string): string | undefined;
  isKnownDirective(name: string): boolean;
  /** Under any of its names. */
  isKnownModule(name: string): boolean;
}

/** As deep as Apache follows them: what goes deeper includes itself. */
const MAX_INCLUDES = 128;

export class Reader {
  #source: Source;
  #base: string;
  #defined = new Map<string, string>();
  #depth = 0;

  /** @param base what relative paths of Include begin at; ends with "/" */
  constructor(source: Source, base: string) {
    this.#source = source;
    this.#base = base;
  }

  /** @param from where the file is asked for: for the message when it can't be read */
  file(path: string, from: Place): Directive[] {
    const text = at(from, () => this.#source.read(path));
    if (text === undefined) throw new DirectiveError(`there is no file ${path}`, from);
    return this.#resolve(parseDirectives(text, path), true);
  }

  /** The text of an .htaccess file, which may neither define nor include. */
  override(text: string, path: string): Directive[] {
    return this.#resolve(parseDirectives(text, path), false);
  }

  #resolve(directives: readonly Directive[], isServer: boolean): Directive[] {
    return directives.flatMap((given) => this.#one(given, isServer));
  }

  #one(given: Directive, isServer: boolean): readonly Directive[] {
    const directive = { ...given, args: this.#expand(given.args) };
    const { children } = directive;
    const lower = directive.name.toLowerCase();
    if (children !== null) {
      const decides = CONDITIONS[lower];
      if (decides === undefined) return [{ ...directive, children: this.#resolve(children, isServer) }];
      const [word = "", ...more] = wordsOf(directive.args);
      if (word === "") throw new DirectiveError(`<${directive.name}> needs an argument`, directive);
      const negated = lower !== "ifversion" && word.startsWith("!");
      const state = { defined: this.#defined, source: this.#source, base: this.#base };
      const holds = at(directive, () => decides(negated ? word.slice(1) : word, more, state));
      return holds === negated ? [] : this.#resolve(children, isServer);
    }
    const acts = isServer ? this.#readTime(lower, directive) : undefined;
    return acts ?? [directive];
  }

  /** What acts while files are read; undefined for every other directive. */
  #readTime(lower: string, directive: Directive): readonly Directive[] | undefined {
    const words = wordsOf(directive.args);
    const [first = "", second = ""] = words;
    switch (lower) {
      case "define":
        if (first === "" || words.length > 2) throw new DirectiveError("Define takes a name and a value", directive);
        this.#defined.set(first, second);
        return [];
      case "undefine":
        if (words.length !== 1) throw new DirectiveError("UnDefine takes a name", directive);
        this.#defined.delete(first);
        return [];
      case "error":
        throw new DirectiveError(directive.args, directive);
      case "include":
      case "includeoptional":
        if (words.length !== 1) throw new DirectiveError(`${directive.name} takes the path of a file`, directive);
        return this.#include(first, lower === "include", directive);
      default:
        return undefined;
    }
  }

  #include(pattern: string, isNeeded: boolean, from: Directive): readonly Directive[] {
    if (this.#depth >= MAX_INCLUDES) throw new DirectiveError("files include each other endlessly", from);
    const paths = at(from, () => this.#source.find(absolute(this.#base, pattern)));
    if (paths.length === 0 && isNeeded) throw new DirectiveError(`there is no file ${pattern} to include`, from);
    this.#depth++;
    const found = paths.flatMap((path) => this.file(path, from));
    this.#depth--;
    return found;
  }

  /** `${NAME}` is what Define said, or the environment; an unknown one stays. `${map:key}` is for mod_rewrite. */
  #expand(text: string): string {
    if (!text.includes("${")) return text;
    return text.replaceAll(
      /\$\{([^{}:]+)\}/g,
      (whole, name: string) => this.#defined.get(name) ?? this.#source.environment(name) ?? whole,
    );
  }
}

interface State {
  readonly defined: ReadonlyMap<string, string>;
  readonly source: Source;
  readonly base: string;
}

/** The containers that are decided while files are read. */
const CONDITIONS: Readonly<Record<string, (word: string, more: readonly string[], state: State) => boolean>> = {
  ifmodule: (word, _more, { source }) => source.isKnownModule(word),
  ifdefine: (word, _more, { defined }) => defined.has(word),
  iffile: (word, _more, { source, base }) => source.find(absolute(base, word)).length > 0,
  ifdirective: (word, _more, { source }) => source.isKnownDirective(word),
  ifsection: (word, _more, { source }) => source.isKnownDirective(`<${word}>`),
  ifversion: (word, more) => matchesVersion(word, more),
};

function absolute(base: string, path: string): string {
  return path.startsWith("/") ? path : base + path;
}

/** `[!]OPERATOR VERSION`; without an operator, equality or a `/regular expression/`. */
function matchesVersion(first: string, more: readonly string[]): boolean {
  const words = [first, ...more];
  const given = words.length > 1 ? (words.shift() as string) : "=";
  const negated = given.startsWith("!") && given.length > 1;
  const operator = negated ? given.slice(1) : given;
  const wanted = words[0] as string;
  const pattern = /^\/(.*)\/$/.exec(wanted)?.[1] ?? (operator === "~" ? wanted : undefined);
  if (pattern !== undefined) return new RegExp(pattern).test(serverVersion.join(".")) !== negated;
  if (!/^\d+(\.\d+){0,2}$/.test(wanted)) throw new Error(`${wanted} is no version`);
  const difference = compareVersions(serverVersion, wanted.split(".").map(Number));
  const holds = COMPARISONS[operator]?.(difference);
  if (holds === undefined) throw new Error(`${operator} compares no versions`);
  return holds !== negated;
}

function compareVersions(ours: readonly number[], theirs: readonly number[]): number {
  for (let part = 0; part < 3; part++) {
    const difference = (ours[part] ?? 0) - (theirs[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const COMPARISONS: Readonly<Record<string, (difference: number) => boolean>> = {
  "=": (difference) => difference === 0,
  "==": (difference) => difference === 0,
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};
