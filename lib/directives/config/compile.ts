/** From directives to what requests are answered by: every argument is checked here, and nothing is read or answered. */

import type { Rule } from "../access/rules.ts";
import { parseExpression } from "../expressions/parse.ts";
import type { Condition } from "../expressions/context.ts";
import { addRule, parseRequire } from "../modules/authorize.ts";
import type { Alias } from "../modules/alias.ts";
import type { Definition, Scope, ServerDraft } from "../modules/definition.ts";
import { definitionOf, refusingModule } from "../modules/table.ts";
import { at, DirectiveError, titleOf, type Directive } from "../syntax/directive.ts";
import { rewriteWordsOf, wordsOf } from "../syntax/words.ts";
import type { Config, IfChain } from "./config.ts";
import { givenRoot, givenServer } from "./given.ts";
import type { Override } from "./override.ts";
import {
  directoryMatcher,
  fileNamePattern,
  locationMatcher,
  type DirectorySection,
  type Section,
  type Subject,
} from "./sections.ts";

/** A server's configuration, ready for requests. */
export interface Plan {
  /** What stands outside of sections. */
  readonly server: Config;
  /** In the order in which they apply. */
  readonly directories: readonly DirectorySection[];
  readonly locations: readonly Section[];
  readonly aliases: readonly Alias[];
  /** For .htaccess files, which may use the maps of the server. */
  readonly draft: ServerDraft;
}

export interface Surroundings {
  readonly documentRoot: string;
  /** What relative file names begin at; ends with "/". */
  readonly base: string;
  /** Whether there are scripts (--with-cgi). */
  readonly cgi: boolean;
}

/**
 * @param directives of --include-file
 * @param rules of --rewrite-rules: as if they stood in the section of the document root
 * @throws DirectiveError for the first thing that can't be used
 */
export function compilePlan(
  directives: readonly Directive[],
  rules: readonly Directive[],
  { documentRoot, base, cgi }: Surroundings,
): Plan {
  const draft: ServerDraft = { maps: new Map(), aliases: [], changes: [], cgi };
  const directories: DirectorySection[] = [];
  const locations: Section[] = [];
  const server = givenServer(cgi);
  const top: Scope = {
    config: server,
    place: "server",
    directory: null,
    location: null,
    methods: null,
    server: draft,
    conditions: [],
    base,
  };
  // Maps may be declared behind their use.
  for (const directive of [...directives, ...rules]) {
    if (directive.name.toLowerCase() === "rewritemap") applyLine(directive, top, null);
  }
  const rest = directives.filter(({ name }) => name.toLowerCase() !== "rewritemap");
  const ofRoot = givenRoot(documentRoot, cgi);
  const inRoot = { ...top, config: ofRoot, place: "section" as const, directory: `${documentRoot}/`, conditions: [] };
  applyAll(
    rules.filter(({ name }) => name.toLowerCase() !== "rewritemap"),
    inRoot,
    null,
  );
  directories.push({ ...directoryMatcher({ text: documentRoot, isRegex: false }), config: ofRoot });
  applyAll(rest, top, null, (directive) => {
    const kind = /^(directory|location)(match)?$/.exec(directive.name.toLowerCase());
    if (kind === null) return false;
    const subject = at(directive, () => subjectOf(directive, kind[2] !== undefined));
    const config: Config = {};
    const isDirectory = kind[1] === "directory";
    const place = subject.text.endsWith("/") ? subject.text : `${subject.text}/`;
    applyAll(
      directive.children ?? [],
      {
        ...top,
        config,
        place: "section",
        directory: place,
        location: isDirectory || subject.isRegex ? null : subject.text,
        conditions: [],
      },
      null,
    );
    at(directive, () => {
      if (isDirectory) directories.push({ ...directoryMatcher(subject), config });
      else locations.push({ match: locationMatcher(subject), config });
    });
    return true;
  });
  // Shorter paths first; sorting keeps the order of what is equal.
  directories.sort((one, other) => (one.depth === other.depth ? 0 : one.depth - other.depth));
  return { server, directories, locations, aliases: draft.aliases, draft };
}

