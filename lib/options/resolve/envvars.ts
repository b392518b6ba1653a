/** What a script of the operator's adds to the environment before the start. Pure: asks the machine through `Facts`. */

import { absolute } from "../../settings/paths.ts";
import type { Parsed } from "../argv.ts";
import type { Environment } from "../expand.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import { describeObstacle, exposureOf } from "./permissions.ts";
import { serverRootOf } from "./server-root.ts";
import { shellOf } from "./shell.ts";

export interface Adopted {
  readonly environment: Environment;
  readonly warnings: readonly string[];
}

/**
 * The environment after --envvars-script, or without it the file `envvars` of the server root, was read by the shell.
 * What is missing or wrong among the options is left to those who resolve them.
 */
export function adoptVariables({ values, given }: Parsed, facts: Facts): Adopted | Problem {
  const unchanged: Adopted = { environment: facts.environment, warnings: [] };
  const shell = shellOf(values["shell-executable"], facts);
  if (typeof shell !== "string") return unchanged;
  const root = serverRootOf(values, facts);
  const chosen = values["envvars-script"];
  const path = chosen === undefined ? `${root}/envvars` : absolute(facts.directory, chosen);
  if (facts.kindOf(path) !== "file" || facts.isEmpty(path)) return unchanged;

  const label = chosen === undefined ? "envvars" : "--envvars-script";
  // Who names a file knows whose it is; a server root with a name that anyone can guess may have been made by anyone.
  const isGuessable = chosen === undefined && !given.has("server-root");
  const exposure = facts.uid === 0 || isGuessable ? exposureOf(path, facts.uid, facts.entryAt) : null;
  if (exposure !== null) {
    return {
      exit: 1,
      what: `the script ${path} is not run: others could change what it does`,
      from: [
        [label, path],
        ["because", describeObstacle(exposure, facts)],
      ],
      advice: `Only ${facts.uid === 0 ? "root" : "this user"} may own it and what is above it, or write there.`,
    };
  }

  const locale = values.locale ?? values.lang;
  const exports = facts.runScript(shell, path, {
    ...facts.environment,
    ...(locale === undefined ? {} : { LANG: locale, LC_ALL: locale }),
    MOD_WSGI_SERVER_ROOT: root,
  });
  if ("failure" in exports) {
    return {
      exit: 1,
      what: `the script ${path}, which sets the environment, failed`,
      from: [
        [label, path],
        ["it said", exports.failure],
      ],
      advice: `Correct it; ${shell} ${path} shows more.`,
    };
  }
  const warnings = exports.said === "" ? [] : [`${label} ${path} said: ${exports.said}`];
  return { environment: exports.environment, warnings };
}
