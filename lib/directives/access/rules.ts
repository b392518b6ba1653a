/** Who may: the tree of `Require` and its containers, and the older `Order`, `Allow` and `Deny`. */

import type { Request } from "../request.ts";

/** "no user" is a refusal that a user name could change. */
export type Verdict = "granted" | "denied" | "no user" | "neutral";

export type Rule =
  | {
      readonly kind: "one";
      readonly negated: boolean;
      /** Of `<Limit>`; null is every method. */
      readonly appliesTo: ((method: string) => boolean) | null;
      readonly decide: (request: Request, groups: GroupsOf) => Verdict;
    }
  | { readonly kind: "all" | "any" | "none"; readonly negated: boolean; readonly parts: readonly Rule[] };

/** The groups of the user of a request. */
export type GroupsOf = () => ReadonlySet<string>;

export interface Access {
  readonly merging: "off" | "and" | "or";
  readonly tree: Rule;
}

/** Whether any of the rules is about the method: outside of `<Limit>` its rules are not there. */
export function concerns(rule: Rule, method: string): boolean {
  if (rule.kind === "one") return rule.appliesTo?.(method) ?? true;
  return rule.parts.some((part) => concerns(part, method));
}

export function judge(rule: Rule, request: Request, groups: GroupsOf): Verdict {
  if (!concerns(rule, request.head.method)) return "neutral";
  const verdict = rule.kind === "one" ? rule.decide(request, groups) : combine(rule.kind, rule.parts, request, groups);
  if (!rule.negated || verdict === "neutral") return verdict;
  // What is negated can keep out, but not let in.
  return verdict === "granted" ? "denied" : "neutral";
}

function combine(kind: "all" | "any" | "none", parts: readonly Rule[], request: Request, groups: GroupsOf): Verdict {
  let result: Verdict = "neutral";
  for (const part of parts) {
    const verdict = judge(part, request, groups);
    if (verdict === "neutral") continue;
    if (kind === "all") {
      if (verdict === "denied") return "denied";
      if (verdict === "no user") result = "no user";
      else if (result === "neutral") result = "granted";
    } else if (verdict === "granted") {
      return kind === "any" ? "granted" : "denied";
    } else if (kind === "none") {
      if (verdict === "no user") result = "no user";
    } else if (result !== "no user") {
      result = verdict;
    }
  }
  return result;
}

export interface CompatAccess {
  readonly order?: "deny,allow" | "allow,deny";
  readonly allows: readonly CompatRule[];
  readonly denies: readonly CompatRule[];
}

export interface CompatRule {
  /** Of `<Limit>`; null is every method. */
  readonly appliesTo: ((method: string) => boolean) | null;
  readonly matches: (request: Request) => boolean;
}

export function allowsCompat({ order = "deny,allow", allows, denies }: CompatAccess, request: Request): boolean {
  const some = (rules: readonly CompatRule[]) =>
    rules.some(({ appliesTo, matches }) => (appliesTo?.(request.head.method) ?? true) && matches(request));
  if (order === "deny,allow") return some(allows) || !some(denies);
  return some(allows) && !some(denies);
}
