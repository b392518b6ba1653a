/** Who may use the site, as the scripts of the options say. Pure. */

import type { Access } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Problem } from "../problem.ts";

type Values = Parsed["values"];

/** @param at makes a path of an option absolute. */
export function accessOf(values: Values, realm: string, at: (path: string) => string): Access {
  const host = values["host-access-script"];
  const user = values["auth-user-script"];
  const group = values["auth-group-script"];
  return {
    hostScript: host === undefined ? null : at(host),
    login:
      user === undefined
        ? null
        : {
            type: values["auth-type"],
            script: at(user),
            realm,
            group: group === undefined ? null : { script: at(group), name: values["auth-group"] },
          },
  };
}

export function hasAccessScripts(values: Values): boolean {
  return values["host-access-script"] !== undefined || values["auth-user-script"] !== undefined;
}

/** Groups of users that nobody has authenticated would protect nothing. */
export function accessProblems({ values }: Parsed): readonly Problem[] {
  const script = values["auth-group-script"];
  if (script === undefined || values["auth-user-script"] !== undefined) return [];
  return [
    {
      exit: 2,
      what: "nobody has to log in, so the groups of users would protect nothing",
      from: [["--auth-group-script", script]],
      advice: "Give --auth-user-script SCRIPT-PATH too, which knows the users.",
    },
  ];
}

/** Options that do nothing for want of another one. */
export function accessWarnings({ given }: Parsed): readonly string[] {
  return (
    [
      ["auth-type", "auth-user-script"],
      ["auth-group", "auth-group-script"],
    ] as const
  )
    .filter(([name, other]) => given.has(name) && !given.has(other))
    .map(([name, other]) => `--${name} has no effect without --${other}`);
}
