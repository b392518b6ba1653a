/** Which files of Apache directives there are. Pure: they are read later, see the commands. */

import { absolute } from "../../settings/paths.ts";
import type { Directives } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";

/** null when no option, and no rules in the server root, ask for any. */
export function directivesOf({ values }: Parsed, root: string, facts: Facts): Directives | null {
  const at = (path: string) => absolute(facts.directory, path);
  const includeFiles = values["include-file"].map(at);
  const allowOverride = values["allow-override"];
  const usual = `${root}/rewrite.conf`;
  const given = values["rewrite-rules"];
  const rewriteRules = given === undefined ? (facts.kindOf(usual) === "file" ? usual : null) : at(given);
  const hasNone = includeFiles.length === 0 && rewriteRules === null && !overridesSomething(allowOverride);
  return hasNone ? null : { includeFiles, rewriteRules, allowOverride, included: [], rules: [] };
}

function overridesSomething(words: readonly string[]): boolean {
  return words.some((text) => text.split(/\s+/).some((word) => word !== "" && word.toLowerCase() !== "none"));
}
