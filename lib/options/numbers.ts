/** Numbers as Python writes them, the way optparse reads them. Pure. */

const DIGITS = { 2: "[01]", 8: "[0-7]", 10: "[0-9]", 16: "[0-9a-f]" } as const;
const PREFIX = { 2: "0b", 8: "0o", 10: "", 16: "0x" } as const;

type Radix = keyof typeof DIGITS;

/**
 * The integer in `word`, or null: "42", "-1", "0x1F", "0b101", "0o17", "010" (octal), "1_000".
 *
 * Beyond 2^53 the result is only near the number, and beyond 10^308 it is Infinity: no option has a limit that high.
 */
export function pythonInteger(word: string): number | null {
  const start = word.slice(0, 2).toLowerCase();
  // optparse picks the radix from the first characters as typed, so that "-010" is decimal while "010" is octal.
  if (start === "0x") return digits(word, 16);
  if (start === "0b") return digits(word.slice(2) || "0", 2);
  if (word.startsWith("0")) return digits(word, 8);
  return digits(word, 10);
}

/** The floating-point number in `word`, "nan" and "inf" included, or null. */
export function pythonFloat(word: string): number | null {
  const plain = word.trim().toLowerCase();
  if (/^[+-]?nan$/.test(plain)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  const run = "[0-9](?:_?[0-9])*";
  if (!new RegExp(`^[+-]?(?:${run}(?:\\.(?:${run})?)?|\\.${run})(?:e[+-]?${run})?$`).test(plain)) return null;
  return Number(plain.replaceAll("_", ""));
}

/** What `int(word, radix)` gives: blanks around, a sign, the radix's own prefix, single underscores between digits. */
function digits(word: string, radix: Radix): number | null {
  const digit = DIGITS[radix];
  const prefix = PREFIX[radix];
  const shape = new RegExp(`^([+-]?)(?:${prefix ? `${prefix}_?` : ""})?(${digit}(?:_?${digit})*)$`, "i");
  const match = shape.exec(word.trim());
  if (match === null) return null;
  const magnitude = Number((prefix || "") + match[2]!.replaceAll("_", ""));
  return match[1] === "-" && magnitude !== 0 ? -magnitude : magnitude;
}
