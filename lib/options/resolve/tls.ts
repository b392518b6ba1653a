/** What the TLS options come to, and whether those given belong together. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { CertificateFiles, Tls } from "../../settings/settings.ts";
import { normalUrlPath } from "../../settings/urls.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { OptionName } from "../table.ts";

const USELESS_WITHOUT_PORT = [
  "ssl-certificate",
  "ssl-certificate-file",
  "ssl-certificate-key-file",
  "ssl-certificate-chain-file",
  "ssl-sni-certificate",
  "ssl-ca-certificate-file",
  "ssl-verify-client",
] as const satisfies readonly OptionName[];

/** null without a port for HTTPS. {@link tlsProblems} has found nothing. */
export function resolveTls({ values }: Parsed, facts: Facts): Tls | null {
  if (values["https-port"] === undefined) return null;
  const named = (option: string, path: string) => ({ option: `--${option}`, path: absolute(facts.directory, path) });
  const pair = (option: string, path: string): CertificateFiles => ({
    certificate: named(option, `${path}.crt`),
    key: named(option, `${path}.key`),
    chain: null,
  });
  const common = values["ssl-certificate"];
  const chain = values["ssl-certificate-chain-file"];
  const main: CertificateFiles =
    common === undefined
      ? {
          certificate: named("ssl-certificate-file", values["ssl-certificate-file"] ?? ""),
          key: named("ssl-certificate-key-file", values["ssl-certificate-key-file"] ?? ""),
          chain: null,
        }
      : pair("ssl-certificate", common);
  const authorities = values["ssl-ca-certificate-file"];
  const urlPaths = values["ssl-verify-client"].map(normalUrlPath);
  return {
    certificates: [
      { ...main, chain: chain === undefined ? null : named("ssl-certificate-chain-file", chain) },
      ...values["ssl-sni-certificate"].map((path) => pair("ssl-sni-certificate", path)),
    ],
    clients:
      authorities === undefined
        ? null
        : {
            authorities: named("ssl-ca-certificate-file", authorities),
            urlPaths: urlPaths.length === 0 ? ["/"] : urlPaths,
          },
    environment: values["ssl-environment"],
  };
}

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
  if (port !== plain || port === 0) return [];
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
  for (const [option, prefix] of [
    ...(common === undefined ? [] : [["--ssl-certificate", common] as const]),
    ...values["ssl-sni-certificate"].map((path) => ["--ssl-sni-certificate", path] as const),
  ]) {
    for (const ending of ["crt", "key"]) {
      const path = `${absolute(facts.directory, prefix)}.${ending}`;
      if (facts.kindOf(path) !== "missing") continue;
      problems.push({
        exit: 1,
        what: `there is no file ${path}`,
        from: [[option, prefix]],
        advice: "The option takes the path without the endings: PATH for PATH.crt and PATH.key.",
      });
    }
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