/** What an .htaccess file in `directory` (ends with "/") says. @throws DirectiveError */
export function compileOverride(
  directives: readonly Directive[],
  directory: string,
  draft: ServerDraft,
  override: Override,
): Config {
  const config: Config = {};
  const scope: Scope = {
    config,
    place: "htaccess",
    directory,
    location: null,
    methods: null,
    server: draft,
    conditions: [],
    base: directory,
  };
  applyAll(directives, scope, override);
  return config;
}

type Special = (directive: Directive) => boolean;

function applyAll(directives: readonly Directive[], scope: Scope, override: Override | null, special?: Special): void {
  let chain: { condition: Condition; config: Config }[] | null = null;
  for (const directive of directives) {
    const lower = directive.name.toLowerCase();
    if (directive.children === null) applyLine(directive, scope, override);
    else if (special?.(directive) === true) continue;
    else if (lower === "if" || lower === "elseif" || lower === "else") {
      chain = addBranch(directive, lower, chain, scope, override);
      continue;
    } else applyContainer(directive, scope, override);
    chain = null;
  }
  const [waiting] = scope.conditions;
  if (waiting !== undefined && directives.length > 0) {
    throw new DirectiveError("a RewriteCond without a RewriteRule", directives.at(-1) as Directive);
  }
}

function applyLine(directive: Directive, scope: Scope, override: Override | null): void {
  const definition = definitionOf(directive.name);
  if (definition === undefined) {
    if (override?.ignores.unknown === true) return;
    throw new DirectiveError(unknown(directive), directive);
  }
  if (!isAllowed(definition, directive, scope, override)) return;
  at(directive, () => definition.apply(argumentsOf(definition, directive), scope, directive));
}

/** False when the directive is to be passed over. @throws DirectiveError when it can't stand here */
function isAllowed(definition: Definition, directive: Directive, scope: Scope, override: Override | null): boolean {
  const { name, where } = definition;
  if (scope.place === "server" && where === "sections") {
    throw new DirectiveError(`${name} needs a section around it, such as <Location />`, directive);
  }
  if (scope.place !== "server" && where === "server") {
    throw new DirectiveError(`${name} can't stand in a section or an .htaccess file`, directive);
  }
  if (override === null) return true;
  const needed = definition.override;
  const allowed = needed === "any" || (needed !== null && override.classes.has(needed));
  const options = name === "Options" && allowed ? override.options : null;
  const forbidden = wordsOf(directive.args).find(
    (word) => options?.has(word.replace(/^[+-]/, "").toLowerCase()) === false,
  );
  if (allowed && forbidden === undefined) return true;
  if (override.ignores.forbidden) return false;
  throw new DirectiveError(
    `${name}${forbidden === undefined ? "" : ` ${forbidden}`} is not allowed here (--allow-override)`,
    directive,
  );
}

function argumentsOf({ name, words: wanted }: Definition, { args }: Directive): readonly string[] {
  if (wanted === "rewrite") return rewriteWordsOf(args);
  const words = wordsOf(args);
  const [least, most] = wanted;
  if (words.length < least || words.length > most) {
    const expected = least === most ? `${least}` : `${least} to ${most}`;
    throw new Error(`${name} takes ${expected} arguments, not ${words.length}`);
  }
  return words;
}

function unknown(directive: Directive): string {
  const title = titleOf(directive);
  const module = refusingModule(directive.children === null ? directive.name : title);
  return module === undefined ? `unknown directive ${title}` : `unsupported directive ${title} (of ${module})`;
}

