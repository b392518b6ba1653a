/** The flags in brackets behind a rule or a condition. Pure. */

import { handlerNamed, type Handler } from "../handlers.ts";
import type { GroupEscapes } from "./template.ts";

export interface RuleFlags {
  readonly chain: boolean;
  readonly cookies: readonly string[];
  readonly discardPathInfo: boolean;
  readonly environment: readonly string[];
  readonly end: boolean;
  readonly handler: Handler | null;
  readonly last: boolean;
  /** Rounds at most; null without the flag N. */
  readonly next: number | null;
  readonly ignoreCase: boolean;
  readonly noEscape: boolean;
  readonly proxy: boolean;
  readonly passThrough: boolean;
  readonly query: "replace" | "append" | "discard";
  readonly queryLast: boolean;
  /** The status of a redirect. */
  readonly redirect: number | null;
  /** A status to answer with, whatever the substitution. */
  readonly status: number | null;
  readonly skip: number;
  readonly type: string | null;
  readonly allowQuestionMark: boolean;
  readonly escapes: GroupEscapes | null;
}

export interface ConditionFlags {
  readonly ignoreCase: boolean;
  readonly orNext: boolean;
  readonly noVary: boolean;
}

/** Apache's own limit on rounds of the flag N. */
const MAX_ROUNDS = 32_000;

const LONG_NAMES: Readonly<Record<string, string>> = {
  backrefnoplus: "bnp",
  chain: "c",
  cookie: "co",
  discardpath: "dpi",
  env: "e",
  forbidden: "f",
  gone: "g",
  handler: "h",
  last: "l",
  next: "n",
  nocase: "nc",
  noescape: "ne",
  nosubreq: "ns",
  proxy: "p",
  passthrough: "pt",
  qsappend: "qsa",
  qsdiscard: "qsd",
  qslast: "qsl",
  redirect: "r",
  skip: "s",
  type: "t",
};

const REDIRECT_WORDS: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303 };

/** @throws Error for an unknown flag or a bad value */
export function parseRuleFlags(text: string | undefined): RuleFlags {
  const flags = { ...NO_FLAGS, cookies: [] as string[], environment: [] as string[] };
  const escapes = { all: false, only: "", except: "", controls: false, plus: true };
  let isEscaping = false;
  for (const [name, value] of split(text)) {
    switch (LONG_NAMES[name] ?? name) {
      case "b":
        isEscaping = true;
        if (value === "") escapes.all = true;
        else escapes.only = value;
        break;
      case "bnp":
        escapes.plus = false;
        break;
      case "bctls":
        isEscaping = true;
        escapes.controls = true;
        break;
      case "bne":
        escapes.except = value;
        break;
      case "c":
        flags.chain = true;
        break;
      case "co":
        flags.cookies.push(needed("CO", value));
        break;
      case "dpi":
        flags.discardPathInfo = true;
        break;
      case "e":
        flags.environment.push(needed("E", value));
        break;
      case "end":
        flags.end = true;
        break;
      case "f":
        flags.status = 403;
        break;
      case "g":
        flags.status = 410;
        break;
      case "h":
        flags.handler = handlerNamed(needed("H", value));
        break;
      case "l":
        flags.last = true;
        break;
      case "n":
        flags.next = value === "" ? MAX_ROUNDS : Math.min(MAX_ROUNDS, count("N", value));
        break;
      case "nc":
        flags.ignoreCase = true;
        break;
      case "ne":
        flags.noEscape = true;
        break;
      case "ns":
        // There are no requests within requests here.
        break;
      case "p":
        flags.proxy = true;
        break;
      case "pt":
        flags.passThrough = true;
        break;
      case "qsa":
        flags.query = "append";
        break;
      case "qsd":
        flags.query = "discard";
        break;
      case "qsl":
        flags.queryLast = true;
        break;
      case "r": {
        const status = value === "" ? 302 : (REDIRECT_WORDS[value.toLowerCase()] ?? count("R", value));
        if (status < 100 || status > 599) throw new Error(`the flag R has no status ${value}`);
        if (status >= 300 && status < 400 && status !== 304) flags.redirect = status;
        else flags.status = status;
        break;
      }
      case "s":
        flags.skip = count("S", value);
        break;
      case "t":
        flags.type = needed("T", value).toLowerCase();
        break;
      case "unsafeallow3f":
        flags.allowQuestionMark = true;
        break;
      case "unsafeprefixstat":
        // What it allows, to leave the document root by a rewrite, Malt never does.
        break;
      default:
        throw new Error(`RewriteRule has no flag ${name.toUpperCase()}`);
    }
  }
  return { ...flags, escapes: isEscaping ? escapes : null };
}

export function parseConditionFlags(text: string | undefined): ConditionFlags {
  const flags = { ignoreCase: false, orNext: false, noVary: false };
  for (const [name] of split(text)) {
    if (name === "nc" || name === "nocase") flags.ignoreCase = true;
    else if (name === "or" || name === "ornext") flags.orNext = true;
    else if (name === "nv" || name === "novary") flags.noVary = true;
    else throw new Error(`RewriteCond has no flag ${name.toUpperCase()}`);
  }
  return flags;
}

const NO_FLAGS = {
  chain: false,
  discardPathInfo: false,
  end: false,
  handler: null as Handler | null,
  last: false,
  next: null as number | null,
  ignoreCase: false,
  noEscape: false,
  proxy: false,
  passThrough: false,
  query: "replace" as RuleFlags["query"],
  queryLast: false,
  redirect: null as number | null,
  status: null as number | null,
  skip: 0,
  type: null as string | null,
  allowQuestionMark: false,
};

/** Names in lower case, values as they are. */
function split(text: string | undefined): [name: string, value: string][] {
  if (text === undefined) return [];
  if (!text.startsWith("[") || !text.endsWith("]")) throw new Error(`the flags ${text} are not in brackets`);
  const found: [string, string][] = [];
  for (const part of text.slice(1, -1).split(",")) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const equals = trimmed.indexOf("=");
    if (equals < 0) found.push([trimmed.toLowerCase(), ""]);
    else found.push([trimmed.slice(0, equals).toLowerCase(), trimmed.slice(equals + 1)]);
  }
  return found;
}

function needed(flag: string, value: string): string {
  if (value === "") throw new Error(`the flag ${flag} needs a value`);
  return value;
}

function count(flag: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`the flag ${flag} needs a number, not "${value}"`);
  return Number(value);
}
