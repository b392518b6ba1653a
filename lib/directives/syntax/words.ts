/** Splits the arguments of a directive, the ways Apache does. Pure. */

/** The words of most directives: quotes group, in quotes `\` escapes the quote, and everywhere itself. */
export function wordsOf(args: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(args[at])) at++;
    if (at >= args.length) return words;
    const quote = args[at] === '"' || args[at] === "'" ? args[at++] : undefined;
    let word = "";
    while (at < args.length && (quote === undefined ? !isBlank(args[at]) : args[at] !== quote)) {
      const next = args[at + 1];
      if (args[at] === "\\" && next !== undefined && (next === "\\" || next === quote)) at++;
      word += args[at++];
    }
    if (quote !== undefined) at++;
    words.push(word);
  }
}

/**
 * The words of mod_rewrite: a quote at the beginning groups, a backslash keeps a blank in a word, and stays. So regular
 * expressions need no second escaping.
 */
export function rewriteWordsOf(args: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(args[at])) at++;
    if (at >= args.length) return words;
    const quote = args[at] === '"' || args[at] === "'" ? args[at++] : undefined;
    const start = at;
    while (at < args.length && (quote === undefined ? !isBlank(args[at]) : args[at] !== quote)) {
      at += args[at] === "\\" && isBlank(args[at + 1]) ? 2 : 1;
    }
    words.push(args.slice(start, at));
    if (quote !== undefined) at++;
  }
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\n" || character === "\r";
}
