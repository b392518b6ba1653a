/** The directives of mod_alias. */

import { parseTextExpression } from "../expressions/parse.ts";
import { compileRegex } from "../syntax/regex.ts";
import { define, type Definition, type Module, type Scope } from "./definition.ts";
import type { Redirect } from "./redirect.ts";

/** A part of the site that lies elsewhere in the file system. */
export type Alias = (
  | { readonly prefix: string; readonly target: string }
  /** The whole file name, with the groups of the expression. */
  | { readonly regex: RegExp; readonly target: string }
) & {
  /** Of ScriptAlias: what is there are scripts, wherever else they are forbidden. */
  readonly scripts: boolean;
};

const STATUS_WORDS: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 };

function statusOf(word: string): number | undefined {
  const named = STATUS_WORDS[word.toLowerCase()];
  if (named !== undefined || !/^\d{3}$/.test(word)) return named;
  return Number(word);
}

/** @param fixed the status, where it is in the directive's name */
function addRedirect(given: readonly string[], scope: Scope, fixed: number | undefined, isRegex: boolean): void {
  const words = [...given];
  const stated = fixed ?? statusOf(words[0] ?? "");
  if (fixed === undefined && stated !== undefined) words.shift();
  const status = stated ?? 302;
  const leads = status >= 300 && status < 400;
  if (status < 100 || status > 599) throw new Error(`there is no status ${status}`);
  let source: string | undefined;
  if (scope.location !== null && words.length === (leads ? 1 : 0)) source = scope.location;
  else source = words.shift();
  const [text, ...more] = words;
  if (source === undefined || more.length > 0) throw new Error("a redirect takes a status, a path and a URL");
  if (leads && text === undefined) throw new Error(`a redirect with the status ${status} needs a URL`);
  if (!leads && text !== undefined) throw new Error(`a status ${status} leads nowhere, so there is no URL`);
  if (!isRegex && !source.startsWith("/")) throw new Error(`${source} is no path: it must begin with "/"`);
  const fromLocation =
    scope.location !== null && given.length === words.length + (fixed === undefined && stated !== undefined ? 1 : 0);
  if (text !== undefined && !fromLocation && !/^(?:\/|[a-z][a-z0-9+.-]*:)/i.test(text)) {
    throw new Error(`${text} is no URL: it must be whole, or begin with "/"`);
  }
  const match = isRegex ? { regex: compileRegex(source) } : { prefix: source };
  const redirect: Redirect = { status, match, target: targetOf(text, fromLocation) };
  scope.config.redirects = [...(scope.config.redirects ?? []), redirect];
}

/** Without a path of its own, the URL is an expression. */
function targetOf(text: string | undefined, isExpression: boolean): Redirect["target"] {
  if (text === undefined) return null;
  return isExpression ? { expression: parseTextExpression(text) } : { text };
}

function alias(name: string, scripts: boolean): Definition {
  return define({
    name,
    words: [2, 2],
    where: "server",
    override: null,
    shortfall: `not in \`<Location>\`${scripts ? NEEDS_CGI : ""}`,
    apply([prefix = "", target = ""], { server, base }) {
      if (!prefix.startsWith("/")) throw new Error(`${prefix} is no URL path: it must begin with "/"`);
      server.aliases.push({ prefix, target: target.startsWith("/") ? target : base + target, scripts });
    },
  });
}

function aliasMatch(name: string, scripts: boolean): Definition {
  return define({
    name,
    words: [2, 2],
    where: "server",
    override: null,
    shortfall: `for files; a directory that it leads to has no index${scripts ? NEEDS_CGI : ""}`,
    apply: ([regex = "", target = ""], { server }) =>
      void server.aliases.push({ regex: compileRegex(regex), target, scripts }),
  });
}

const NEEDS_CGI = "; without --with-cgi what is there is refused";

export const aliasModule: Module = {
  name: "mod_alias",
  directives: [
    alias("Alias", false),
    aliasMatch("AliasMatch", false),
    alias("ScriptAlias", true),
    aliasMatch("ScriptAliasMatch", true),
    define({ name: "Redirect", words: [1, 3], apply: (words, scope) => addRedirect(words, scope, undefined, false) }),
    define({
      name: "RedirectMatch",
      words: [1, 3],
      apply: (words, scope) => addRedirect(words, scope, undefined, true),
    }),
    define({
      name: "RedirectPermanent",
      words: [1, 2],
      apply: (words, scope) => addRedirect(words, scope, 301, false),
    }),
    define({ name: "RedirectTemp", words: [1, 2], apply: (words, scope) => addRedirect(words, scope, 302, false) }),
  ],
  refused: ["AliasPreservePath", "RedirectRelative"],
};
