/** Whether the TLS options given belong together. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { OptionName } from "../table.ts";

const USELESS_WITHOUT_PORT = [
  "ssl-certificate",
  "ssl-certificate-file",
  "ssl-certificate-key-file",
  "ssl-certificate-chain-file",
  "ssl-ca-certificate-file",
  "ssl-verify-client",
] as const satisfies readonly OptionName[];

/** Half of a TLS set-up is refused: it would leave a site in the clear that someone meant to protect. */
export function tlsProblems({ values, given }: Parsed, facts: Facts): readonly Problem[] {
  const port = values["https-port"];
  if (port === undefined) {
    const useless = USELESS_WITHOUT_PORT.filter((name) => given.has(name));
    if (useless.length === 0) return [];
    return [
      {
        exit: 2,
        what: "there are options about TLS, but no port for it",
        from: useless.map((name) => [`--${name}`, given.get(name)!.join(" ")]),
        advice: "Give --https-port NUMBER, or leave these options out.",
      },
    ];
  }
  return [...portProblems(port, values.port), ...certificateProblems({ values, given }, facts)];
}

function portProblems(port: number, plain: number): readonly Problem[] {
  if (port !== plain) return [];
  return [
    {
      exit: 2,
      what: "the same port cannot serve HTTP and HTTPS",
      from: [
        ["--port", `${plain}`],
        ["--https-port", `${port}`],
      ],
      advice: "Give one of them another number.",
    },
  ];
}

function certificateProblems({ values, given }: Pick<Parsed, "values" | "given">, facts: Facts): readonly Problem[] {
  const problems: Problem[] = [];
  const common = values["ssl-certificate"];
  const hasPair = given.has("ssl-certificate-file") && given.has("ssl-certificate-key-file");
  if (common === undefined && !hasPair) {
    problems.push({
      exit: 2,
      what: "the HTTPS port needs a certificate and its key",
      from: [
        ["--https-port", `${values["https-port"]}`],
        ["--ssl-certificate-file", values["ssl-certificate-file"] ?? "(not given)"],
        ["--ssl-certificate-key-file", values["ssl-certificate-key-file"] ?? "(not given)"],
      ],
      advice: "Give both files, or --ssl-certificate PATH for PATH.crt and PATH.key.",
    });
  }
  for (const ending of common === undefined ? [] : ["crt", "key"]) {
    const path = `${absolute(facts.directory, common!)}.${ending}`;
    if (facts.kindOf(path) !== "missing") continue;
    problems.push({
      exit: 1,
      what: `there is no file ${path}`,
      from: [["--ssl-certificate", common!]],
      advice: "The option takes the path without the endings: PATH for PATH.crt and PATH.key.",
    });
  }
  if (values["ssl-verify-client"].length > 0 && !given.has("ssl-ca-certificate-file")) {
    problems.push({
      exit: 2,
      what: "client certificates are asked for, but nothing says whose to trust",
      from: [["--ssl-verify-client", values["ssl-verify-client"].join(" ")]],
      advice: "Give --ssl-ca-certificate-file FILE-PATH.",
    });
  }
  return problems;
}
