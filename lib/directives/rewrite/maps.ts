/** RewriteMap: `int:` functions, and `txt:` and `rnd:` files, which are read anew when they change. */

import { escapeUri, unescapeUri } from "../escape.ts";
import type { Request } from "../request.ts";

/** What a map has for a key; undefined when it has nothing. */
export type LookUp = (key: string, request: Request) => string | undefined;

/** The map of a name; throws an Error when there is none. */
export type Maps = (name: string) => LookUp;

const INTERNAL: Readonly<Record<string, (key: string) => string>> = {
  tolower: (key) => key.toLowerCase(),
  toupper: (key) => key.toUpperCase(),
  escape: (key) => escapeUri(key),
  unescape: (key) => unescapeUri(key),
};

/**
 * @param source `TYPE:REST`, as in the directive
 * @param random between 0 and 1; for `rnd:`
 * @throws Error for a type that isn't supported
 */
export function makeMap(source: string, random: () => number = Math.random): LookUp {
  const [, type = "txt", rest = source] = /^([a-z]+):([^]*)$/.exec(source) ?? [];
  switch (type) {
    case "int": {
      const apply = INTERNAL[rest];
      if (apply === undefined) throw new Error(`there is no internal map ${rest}: tolower, toupper, escape, unescape`);
      return apply;
    }
    case "txt":
      return fileMap(rest);
    case "rnd": {
      const lookUp = fileMap(rest);
      return (key, request) => {
        const choices = lookUp(key, request)?.split("|");
        return choices?.[Math.floor(random() * choices.length)];
      };
    }
    default:
      throw new Error(`maps of the type ${type} are not supported: use int, txt or rnd`);
  }
}

function fileMap(path: string): LookUp {
  let text: string | undefined;
  let entries: ReadonlyMap<string, string> = new Map();
  return (key, { world }) => {
    // The border keeps texts, so the same text is the same file.
    const current = world.read(path);
    if (current !== text) {
      text = current;
      entries = parseMap(current ?? "");
    }
    return entries.get(key);
  };
}

/** A key and a value on each line; the first line of a key counts. */
function parseMap(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const [key, value] = line.trim().split(/\s+/);
    if (key !== undefined && key !== "" && value !== undefined && !entries.has(key)) entries.set(key, value);
  }
  return entries;
}
