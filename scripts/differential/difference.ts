/** What two servers make of one message, in words, and whether it is the same. Pure. */

import { facts, type Account, type Facts } from "../../tests/http/h1/corpus/converse.ts";
import type { Entry, Taken } from "../../tests/http/h1/corpus/entry.ts";

/**
 * Statuses, what the application got if that isn't what the corpus says, and what became of the connection: the same words
 * for the same outcome.
 */
export function inWords(entry: Entry, { answers, requests, waited }: Account): string {
  const wanted = entry.requests.filter(({ status }) => status === null);
  const probed = requests.at(-1)?.target === "/probe";
  const own = probed ? requests.slice(0, -1) : requests;
  const statuses = probed ? answers.slice(0, -1) : answers;
  const words = [statuses.length > 3 ? `${statuses.length} answers` : statuses.join(", ") || "no answer"];
  for (const [n, request] of own.entries()) {
    const seen = wanted[n];
    if (seen === undefined)
      words.push(`runs ${quoted(`${request.method} ${request.target}`)} with ${quoted(request.body)}`);
    else words.push(...deviations(facts(request, seen), seen));
  }
  if (own.length < wanted.length) words.push(`runs ${own.length} of ${wanted.length}`);
  if (probed) words.push("goes on");
  else if (waited && entry.after !== "waits") words.push("waits for more");
  return words.join("; ");
}

/** "body is …" for everything in which `seen` is not as `wanted`. */
function deviations({ environ, ...seen }: Facts, wanted: Taken): string[] {
  const pairs = [...Object.entries(seen), ...Object.entries(environ)];
  const all: Readonly<Record<string, unknown>> = { ...wanted, ...wanted.environ };
  return pairs
    .filter(([key, value]) => value !== all[key])
    .map(([key, value]) => `${key} is ${quoted(value ?? "not there")}`);
}

/** As code, with what can't be seen escaped, and no longer than a table bears. */
function quoted(text: string): string {
  const visible = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[\x7f-\xff]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
  const short = visible.length > 40 ? `${visible.slice(0, 37)}…` : visible;
  return short === "" ? "nothing" : `\`${short.replaceAll("|", "\\|")}\``;
}
