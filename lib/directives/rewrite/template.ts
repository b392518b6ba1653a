/**
 * Texts of mod_rewrite with `$1`, `%1`, `%{NAME}`, `${map:key|default}` and `\` in them: substitutions, test strings, values of
 * variables and cookies. Parsed once.
 */

import { fieldOf, type Request } from "../request.ts";
import { escapeBackreference, escapeOnly } from "../escape.ts";
import { environmentOf, fieldBehind, tlsVariable, variableNamed } from "../variables.ts";
import type { LookUp, Maps } from "./maps.ts";

/** What a text is filled in from. */
export interface Filling {
  readonly request: Request;
  /** Groups of the rule's pattern, and of the last condition that matched. */
  rule: readonly (string | undefined)[];
  condition: readonly (string | undefined)[];
  /** The field that the last variable was read from, for Vary. */
  consulted: string | null;
  /** A group brought a "?" along, see UnsafeAllow3F. */
  questionMark: boolean;
}

/** How groups are escaped on their way into a URL: the flags B, BNP, BCTLS and BNE. */
export interface GroupEscapes {
  readonly all: boolean;
  readonly only: string;
  readonly except: string;
  readonly controls: boolean;
  readonly plus: boolean;
}

export type Template = (filling: Filling) => string;

/** @throws Error for a variable or map that doesn't exist */
export function compileTemplate(text: string, maps: Maps, escapes: GroupEscapes | null = null): Template {
  const parts: (string | Template)[] = [];
  let index = 0;
  const put = (part: string | Template) => {
    const last = parts.length - 1;
    if (typeof part === "string" && typeof parts[last] === "string") parts[last] += part;
    else parts.push(part);
  };
  while (index < text.length) {
    const character = text[index] as string;
    const next = text[index + 1];
    if (character === "\\" && next !== undefined) {
      put(next);
      index += 2;
    } else if ((character === "$" || character === "%") && next === "{") {
      const end = closingBrace(text, index + 1);
      if (end < 0) {
        // Without its end it is text.
        put(text.slice(index));
        index = text.length;
      } else {
        const inner = text.slice(index + 2, end);
        put(character === "%" ? variablePart(inner) : mapPart(inner, maps));
        index = end + 1;
      }
    } else if ((character === "$" || character === "%") && next !== undefined && /\d/.test(next)) {
      put(groupPart(character, Number(next), escapes));
      index += 2;
    } else {
      put(character);
      index++;
    }
  }
  const [only] = parts;
  if (parts.length === 0) return () => "";
  if (parts.length === 1) return typeof only === "string" ? () => only : (only as Template);
  return (filling) => {
    let result = "";
    for (const part of parts) result += typeof part === "string" ? part : part(filling);
    return result;
  };
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index++) {
    if (text[index] === "{") depth++;
    else if (text[index] === "}" && --depth === 0) return index;
  }
  return -1;
}

function groupPart(sign: string, group: number, escapes: GroupEscapes | null): Template {
  return (filling) => {
    const value = (sign === "$" ? filling.rule : filling.condition)[group] ?? "";
    if (value === "" || escapes === null) {
      if (value.includes("?")) filling.questionMark = true;
      return value;
    }
    const escaped = escapeGroup(value, escapes);
    if (escaped.includes("?")) filling.questionMark = true;
    return escaped;
  };
}

function escapeGroup(value: string, { all, only, except, controls, plus }: GroupEscapes): string {
  const escape = (character: string): string => {
    if (except.includes(character)) return character;
    if (controls && (character <= " " || character === "\x7f")) return escapeBackreference(character, plus);
    if (only !== "") return only.includes(character) ? escapeOnly(character, only) : character;
    return all ? escapeBackreference(character, plus) : character;
  };
  return value.replace(/[^]/g, escape);
}

function variablePart(name: string): Template {
  const colon = name.indexOf(":");
  if (colon > 0) {
    const kind = name.slice(0, colon).toUpperCase();
    const rest = name.slice(colon + 1);
    if (kind === "ENV") return ({ request }) => environmentOf(request, rest);
    if (kind === "HTTP") return (filling) => field(filling, rest);
    if (kind === "SSL") return ({ request }) => tlsVariable(request, rest);
    if (kind === "LA-U" || kind === "LA-F") throw new Error(`%{${name}} looks ahead, which is not supported`);
    throw new Error(`there is no variable %{${name}}`);
  }
  const variable = variableNamed(name);
  if (variable === undefined) throw new Error(`there is no variable %{${name}}`);
  const behind = fieldBehind(name);
  if (behind === undefined) return ({ request }) => variable(request);
  return (filling) => field(filling, behind);
}

function field(filling: Filling, name: string): string {
  const value = fieldOf(filling.request.fields, name);
  // RFC 9110 §12.5.5: Host is part of what was asked for, whatever Vary says.
  if (value !== undefined && name.toLowerCase() !== "host") filling.consulted = name;
  return value ?? "";
}

function mapPart(inner: string, maps: Maps): Template {
  const colon = inner.indexOf(":");
  const name = colon < 0 ? inner : inner.slice(0, colon);
  if (colon < 0) throw new Error(`\${${inner}} is no look-up in a map: \${NAME:KEY} or \${NAME:KEY|DEFAULT}`);
  const rest = inner.slice(colon + 1);
  const bar = topLevelBar(rest);
  const key = compileTemplate(bar < 0 ? rest : rest.slice(0, bar), maps);
  const fallback = bar < 0 ? () => "" : compileTemplate(rest.slice(bar + 1), maps);
  const lookUp: LookUp = maps(name);
  return (filling) => lookUp(key(filling), filling.request) ?? fallback(filling);
}

/** The "|" that begins a default, and isn't part of an inner look-up. */
function topLevelBar(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "{") depth++;
    else if (text[index] === "}") depth--;
    else if (text[index] === "|" && depth === 0) return index;
  }
  return -1;
}
