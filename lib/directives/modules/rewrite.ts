/** The directives of mod_rewrite. */

import { makeMap, type LookUp } from "../rewrite/maps.ts";
import { parseCondition } from "../rewrite/condition.ts";
import type { RewriteConfig, RewriteOptions } from "../rewrite/context.ts";
import { parseRule } from "../rewrite/rule.ts";
import { define, isOn, type Module, type Scope } from "./definition.ts";

function change({ config, directory, place }: Scope, changes: Partial<RewriteConfig>): void {
  if (place !== "server" && directory === null) {
    throw new Error("rules need a directory: they can't stand in <Files>, or in <If> outside of one");
  }
  const before = config.rewrite ?? { engine: undefined, rules: [], directory, base: undefined, options: {} };
  config.rewrite = { ...before, ...changes };
}

function mapsOf({ server }: Scope): (name: string) => LookUp {
  return (name) => {
    const map = server.maps.get(name);
    if (map === undefined) throw new Error(`there is no RewriteMap ${name}`);
    return map;
  };
}

const OPTIONS: Readonly<Record<string, RewriteOptions>> = {
  inherit: { inherit: "after" },
  inheritbefore: { inherit: "before" },
  mergebase: { mergeBase: true },
  allownoslash: { allowNoSlash: true },
  // Without virtual hosts nobody is below; what the others allow, Malt does or never does.
  inheritdown: {},
  inheritdownbefore: {},
  ignoreinherit: {},
  allowanyuri: {},
  ignorecontextinfo: {},
  legacyprefixdocroot: {},
  longurloptimization: {},
};

export const rewriteModule: Module = {
  name: "mod_rewrite",
  directives: [
    define({
      name: "RewriteEngine",
      words: [1, 1],
      apply: ([word], scope) => change(scope, { engine: isOn(word) }),
    }),
    define({
      name: "RewriteBase",
      words: [1, 1],
      apply([base = ""], scope) {
        if (!base.startsWith("/")) throw new Error(`RewriteBase is a URL path, so ${base} must begin with "/"`);
        change(scope, { base });
      },
    }),
    define({
      name: "RewriteCond",
      words: "rewrite",
      shortfall: "`-U` and `%{LA-U:…}` are refused; `-F` is `-f`",
      apply: (words, scope) => void scope.conditions.push(parseCondition(words, mapsOf(scope))),
    }),
    define({
      name: "RewriteRule",
      words: "rewrite",
      shortfall: "every rewritten path goes through aliases, as with `PT`; no rewrite leaves the document root",
      apply(words, scope) {
        const conditions = scope.conditions.splice(0);
        const rule = parseRule(words, conditions, mapsOf(scope));
        change(scope, { rules: [...(scope.config.rewrite?.rules ?? []), rule] });
      },
    }),
    define({
      name: "RewriteOptions",
      words: [1, 99],
      shortfall: "`Inherit`, `InheritBefore`, `MergeBase` and `AllowNoSlash` act; the others are accepted",
      apply(words, scope) {
        const added = words.map((word) => {
          const option = OPTIONS[word.toLowerCase()];
          if (option === undefined) throw new Error(`RewriteOptions has no option ${word}`);
          return option;
        });
        change(scope, { options: Object.assign({}, scope.config.rewrite?.options, ...added) as RewriteOptions });
      },
    }),
    define({
      name: "RewriteMap",
      words: [2, 3],
      where: "server",
      override: null,
      shortfall: "the types `int`, `txt` and `rnd`",
      apply([name = "", source = ""], { server, base }) {
        const path = /^(txt|rnd):(?!\/)(.*)$/s.exec(source);
        server.maps.set(name, makeMap(path === null ? source : `${path[1]}:${base}${path[2]}`));
      },
    }),
  ],
  refused: [],
};
