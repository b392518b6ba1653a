/** What differs between two answers, in words. Pure. */

import type { Answer } from "./answer.ts";

export interface Sides {
  readonly original: string;
  readonly malt: string;
}

/** null when there is nothing. */
export function difference(original: Answer, malt: Answer): Sides | null {
  const [theirs, ours]: [string[], string[]] = [[], []];
  if (code(original) !== code(malt)) {
    theirs.push(original.status);
    ours.push(malt.status);
  }
  const [lost, added] = [without(original.fields, malt.fields), without(malt.fields, original.fields)];
  // The type of a page that is worded otherwise says nothing.
  theirs.push(...lost.filter((line) => !isOfPage(original, line)));
  ours.push(...added.filter((line) => !isOfPage(malt, line)));
  if (original.body !== malt.body) {
    const [left, right] = [original.body.split("\n"), malt.body.split("\n")];
    theirs.push(...without(left, right).slice(0, MOST_LINES));
    ours.push(...without(right, left).slice(0, MOST_LINES));
    if (theirs.length + ours.length === 0) theirs.push("lines in another order");
  }
  return theirs.length + ours.length === 0 ? null : { original: shown(theirs), malt: shown(ours) };
}

const MOST_LINES = 8;
const LONGEST = 160;

/** Reason phrases have no meaning (RFC 9112 §4). */
function code({ status }: Answer): string {
  return status.slice(0, 3);
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function isOfPage({ status, body }: Answer, line: string): boolean {
  return /^[345]/.test(status) && body === "" && /^content-type: text\/html/i.test(line);
}

function shown(parts: readonly string[]): string {
  const text = parts
    .map((part) => JSON.stringify(part.slice(0, LONGEST)).slice(1, -1).replaceAll("|", "\\|").replaceAll("`", "'"))
    .map((part) => (part === "" ? "an empty line" : `\`${part}\``));
  return text.length === 0 ? "–" : text.join("<br>");
}
