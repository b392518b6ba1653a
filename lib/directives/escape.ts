/** Percent-encoding, as the directives that build URLs do it. Pure; text is latin-1, a byte a character. */

/** What Apache keeps in the path of a URL; everything else is escaped. */
const OUTSIDE_PATH = /[^A-Za-z0-9$\-_.+!*'(),:;@&=/~]/g;

/** `ap_escape_uri`: a path, for a Location. */
export function escapeUri(text: string): string {
  return text.replace(OUTSIDE_PATH, encoded);
}

/** The flag B: what isn't a letter, a digit or "_". `plus` makes a blank "+". */
export function escapeBackreference(text: string, plus = false): string {
  return text.replace(/[^A-Za-z0-9_]/g, (character) => (plus && character === " " ? "+" : encoded(character)));
}

/** Only these characters. */
export function escapeOnly(text: string, characters: string): string {
  return text.replace(/[^]/g, (character) => (characters.includes(character) ? encoded(character) : character));
}

/** Escapes that are malformed stay. */
export function unescapeUri(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_whole, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

export function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
