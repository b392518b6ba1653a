/** A text in quotes as Python's `repr` writes it: the error texts of optparse quote values this way. Pure. */

const SHORT: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = "";
  for (const character of text) {
    if (character === quote) body += `\\${character}`;
    else body += SHORT[character] ?? (printable(character) ? character : escaped(character.codePointAt(0)!));
  }
  return quote + body + quote;
}

/** Python escapes controls, formats, surrogates, private use, unassigned, and every blank but the plain one. */
function printable(character: string): boolean {
  return character === " " || !/[\p{C}\p{Z}]/u.test(character);
}

function escaped(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}
