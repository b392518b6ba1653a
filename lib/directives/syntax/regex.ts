/** Regular expressions as Apache means them (PCRE), made into those of JavaScript. Pure. */

/**
 * Text is bytes, one character each, so the expression has no Unicode in it. "." matches line ends and "$" only the very end,
 * which is what Apache sets.
 * @throws Error when the pattern is not a good one, or uses what JavaScript has nothing for
 */
export function compileRegex(pattern: string, ignoreCase = false): RegExp {
  let flags = ignoreCase ? "is" : "s";
  let source = pattern;
  // Options at the very beginning; elsewhere JavaScript has them for groups only: (?i:…).
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  if (inline !== null) {
    source = source.slice(inline[0].length);
    if (inline[1]?.includes("i") && !ignoreCase) flags += "i";
    if (inline[1]?.includes("m")) flags += "m";
    if (inline[1]?.includes("x")) source = withoutBlanks(source);
  }
  try {
    return new RegExp(translate(source), flags);
  } catch (error) {
    throw new Error(`the regular expression ${pattern} can't be used: ${(error as Error).message}`, { cause: error });
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  A: "(?<![^])",
  z: "(?![^])",
  Z: "(?=\\n?(?![^]))",
  h: "[ \\t]",
  H: "[^ \\t]",
  R: "(?:\\r\\n|\\n|\\r)",
  N: "[^\\n]",
  a: "\\x07",
  e: "\\x1b",
  // White space is ASCII here; JavaScript's has the no-break space, which is a byte of many letters in UTF-8.
  s: "[\\t-\\r ]",
  S: "[^\\t-\\r ]",
};

const IN_CLASS: Readonly<Record<string, string>> = { h: " \\t", a: "\\x07", e: "\\x1b", s: "\\t-\\r " };

const POSIX: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  ascii: "\\0-\\x7f",
  blank: " \\t",
  cntrl: "\\0-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t-\\r ",
  upper: "A-Z",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

/** A quantifier, and what makes it lazy or possessive. */
const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})([?+]?)/y;

/** What the pattern is made of, and which of its parts are single characters that are repeated. */
interface Parts {
  readonly texts: string[];
  readonly repeated: number[];
  quantifiers: number;
}

/**
 * The engine counts the rounds of groups, and takes an expression for one that doesn't match after 100 million, which are about
 * a second; without groups /^(.*)-(.*)-(.*)-(.*)$/ may take for ever. So where repetitions can multiply each other, single
 * characters are repeated as groups, which costs some tenths of a microsecond.
 */
function translate(pattern: string): string {
  const { texts, repeated, quantifiers } = partsOf(pattern);
  if (quantifiers > 1) for (const index of repeated) texts[index] = `(?:${texts[index]})`;
  return texts.join("");
}

function partsOf(pattern: string): Parts {
  const parts: Parts = { texts: [], repeated: [], quantifiers: 0 };
  const { texts, repeated } = parts;
  let last: "character" | "group" | "other" = "other";
  let index = 0;
  while (index < pattern.length) {
    const character = pattern[index] as string;
    QUANTIFIER.lastIndex = index;
    const quantifier = last === "other" ? null : QUANTIFIER.exec(pattern);
    if (quantifier !== null) {
      if (quantifier[1] === "+") throw new Error("possessive quantifiers are not supported");
      if (last === "character") repeated.push(texts.length - 1);
      parts.quantifiers++;
      texts.push(quantifier[0]);
      index += quantifier[0].length;
      last = "other";
    } else if (character === "\\") {
      const [text, length] = escape(pattern, index, ESCAPES);
      texts.push(text);
      index += length;
      // Of a literal text only the end is repeated, and of a number it is hard to tell what it means.
      last = /^\\[Q\d]/.test(pattern.slice(index - length, index)) ? "group" : "character";
    } else if (character === "[") {
      const [text, end] = characterClass(pattern, index);
      texts.push(text);
      index = end;
      last = "character";
    } else if (pattern.startsWith("(?P<", index)) {
      texts.push("(?<");
      index += 4;
      last = "other";
    } else if (/^(?:\(\?[>|#&RPC0-9]|\(\*)/.test(pattern.slice(index, index + 3))) {
      throw new Error(`${pattern.slice(index, index + 3)} is not supported`);
    } else {
      texts.push(character);
      index++;
      last = character === ")" ? "group" : /[(|]/.test(character) ? "other" : "character";
    }
  }
  return parts;
}

const LONG_ESCAPE = /\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Za-z]|k<\w+>|\d+)/y;

/** What an escape at `index` comes to, and how long it was. */
function escape(pattern: string, index: number, special: Readonly<Record<string, string>>): [string, number] {
  const next = pattern[index + 1];
  if (next === undefined) throw new Error("\\ at the end of the pattern");
  const braced = /^\\x\{([0-9A-Fa-f]{1,2})\}/.exec(pattern.slice(index, index + 6));
  if (braced !== null) return [`\\x${(braced[1] as string).padStart(2, "0")}`, braced[0].length];
  if (next === "Q") {
    const end = pattern.indexOf("\\E", index + 2);
    const literal = pattern.slice(index + 2, end < 0 ? pattern.length : end);
    return [literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), literal.length + (end < 0 ? 2 : 4)];
  }
  if (/[GKXCpP]/.test(next)) throw new Error(`\\${next} is not supported`);
  // One character, though it takes several to write it.
  LONG_ESCAPE.lastIndex = index;
  const long = LONG_ESCAPE.exec(pattern)?.[0];
  if (long !== undefined) return [long, long.length];
  return [special[next] ?? `\\${next}`, 2];
}

function characterClass(pattern: string, start: number): [text: string, end: number] {
  let index = start + 1;
  let text = "[";
  if (pattern[index] === "^") {
    text += "^";
    index++;
  }
  // A bracket that comes first is a member.
  if (pattern[index] === "]") {
    text += "\\]";
    index++;
  }
  for (;;) {
    const character = pattern[index];
    if (character === undefined) throw new Error("[ without ]");
    if (character === "]") return [`${text}]`, index + 1];
    const named = /^\[:(\^?)(\w+):\]/.exec(pattern.slice(index, index + 12));
    const members = named === null ? undefined : POSIX[named[2] as string];
    if (named !== null) {
      if (members === undefined || named[1] !== "") throw new Error(`${named[0]} is not supported`);
      text += members;
      index += named[0].length;
    } else if (character === "\\") {
      const [escaped, length] = escape(pattern, index, IN_CLASS);
      text += escaped;
      index += length;
    } else {
      text += character === "[" ? "\\[" : character;
      index++;
    }
  }
}

/** The pattern as (?x) reads it: without blanks and comments outside of classes. */
function withoutBlanks(pattern: string): string {
  return pattern.replaceAll(/(\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\])|\s+|#[^\n]*/g, (_whole, kept?: string) => kept ?? "");
}
