/** RewriteRule, with the conditions in front of it. */

import { compileRegex } from "../syntax/regex.ts";
import type { Condition } from "./condition.ts";
import { parseRuleFlags, type RuleFlags } from "./flags.ts";
import type { Maps } from "./maps.ts";
import { compileTemplate, type Template } from "./template.ts";

export interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly conditions: readonly Condition[];
  /** null for "-": the path stays. */
  readonly substitution: Template | null;
  readonly flags: RuleFlags;
  readonly environment: readonly Template[];
  readonly cookies: readonly Template[];
}

/** @throws Error when it is no good rule */
export function parseRule(words: readonly string[], conditions: readonly Condition[], maps: Maps): Rule {
  const [given, substitution, flagText, ...more] = words;
  if (given === undefined || substitution === undefined || more.length > 0) {
    throw new Error("RewriteRule takes a pattern, a substitution and flags in brackets");
  }
  const flags = parseRuleFlags(flagText);
  const negated = given.startsWith("!");
  return {
    pattern: compileRegex(negated ? given.slice(1) : given, flags.ignoreCase),
    negated,
    conditions,
    substitution:
      substitution === "-" || flags.status !== null ? null : compileTemplate(substitution, maps, flags.escapes),
    flags,
    environment: flags.environment.map((text) => compileTemplate(text, maps)),
    cookies: flags.cookies.map((text) => compileTemplate(text, maps)),
  };
}

/** Whether the conditions hold; adds the request fields that decided to `vary`. */
export function conditionsHold(rule: Rule, filling: Parameters<Template>[0], vary: Set<string>): boolean {
  const { conditions } = rule;
  for (let index = 0; index < conditions.length; index++) {
    let condition = conditions[index] as Condition;
    filling.consulted = null;
    const holds = condition.holds(filling);
    if (condition.flags.noVary) filling.consulted = null;
    if (condition.flags.orNext) {
      if (!holds) continue;
      // One of them is enough.
      while (condition?.flags.orNext) condition = conditions[++index] as Condition;
    } else if (!holds) {
      return false;
    }
    if (filling.consulted !== null) vary.add(filling.consulted);
  }
  return true;
}
