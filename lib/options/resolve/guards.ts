/** Options that protect a site, and that this version can't enforce. Pure. */

import type { Parsed } from "../argv.ts";
import type { Problem } from "../problem.ts";
import { options } from "../table.ts";

/** A warning is not enough here: it would scroll by, and the site would be open. */
export function guardProblems({ given }: Parsed): readonly Problem[] {
  const unenforced = [...given].filter(([name]) => {
    const { guards, status } = options.get(name)!;
    return guards && status === "planned";
  });
  if (unenforced.length === 0) return [];
  return [
    {
      exit: 1,
      what: "this version cannot enforce these options yet, and the site would be served without their protection",
      from: unenforced.map(([name, words]) => [`--${name}`, words.join(" ")]),
      advice: "Let a proxy in front of the server do what they ask for, and leave them out.",
    },
  ];
}
