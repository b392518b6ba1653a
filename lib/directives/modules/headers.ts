/** The directives of mod_headers. */

import type { Condition, Text } from "../expressions/context.ts";
import { parseExpression, parseTextExpression } from "../expressions/parse.ts";
import { compileRegex } from "../syntax/regex.ts";
import { tlsVariable } from "../variables.ts";
import { define, type Module, type Scope } from "./definition.ts";
import type { Edit } from "./header-edit.ts";

const ACTIONS = new Set(["set", "append", "merge", "add", "unset", "echo", "edit", "edit*", "setifempty", "note"]);

/** How many words an action takes: name, value, replacement. */
const WORDS: Readonly<Record<string, number>> = { unset: 1, echo: 1, edit: 3, "edit*": 3 };

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function parseEdit(given: readonly string[], isRequest: boolean): { readonly edit: Edit; readonly early: boolean } {
  const words = [...given];
  let always = false;
  if (!isRequest && /^(always|onsuccess)$/i.test(words[0] ?? "")) always = words.shift()?.toLowerCase() === "always";
  const action = (words.shift() ?? "").toLowerCase() as Edit["action"];
  if (!ACTIONS.has(action) || (isRequest && (action === "echo" || action === "note"))) {
    throw new Error(`there is no action ${action}`);
  }
  const needed = WORDS[action] ?? 2;
  if (words.length < needed) throw new Error(`${action} needs ${needed === 1 ? "a name" : "a name and a value"}`);
  // "Name:" is what people copy from a response.
  const name = (words.shift() as string).replace(/:$/, "");
  const search = needed === 3 ? words.shift() : undefined;
  const valueText = needed === 1 ? "" : (words.shift() as string);
  const { condition, early } = parseTail(words);
  if (action !== "echo" && !TOKEN.test(name)) throw new Error(`${name} is not the name of a field`);
  const isEdit = needed === 3;
  const edit: Edit = {
    action,
    name,
    value: isEdit ? editValue(valueText) : headerValue(valueText),
    pattern: action === "echo" ? compileRegex(name) : search === undefined ? null : compileRegex(search),
    always,
    condition,
  };
  return { edit, early };
}

/** What follows the value: `early`, `env=[!]NAME` or `expr=EXPRESSION`. */
function parseTail(words: readonly string[]): { condition: Condition | null; early: boolean } {
  const [word, ...more] = words;
  if (word === undefined) return { condition: null, early: false };
  if (more.length > 0) throw new Error(`${more[0]} is too much`);
  if (word.toLowerCase() === "early") return { condition: null, early: true };
  const variable = /^env=(!?)(.+)$/is.exec(word);
  if (variable !== null) {
    const [, not, name = ""] = variable;
    return { condition: ({ request }) => request.env.has(name) === (not === ""), early: false };
  }
  if (/^expr=/i.test(word)) return { condition: parseExpression(word.slice("expr=".length)), early: false };
  throw new Error(`env=NAME or expr=EXPRESSION was expected, not ${word}`);
}

/** A value with `%t`, `%D`, `%{NAME}e` and so on, or `expr=…`. */
function headerValue(text: string): Text {
  if (/^expr=/i.test(text)) return parseTextExpression(text.slice("expr=".length));
  const parts: Text[] = [];
  const pattern = /%(?:\{([^}]*)\})?([a-zA-Z%])|([^%]+)|(%)/g;
  for (const [, name, letter, literal, stray] of text.matchAll(pattern)) {
    parts.push(literal !== undefined || stray !== undefined ? () => literal ?? "%" : formatted(letter ?? "", name));
  }
  return (context) => parts.map((part) => part(context)).join("");
}

/** The pattern of `edit` has groups; what else it is filled in with is an expression only. */
function editValue(text: string): Text {
  return /^expr=/i.test(text) ? parseTextExpression(text.slice("expr=".length)) : headerValue(text);
}

function formatted(letter: string, name: string | undefined): Text {
  switch (letter) {
    case "%":
      return () => "%";
    case "t":
      return ({ request }) => `t=${request.head.startedUs}`;
    case "D":
      return ({ request }) => `D=${Math.max(0, Math.round(Date.now() * 1000 - request.head.startedUs))}`;
    case "e":
      return ({ request }) => request.env.get(name ?? "") ?? "(null)";
    case "s":
      return ({ request }) => tlsVariable(request, name ?? "") || "(null)";
    default:
      throw new Error(`the format %${letter} is not supported`);
  }
}

function addResponseEdit(words: readonly string[], { config }: Scope): void {
  const { edit, early } = parseEdit(words, false);
  if (early) throw new Error("early is not supported for Header");
  config.responseEdits = [...(config.responseEdits ?? []), edit];
}

function addRequestEdit(words: readonly string[], { config, place }: Scope): void {
  const { edit, early } = parseEdit(words, true);
  if (early && place !== "server") throw new Error("early is for the server only, outside of sections");
  if (early) config.earlyEdits = [...(config.earlyEdits ?? []), edit];
  else config.requestEdits = [...(config.requestEdits ?? []), edit];
}

export const headersModule: Module = {
  name: "mod_headers",
  directives: [
    define({
      name: "Header",
      words: [2, 6],
      shortfall:
        "`always` and `onsuccess` edit the same fields; not `early`, not `%l`, `%i`, `%b`; `note` has no effect; Server, Date and Connection are the server's",
      apply: addResponseEdit,
    }),
    define({ name: "RequestHeader", words: [2, 5], apply: addRequestEdit }),
  ],
  refused: [],
};
