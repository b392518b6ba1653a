/** Reads and checks the directives of a server before it starts; the settings then carry what they say. */

import type { Settings } from "../settings/settings.ts";
import { compilePlan, type Plan } from "./config/compile.ts";
import { parseOverride, type Override } from "./config/override.ts";
import { DirectiveError } from "./syntax/directive.ts";
import { Reader, type Source } from "./syntax/read.ts";

/** The settings with what their files say, or what is wrong with those. */
export function readDirectives(settings: Settings, source: Source): Settings | { readonly problem: string } {
  const { directives } = settings;
  if (directives === null) return settings;
  try {
    const reader = new Reader(source, `${fileText(settings.server.root)}/`);
    const read = (path: string) => reader.file(fileText(path), { file: path, line: 0 });
    const included = directives.includeFiles.flatMap(read);
    const rules = directives.rewriteRules === null ? [] : read(directives.rewriteRules);
    const whole = { ...settings, directives: { ...directives, included, rules } };
    // What else it comes to is thrown away: each front end makes its own.
    const { plan, override } = planOf(whole);
    const { changes } = plan.draft;
    // An empty file of rules, as there is in most server roots, asks for nothing.
    if (included.length === 0 && rules.length === 0 && override === null) return { ...settings, directives: null };
    return changes.reduce<Settings>((changed, change) => change(changed), whole);
  } catch (error) {
    if (!(error instanceof DirectiveError)) throw error;
    return { problem: Buffer.from(error.message, "latin1").toString() };
  }
}

/** @throws DirectiveError for what can't be used */
export function planOf({ directives, files, server }: Settings): {
  readonly plan: Plan;
  readonly override: Override | null;
} {
  const plan = compilePlan(directives?.included ?? [], directives?.rules ?? [], {
    documentRoot: fileText(files.documentRoot).replace(/\/+$/, ""),
    base: `${fileText(server.root)}/`,
    cgi: files.cgi,
  });
  return { plan, override: parseOverride(directives?.allowOverride ?? []) };
}

/** Settings are Unicode, requests and file names are bytes. */
export function fileText(path: string): string {
  return Buffer.from(path).toString("latin1");
}
