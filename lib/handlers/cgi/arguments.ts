/** The words of an indexed query, which a script gets as arguments (RFC 3875 §4.4). Pure. */

/** What a shell would take for more than a letter: scripts hand such words on to one, so Apache has them escaped. */
const SHELL_CHARACTERS = /[&;`'"|*?~<>^()[\]{}$\\\n\x80-\xff]/g;

/**
 * The query split at each "+", decoded; no words when it has a "=", which makes it a form's. Only for methods that §4.4 has
 * in mind, and never when one looks like an option: interpreters read theirs from the same place (php -s showed sources).
 */
export function queryWords(method: string, query: string): readonly string[] {
  if ((method !== "GET" && method !== "HEAD") || query === "" || query.includes("=")) return NONE;
  const words = query.split("+").map(decoded);
  if (words.some((word) => word === undefined || word.startsWith("-") || word.includes("\0"))) return NONE;
  return (words as string[]).map((word) => word.replace(SHELL_CHARACTERS, "\\$&"));
}

const NONE: readonly string[] = [];

/** Latin-1 text, one character a byte; undefined when an escape is malformed. */
function decoded(word: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(word)) return undefined;
  return word.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