function applyContainer(directive: Directive, scope: Scope, override: Override | null): void {
  const { args, children } = directive;
  const inside = children ?? [];
  switch (directive.name.toLowerCase()) {
    case "files":
    case "filesmatch": {
      const subject = at(directive, () => subjectOf(directive, directive.name.toLowerCase() === "filesmatch"));
      const config: Config = {};
      applyAll(inside, { ...nested(scope, config), directory: null }, override);
      const pattern = at(directive, () => fileNamePattern(subject));
      scope.config.files = [...(scope.config.files ?? []), { pattern, config }];
      return;
    }
    case "limit":
    case "limitexcept": {
      const methods = new Set(wordsOf(args));
      if (methods.size === 0) throw new DirectiveError(`<${directive.name}> needs methods`, directive);
      // Who may GET may HEAD.
      if (methods.has("GET")) methods.add("HEAD");
      const isExcept = directive.name.toLowerCase() === "limitexcept";
      applyAll(inside, { ...scope, methods: (method) => methods.has(method) !== isExcept }, override);
      return;
    }
    case "requireall":
    case "requireany":
    case "requirenone":
      if (scope.place === "server") {
        throw new DirectiveError(`<${directive.name}> needs a section around it, such as <Location />`, directive);
      }
      if (override !== null && !override.classes.has("AuthConfig")) {
        throw new DirectiveError(`<${directive.name}> is not allowed here (--allow-override)`, directive);
      }
      addRule(scope.config, requireTree(directive, scope, "any"));
      return;
    default:
      if (override?.ignores.unknown === true) return;
      throw new DirectiveError(unknown(directive), directive);
  }
}

const KINDS: Readonly<Record<string, "all" | "any" | "none">> = {
  requireall: "all",
  requireany: "any",
  requirenone: "none",
};

function requireTree(directive: Directive, scope: Scope, parent: "all" | "any" | "none"): Rule {
  const kind = KINDS[directive.name.toLowerCase()];
  if (kind === undefined) throw new DirectiveError(`${titleOf(directive)} can't stand in <Require…>`, directive);
  if (kind === "none" && parent !== "all") {
    throw new DirectiveError("<RequireNone> has no meaning outside of <RequireAll>", directive);
  }
  const parts = (directive.children ?? []).map((child): Rule => {
    if (child.children !== null) return requireTree(child, scope, kind);
    if (child.name.toLowerCase() !== "require")
      throw new DirectiveError(`${child.name} can't stand in <${directive.name}>`, child);
    return at(child, () => {
      const rule = parseRequire(wordsOf(child.args), scope.methods);
      if (rule.negated && kind !== "all") throw new Error("Require not has no meaning outside of <RequireAll>");
      return rule;
    });
  });
  if (parts.length === 0) throw new DirectiveError(`<${directive.name}> is empty`, directive);
  return { kind, negated: false, parts };
}

type Branches = { condition: Condition; config: Config }[];

function addBranch(
  directive: Directive,
  kind: "if" | "elseif" | "else",
  chain: Branches | null,
  scope: Scope,
  override: Override | null,
): Branches {
  const config: Config = {};
  applyAll(directive.children ?? [], nested(scope, config), override);
  const [text = "", ...more] = wordsOf(directive.args);
  const condition = at(directive, (): Condition => {
    if (kind === "else") {
      if (text !== "") throw new Error("<Else> has no condition");
      return () => true;
    }
    // What isn't in quotes is the expression as it stands.
    return parseExpression(more.length === 0 ? text : directive.args);
  });
  if (kind === "if") {
    const branches: Branches = [{ condition, config }];
    const added: IfChain = { branches };
    scope.config.ifs = [...(scope.config.ifs ?? []), added];
    return branches;
  }
  if (chain === null) throw new DirectiveError(`<${directive.name}> without <If>`, directive);
  chain.push({ condition, config });
  return chain;
}

function nested(scope: Scope, config: Config): Scope {
  return { ...scope, config, place: scope.place === "server" ? "section" : scope.place, conditions: [] };
}

/** `"text"`, `~ "expression"`. */
function subjectOf({ name, args }: Directive, isMatch: boolean): Subject {
  const words = wordsOf(args);
  const isRegex = isMatch || words[0] === "~";
  if (words[0] === "~") words.shift();
  const [text, ...more] = words;
  if (text === undefined || text === "" || more.length > 0) throw new Error(`<${name}> takes one path`);
  return { text, isRegex };
}
