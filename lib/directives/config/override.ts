/** What .htaccess files may say: the words of --allow-override. Pure. */

import type { OverrideClass } from "../modules/definition.ts";

export interface Override {
  readonly classes: ReadonlySet<OverrideClass>;
  /** The options that may be set; null is all of them. */
  readonly options: ReadonlySet<string> | null;
  /** What is passed over instead of being an error. */
  readonly ignores: { readonly forbidden: boolean; readonly unknown: boolean };
}

const CLASSES: readonly OverrideClass[] = ["AuthConfig", "FileInfo", "Indexes", "Limit", "Options"];

/** @param words as given to the option, which has checked them; null when nothing may be said */
export function parseOverride(words: readonly string[]): Override | null {
  const classes = new Set<OverrideClass>();
  let options: Set<string> | null = null;
  const ignores = { forbidden: false, unknown: false };
  let said = false;
  for (const word of words.flatMap((text) => text.split(/\s+/)).filter((text) => text !== "")) {
    const [name = "", value = ""] = word.split("=");
    const lower = name.toLowerCase();
    if (lower === "none") {
      classes.clear();
      said = false;
      continue;
    }
    said = true;
    if (lower === "all") for (const each of CLASSES) classes.add(each);
    else if (lower === "nonfatal") {
      const what = value.toLowerCase();
      if (what !== "unknown") ignores.forbidden = true;
      if (what !== "override") ignores.unknown = true;
    } else {
      const found = CLASSES.find((each) => each.toLowerCase() === lower);
      if (found !== undefined) classes.add(found);
      if (found === "Options" && value !== "") {
        options = new Set([...(options ?? []), ...value.toLowerCase().split(",")]);
      }
    }
  }
  return said ? { classes, options, ignores } : null;
}
