/**
 * Apache's expressions (`<If>`, `Require expr`, `RewriteCond expr`, `expr=…`), parsed once into functions. The grammar is that
 * of "Expressions in Apache HTTP Server".
 */

import { compileRegex } from "../syntax/regex.ts";
import { variableNamed } from "../variables.ts";
import { comparisons, fileTests } from "./comparisons.ts";
import type { Context, Condition, Text } from "./context.ts";
import { functionNamed } from "./functions.ts";

/** @throws Error that says what is wrong, and where in the text */
export function parseExpression(text: string): Condition {
  const parser = new Parser(text);
  const condition = parser.either();
  parser.finish();
  return condition;
}

/** A text with `%{…}` and `$1` in it, as in `Header set X "expr=…"`. */
export function parseTextExpression(text: string): Text {
  return new Parser(text).pieces(undefined);
}

const WORD_OPERATORS =
  /(?:==|!=|<=|>=|<|>|=~|!~|=)|-?(?:eq|ne|lt|le|gt|ge)\b|-(?:ipmatch|strmatch|strcmatch|fnmatch)\b|in\b/y;

/** Deeper than anybody writes; recursion must have an end. */
const MAX_DEPTH = 100;

class Parser {
  #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  finish(): void {
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("nothing more was expected");
  }

  either(): Condition {
    const parts = [this.#both()];
    while (this.#takes("||")) parts.push(this.#both());
    return parts.length === 1 ? (parts[0] as Condition) : (context) => parts.some((part) => part(context));
  }

  #both(): Condition {
    const parts = [this.#not()];
    while (this.#takes("&&")) parts.push(this.#not());
    return parts.length === 1 ? (parts[0] as Condition) : (context) => parts.every((part) => part(context));
  }

  #not(): Condition {
    if (++this.#depth > MAX_DEPTH) this.#fail("it is nested too deeply");
    try {
      return this.#primary();
    } finally {
      this.#depth--;
    }
  }

  #primary(): Condition {
    if (this.#takes("!")) {
      const inner = this.#not();
      return (context) => !inner(context);
    }
    if (this.#takes("(")) {
      const inner = this.either();
      this.#expect(")");
      return inner;
    }
    const constant = this.#match(/(true|false)\b(?!\s*\()/y)?.[1];
    if (constant !== undefined) return () => constant === "true";
    const test = this.#match(/-([a-zA-Z])(?![A-Za-z0-9])/y)?.[1];
    if (test !== undefined) {
      const decide = fileTests[test];
      if (decide === undefined) return this.#fail(`there is no test -${test}`);
      const word = this.#word();
      return (context) => decide(word(context), context);
    }
    return this.#comparison();
  }

  #comparison(): Condition {
    const left = this.#word();
    const operator = this.#match(WORD_OPERATORS)?.[0];
    if (operator === undefined) return this.#fail("a comparison was expected");
    if (operator === "=~" || operator === "!~") return this.#regexMatch(left, operator === "!~");
    if (operator === "in") {
      this.#expect("{");
      const members = [this.#word()];
      while (this.#takes(",")) members.push(this.#word());
      this.#expect("}");
      return (context) => {
        const value = left(context);
        return members.some((member) => member(context) === value);
      };
    }
    const start = this.#at;
    const right = this.#word();
    const compare = comparisons[operator.replace(/^(?=[a-z])/, "-")];
    if (compare === undefined) return this.#fail(`there is no operator ${operator}`);
    const constant = /^\s*(?:'([^'\\%$]*)'|"([^"\\%$]*)")\s*$/.exec(this.#text.slice(start, this.#at));
    // A network that is written down is read once, and wrong ones are found at once.
    const decide = compare(constant === null ? undefined : (constant[1] ?? constant[2]));
    return (context) => decide(left(context), right(context), context);
  }

  #regexMatch(left: Text, negated: boolean): Condition {
    this.#skip();
    const opening = this.#match(/m?([/#$%^|?!'",;:._-])/y) ?? this.#fail("a regular expression was expected");
    const separator = opening[1] as string;
    let pattern = "";
    for (; this.#text[this.#at] !== separator; this.#at++) {
      if (this.#at >= this.#text.length) this.#fail("the regular expression has no end");
      if (this.#text[this.#at] === "\\") {
        const next = this.#text[++this.#at] ?? "";
        pattern += next === separator ? next : `\\${next}`;
      } else {
        pattern += this.#text[this.#at];
      }
    }
    this.#at++;
    const flags = this.#match(/[a-zA-Z]*/y)?.[0] ?? "";
    if (!/^[imsn]*$/.test(flags)) this.#fail(`the flags ${flags} are not supported`);
    const regex = compileRegex(pattern, flags.includes("i"));
    const whole = flags.includes("m") ? new RegExp(regex.source, `${regex.flags}m`) : regex;
    return (context) => {
      const found = whole.exec(left(context));
      if (found !== null && !flags.includes("n")) context.groups = found;
      return (found !== null) !== negated;
    };
  }

  /** One or more parts, joined by dots. */
  #word(): Text {
    const parts = [this.#part()];
    while (this.#match(/\.(?!\d)/y) !== null) parts.push(this.#part());
    return joined(parts);
  }

  #part(): Text {
    this.#skip();
    const quote = this.#match(/["']/y)?.[0];
    if (quote !== undefined) {
      const text = this.pieces(quote);
      this.#at++;
      return text;
    }
    const number = this.#match(/-?\d+/y)?.[0];
    if (number !== undefined) return () => number;
    if (this.#text.startsWith("%{", this.#at)) return this.#variable();
    const group = this.#match(/\$(\d)/y)?.[1];
    if (group !== undefined) return ({ groups }) => groups[Number(group)] ?? "";
    const name = this.#match(/([A-Za-z_]\w*)\s*\(/y)?.[1];
    if (name === undefined) return this.#fail("a value was expected");
    const argument = this.#word();
    this.#expect(")");
    return functionNamed(name, argument) ?? this.#fail(`there is no function ${name}`);
  }

  /** Literal text, variables and groups, up to `quote` or the end; the quote is not taken. */
  pieces(quote: string | undefined): Text {
    const parts: Text[] = [];
    let literal = "";
    const flush = () => {
      const text = literal;
      if (text !== "") parts.push(() => text);
      literal = "";
    };
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === quote) {
        if (character === undefined && quote !== undefined) this.#fail(`${quote} without an end`);
        flush();
        return joined(parts);
      }
      const group = /^\$(\d)/.exec(this.#text.slice(this.#at, this.#at + 2))?.[1];
      if (this.#text.startsWith("%{", this.#at)) {
        flush();
        parts.push(this.#variable());
      } else if (group !== undefined) {
        flush();
        parts.push(({ groups }) => groups[Number(group)] ?? "");
        this.#at += 2;
      } else if (character === "\\" && quote !== undefined) {
        const next = this.#text[this.#at + 1] ?? "";
        literal += ESCAPED[next] ?? next;
        this.#at += 2;
      } else {
        literal += character;
        this.#at++;
      }
    }
  }

  #variable(): Text {
    if (this.#text.startsWith("%{:", this.#at)) {
      this.#at += 3;
      const word = this.#word();
      this.#expect(":}");
      return word;
    }
    const name = this.#match(/%\{([A-Za-z_]\w*)/y)?.[1] ?? this.#fail("a name was expected after %{");
    if (this.#text[this.#at] === ":") {
      const end = this.#text.indexOf("}", this.#at);
      if (end < 0) this.#fail("%{ without }");
      const argument = this.#text.slice(this.#at + 1, end);
      this.#at = end + 1;
      return functionNamed(name, () => argument) ?? this.#fail(`there is no function ${name}`);
    }
    this.#expect("}");
    const variable = variableNamed(name) ?? this.#fail(`there is no variable ${name}`);
    return ({ request }) => variable(request);
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #takes(token: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) this.#fail(`${token} was expected`);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    this.#skip();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #fail(what: string): never {
    const place =
      this.#at >= this.#text.length ? "at its end" : `before "${this.#text.slice(this.#at, this.#at + 20)}"`;
    throw new Error(`the expression ${this.#text} can't be read: ${what} ${place}`);
  }
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function joined(parts: readonly Text[]): Text {
  if (parts.length === 1) return parts[0] as Text;
  return (context: Context) => {
    let text = "";
    for (const part of parts) text += part(context);
    return text;
  };
}
