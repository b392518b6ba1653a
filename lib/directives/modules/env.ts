/** The directives of mod_env and mod_setenvif. */

import type { EnvChange } from "../config/config.ts";
import { define, type Module, type Scope } from "./definition.ts";
import { envIf, envIfExpression, type EnvIf } from "./env-if.ts";

function addChanges({ config }: Scope, changes: readonly EnvChange[]): void {
  config.env = [...(config.env ?? []), ...changes];
}

function addRule({ config }: Scope, rule: EnvIf): void {
  config.envIf = [...(config.envIf ?? []), rule];
}

export const envModule: Module = {
  name: "mod_env",
  directives: [
    define({
      name: "SetEnv",
      words: [1, 2],
      apply: ([name = "", value = ""], scope) => addChanges(scope, [{ name, value }]),
    }),
    define({
      name: "PassEnv",
      words: [1, 999],
      apply(names, scope) {
        // The environment does not change while the server runs; a variable that is not there is not passed.
        addChanges(
          scope,
          names.flatMap((name) => {
            const value = process.env[name];
            return value === undefined ? [] : [{ name, value: Buffer.from(value).toString("latin1") }];
          }),
        );
      },
    }),
    define({
      name: "UnsetEnv",
      words: [1, 999],
      apply: (names, scope) =>
        addChanges(
          scope,
          names.map((name) => ({ name, value: null })),
        ),
    }),
  ],
  refused: [],
};

export const setEnvIfModule: Module = {
  name: "mod_setenvif",
  directives: [
    define({
      name: "SetEnvIf",
      words: [3, 999],
      shortfall: "`Remote_Host` is the address",
      apply: ([attribute = "", regex = "", ...changes], scope) =>
        addRule(scope, envIf(attribute, regex, false, changes)),
    }),
    define({
      name: "SetEnvIfNoCase",
      words: [3, 999],
      shortfall: "`Remote_Host` is the address",
      apply: ([attribute = "", regex = "", ...changes], scope) =>
        addRule(scope, envIf(attribute, regex, true, changes)),
    }),
    define({
      name: "SetEnvIfExpr",
      words: [2, 999],
      apply: ([expression = "", ...changes], scope) => addRule(scope, envIfExpression(expression, changes)),
    }),
    define({
      name: "BrowserMatch",
      words: [2, 999],
      apply: ([regex = "", ...changes], scope) => addRule(scope, envIf("User-Agent", regex, false, changes)),
    }),
    define({
      name: "BrowserMatchNoCase",
      words: [2, 999],
      apply: ([regex = "", ...changes], scope) => addRule(scope, envIf("User-Agent", regex, true, changes)),
    }),
  ],
  refused: [],
};
