/** What the options about hosts and proxies come to. */

import { describe, expect, test } from "bun:test";
import { parseArguments, type Parsed } from "../../lib/options/argv.ts";
import { siteOf, siteWarnings, trustOf } from "../../lib/options/resolve/site.ts";

function parsed(...words: readonly string[]): Parsed {
  const parse = parseArguments(words);
  if (parse.kind !== "parsed") throw new Error(JSON.stringify(parse));
  return parse.parsed;
}

describe("the site", () => {
  test("has no name and redirects nobody without options", () => {
    expect(siteOf(parsed().values)).toEqual({
      serverName: null,
      serverAliases: [],
      allowLocalhost: false,
      httpsOnly: false,
      hstsPolicy: null,
    });
  });

  test("has no name when that is empty, as a variable that is not set", () => {
    expect(siteOf(parsed("--server-name=").values).serverName).toBeNull();
  });

  test("has its policy with or without the quotes that a configuration file would need", () => {
    const policy = (text: string) => siteOf(parsed("--https-only", `--hsts-policy=${text}`).values).hstsPolicy;
    expect(["max-age=1; preload", '"max-age=1; preload"', 'max-age="1"', ""].map(policy)).toEqual([
      "max-age=1; preload",
      "max-age=1; preload",
      'max-age="1"',
      null,
    ]);
    expect(siteOf(parsed("--hsts-policy=max-age=1").values).hstsPolicy).toBeNull();
  });
});

test("trust is in nobody without options, in headers by lower-case names in order, and in lists of subnets", () => {
  expect(trustOf(parsed().values)).toEqual({ headers: [], peers: null, proxyProtocol: [] });
  const words = ["--trust-proxy-header=X-Real-IP", "--trust-proxy-header=Forwarded", "--trust-proxy=10.1  ::1"];
  expect(trustOf(parsed(...words, "--trust-proxy=10.2", "--proxy-protocol=10.3 10.4").values)).toEqual({
    headers: ["x-real-ip", "forwarded"],
    peers: ["10.1", "::1", "10.2"],
    proxyProtocol: ["10.3", "10.4"],
  });
});

test("options that do nothing for want of another one are told", () => {
  const useless = ["--server-alias=a", "--allow-localhost", "--hsts-policy=max-age=1", "--trust-proxy=10.1"];
  expect(siteWarnings(parsed(...useless))).toEqual([
    "--server-alias has no effect without --server-name",
    "--allow-localhost has no effect without --server-name",
    "--hsts-policy has no effect without --https-only",
    "--trust-proxy has no effect without --trust-proxy-header",
  ]);
  const useful = ["--server-name=b", "--https-only", "--trust-proxy-header=x-scheme"];
  expect(siteWarnings(parsed(...useless, ...useful))).toEqual([]);
  expect(siteWarnings(parsed("--trust-proxy-header=X-Forwarded-By"))).toEqual([
    "--trust-proxy-header X-Forwarded-By: no proxy is known to tell anything by it, so it has no effect",
  ]);
});
