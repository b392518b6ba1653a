/** The names of the site, and who is believed when it speaks for others. Pure. */

import { isSchemeHeader, subjectsOf } from "../../settings/proxy-headers.ts";
import type { Site, Trust } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Problem } from "../problem.ts";

type Values = Parsed["values"];

export function siteOf(values: Values): Site {
  return {
    // An empty name is none, as of a variable that is not set.
    serverName: values["server-name"] || null,
    serverAliases: values["server-alias"],
    allowLocalhost: values["allow-localhost"],
    httpsOnly: values["https-only"],
    hstsPolicy: values["https-only"] ? unquoted(values["hsts-policy"]) : null,
  };
}

export function trustOf(values: Values): Trust {
  const peers = words(values["trust-proxy"]);
  return {
    headers: values["trust-proxy-header"].map((name) => name.toLowerCase()),
    peers: peers.length === 0 ? null : peers,
    proxyProtocol: words(values["proxy-protocol"]),
  };
}

/** Without anybody who speaks HTTPS there is nowhere to redirect to. */
export function httpsOnlyProblems({ values }: Parsed): readonly Problem[] {
  const headers = values["trust-proxy-header"];
  if (!values["https-only"] || values["https-port"] !== undefined || headers.some(isSchemeHeader)) return [];
  return [
    {
      exit: 2,
      what: "plain requests can't be redirected to HTTPS: nobody here speaks it",
      from: [["--https-only", ""]],
      advice:
        "Give --https-port NUMBER; or, behind a proxy that speaks HTTPS, --trust-proxy-header X-Forwarded-Proto and --trust-proxy with the proxy's address.",
    },
  ];
}

/** Options that do nothing for want of another one. */
export function siteWarnings({ values, given }: Parsed): readonly string[] {
  const useless = (
    [
      ["server-alias", "server-name"],
      ["allow-localhost", "server-name"],
      ["hsts-policy", "https-only"],
      ["trust-proxy", "trust-proxy-header"],
    ] as const
  ).filter(([name, other]) => given.has(name) && !given.has(other));
  const unknown = values["trust-proxy-header"].filter((name) => subjectsOf(name.toLowerCase()).length === 0);
  return [
    ...useless.map(([name, other]) => `--${name} has no effect without --${other}`),
    ...unknown.map(
      (name) => `--trust-proxy-header ${name}: no proxy is known to tell anything by it, so it has no effect`,
    ),
  ];
}

/** The original pastes the value into a configuration file, where blanks need quotes: both spellings are in use. */
function unquoted(policy: string | undefined): string | null {
  if (policy === undefined || policy === "") return null;
  return /^"(.*)"$/.exec(policy)?.[1] ?? policy;
}

function words(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(/\s+/)).filter((word) => word !== "");
}
