/** Applies rules in order, as mod_rewrite does: what a rule matches, what it makes of the path, which rule is next. */

import { forceCookie, setVariable } from "./effects.ts";
import type { Request } from "../request.ts";
import { conditionsHold, type Rule } from "./rule.ts";
import type { Filling } from "./template.ts";
import { isAbsoluteUrl, qualified, reduced, splitQuery } from "./url.ts";

/** What a run came to. */
export type Outcome =
  | { readonly kind: "unchanged" }
  | { readonly kind: "status"; readonly status: number }
  | {
      readonly kind: "changed";
      /** A path, a file name (in the context of a directory) or a URL. */
      readonly target: string;
      readonly query: string;
      readonly escape: boolean;
      readonly proxy: boolean;
      readonly passThrough: boolean;
      /** Of a redirect. */
      readonly status: number;
    };

const UNCHANGED: Outcome = { kind: "unchanged" };

/** Twice a request line: rules that make paths longer than that are going round in circles. */
const MAX_TARGET = 2 * 8190;

/** Where rules stand: in the server, or in a directory (ends with "/"). */
export type Place = string | null;

export function applyRules(rules: readonly Rule[], place: Place, request: Request): Outcome {
  return new Run(place, request).go(rules);
}

class Run {
  #place: Place;
  #request: Request;
  #target: string;
  #query: string;
  #redirectStatus = 302;
  #refused = false;

  constructor(place: Place, request: Request) {
    this.#place = place;
    this.#request = request;
    this.#target = place === null ? request.path : request.filename;
    this.#query = request.query;
  }

  go(rules: readonly Rule[]): Outcome {
    let changed = false;
    let escape = true;
    let rounds = 0;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as Rule;
      const { flags } = rule;
      const found = this.#apply(rule);
      if (found === "no match") {
        // The rest of a chain goes with its first rule.
        while (index < rules.length && rules[index]?.flags.chain) index++;
        continue;
      }
      if (this.#refused) return { kind: "status", status: 403 };
      if (this.#target.length > MAX_TARGET) return { kind: "status", status: 500 };
      if (flags.status !== null) return { kind: "status", status: flags.status };
      if (found === "changed") {
        changed = true;
        escape = !flags.noEscape;
      }
      if (flags.passThrough) return this.#changed(true, false, true);
      if (flags.end) this.#request.rewriteEnded = true;
      if (flags.proxy && found === "changed") return this.#changed(escape, true, false);
      if (flags.end || flags.last || flags.proxy) break;
      if (flags.next !== null) {
        if (++rounds >= flags.next) return { kind: "status", status: 500 };
        index = -1;
        continue;
      }
      index += flags.skip;
    }
    return changed ? this.#changed(escape, false, false) : UNCHANGED;
  }

  #changed(escape: boolean, proxy: boolean, passThrough: boolean): Outcome {
    const status = this.#redirectStatus;
    return { kind: "changed", target: this.#target, query: this.#query, escape, proxy, passThrough, status };
  }

  #apply(rule: Rule): "no match" | "matched" | "changed" {
    const request = this.#request;
    const place = this.#place;
    let subject = this.#target;
    if (place !== null) {
      subject += request.pathInfo;
      if (subject.startsWith(place)) subject = subject.slice(place.length);
    }
    const found = rule.pattern.exec(subject);
    if ((found !== null) === rule.negated) return "no match";
    // Variables show what earlier rules have made.
    request.filename = this.#target;
    request.query = this.#query;
    const filling: Filling = {
      request,
      rule: rule.negated || found === null ? [] : found,
      condition: [],
      consulted: null,
      questionMark: false,
    };
    const vary = new Set<string>();
    if (!conditionsHold(rule, filling, vary)) return "no match";
    for (const name of vary) request.vary.add(name);
    const made = rule.substitution?.(filling);
    this.#refused = filling.questionMark && !rule.flags.allowQuestionMark && /%3f/i.test(request.head.target);
    for (const variable of rule.environment) setVariable(variable(filling), request);
    for (const cookie of rule.cookies) forceCookie(cookie(filling), request);
    if (made === undefined) {
      this.#force(rule);
      return "matched";
    }
    this.#take(rule, made);
    return "changed";
  }

  /** Makes `made` the target, put where the rule stands. */
  #take(rule: Rule, made: string): void {
    const { flags } = rule;
    const request = this.#request;
    const place = this.#place;
    let target = made;
    if (!made.startsWith("/") && !isAbsoluteUrl(made)) {
      if (place !== null) target = place + made;
      else if (!flags.proxy && flags.redirect === null) target = `/${made}`;
    }
    if (place !== null && flags.discardPathInfo) request.pathInfo = "";
    const { url, query } = splitQuery(target, this.#query, flags);
    this.#query = query;
    if (flags.proxy) {
      this.#target = qualified(url, request);
    } else if (flags.redirect !== null) {
      this.#target = qualified(url, request);
      this.#redirectStatus = flags.redirect;
    } else {
      this.#target = reduced(url, request);
      if (!isAbsoluteUrl(this.#target)) this.#force(rule);
    }
  }

  #force({ flags }: Rule): void {
    if (flags.type !== null) this.#request.type = flags.type;
    if (flags.handler !== null) this.#request.handler = flags.handler;
  }
}
