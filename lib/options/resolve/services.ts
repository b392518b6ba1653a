/** The services: which scripts run next to the application, as whom, and where they log. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { Identity, Service } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import { resolveServiceIdentity } from "./identity.ts";

export interface Services {
  readonly services: readonly Service[];
  readonly warnings: readonly string[];
}

const ABOUT_ONE = ["service-user", "service-group", "service-log-file"] as const;

/** `server` is who the rest of the server runs as. */
export function resolveServices(
  { values }: Parsed,
  logDirectory: string,
  server: Identity,
  facts: Facts,
): Services | Problem {
  const services: Service[] = [];
  const warnings: string[] = [];
  for (const [name, path] of values["service-script"]) {
    if (services.some((service) => service.name === name)) return twice(name);
    const script = absolute(facts.directory, path);
    const user = lastFor(name, values["service-user"]);
    const runAs = resolveServiceIdentity(name, user, lastFor(name, values["service-group"]), server, facts);
    if ("what" in runAs) return runAs;
    const file = lastFor(name, values["service-log-file"]);
    // Below the log directory in any case, also when it begins with a slash.
    const log = file === undefined ? null : absolute("/", `${logDirectory}/${file}`);
    services.push({ name, script, identity: runAs.identity, log });
    warnings.push(...runAs.warnings);
    if (facts.kindOf(script) !== "missing") continue;
    warnings.push(
      `--service-script ${name} ${script}: there is no such file; the service is tried again until there is`,
    );
  }
  for (const option of ABOUT_ONE) {
    for (const [name] of values[option]) {
      if (services.some((service) => service.name === name)) continue;
      warnings.push(`--${option} ${name}: there is no --service-script of that name`);
    }
  }
  return { services, warnings };
}

function lastFor(name: string, pairs: readonly (readonly [string, string])[]): string | undefined {
  return pairs.findLast(([service]) => service === name)?.[1];
}

function twice(name: string): Problem {
  return {
    exit: 2,
    what: `there are two services ${name}`,
    from: [["--service-script", name]],
    advice: "Give each a name of its own.",
  };
}
