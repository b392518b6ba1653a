/** Which hosts a site serves, and where it sends the others. */

import { describe, expect, test } from "bun:test";
import type { Exchange, RequestHead } from "../../lib/http/exchange.ts";
import { respondStatus } from "../../lib/http/respond.ts";
import { hostStage } from "../../lib/pipeline/host.ts";
import type { Site } from "../../lib/settings/settings.ts";
import { parseUpstream } from "../../lib/settings/upstream.ts";
import { requestHead, type HeadChanges } from "../http/heads.ts";
import { recorder, type Sent } from "../static/recorder.ts";

const NOBODY: Site = {
  serverName: null,
  serverAliases: [],
  allowLocalhost: false,
  httpsOnly: false,
  hstsPolicy: null,
};
const WWW: Site = { ...NOBODY, serverName: "www.example.org" };
const STRICT: Site = { ...WWW, httpsOnly: true, hstsPolicy: "max-age=60" };

interface Outcome extends Sent {
  /** The head that was passed on; null when the stage answered itself. */
  readonly passed: RequestHead | null;
  readonly complaints: readonly string[];
}

function ask(site: Site, changes: HeadChanges, target = "/", httpsPort: number | null = 8443): Outcome {
  const { exchange, sent } = recorder(requestHead(target, changes));
  const complaints: string[] = [];
  const proxies = { mounts: [], hosts: [{ name: "handed-on.test", upstream: parseUpstream("http://up/")! }] };
  const addresses = [{ host: null }];
  const listeners = {
    addresses,
    socketMode: 0o660,
    host: null,
    hostLabel: "localhost",
    port: 8000,
    httpsPort,
    http2: false,
    backlog: 1,
  };
  const stage = hostStage({ site, listeners, proxies }, (_, text) => complaints.push(text));
  let passed: RequestHead | null = null;
  const serve = (given: Exchange): void => {
    passed = given.head;
    respondStatus(given, 404);
  };
  if (stage === null) serve(exchange);
  else stage(exchange, serve);
  return { ...sent(), passed, complaints };
}

/** "site", a status, or a status and a location. */
function outcome(site: Site, changes: HeadChanges, target?: string, httpsPort?: number | null): string {
  const { passed, status, fields } = ask(site, changes, target, httpsPort);
  if (passed !== null) return "site";
  return fields["Location"] === undefined ? `${status}` : `${status} ${fields["Location"]}`;
}

const policy = (site: Site, changes: HeadChanges) => ask(site, changes).fields["Strict-Transport-Security"];

describe("a site with a name", () => {
  const aliased: Site = { ...WWW, serverAliases: ["shop.example.org  Other.test", "*.example.net", "a?c*e.test", "*"] };
  const some: Site = { ...aliased, serverAliases: aliased.serverAliases.slice(0, 3) };
  const table: readonly (readonly [site: Site, host: string, outcome: string])[] = [
    [NOBODY, "whoever.test", "site"],
    [NOBODY, "", "site"],
    [WWW, "www.example.org", "site"],
    [{ ...WWW, serverName: "WWW.Example.ORG." }, "www.example.org", "site"],
    [WWW, "other.test", "403"],
    [WWW, "handed-on.test", "site"],
    [STRICT, "handed-on.test", "site"],
    [WWW, "", "403"],
    [WWW, "192.0.2.2", "403"],
    [WWW, "xwww.example.org", "403"],
    [WWW, "www.example.org.evil.test", "403"],
    [WWW, "localhost", "403"],
    [WWW, "example.org", "301 http://www.example.org:8000/"],
    [{ ...WWW, serverName: "WWW.example.org" }, "example.org", "301 http://WWW.example.org:8000/"],
    [{ ...WWW, serverName: "example.org" }, "www.example.org", "403"],
    [{ ...WWW, serverName: "wwwexample.org" }, "example.org", "403"],
    [some, "shop.example.org", "site"],
    [some, "other.test", "site"],
    [some, "a.b.example.net", "site"],
    [some, "example.net", "403"],
    [some, "abcde.test", "site"],
    [some, "abcd-e.e.test", "site"],
    [some, "ac-e.test", "403"],
    [some, "aecde.tests", "403"],
    [aliased, "whoever.test", "site"],
    [aliased, "", "403"],
  ];
  for (const [site, host, expected] of table) {
    const names = [site.serverName ?? "no name", ...site.serverAliases].join(" ");
    test(`${names}: ${host || "no host"} gets ${expected}`, () => expect(outcome(site, { host })).toBe(expected));
  }

  test("says in the error log whom it turned away, and why", () => {
    expect(ask(WWW, { host: "other.test" }).complaints).toEqual([
      "client denied by server configuration: the host other.test is no name of this site",
    ]);
  });

  test("keeps path and query in redirects, encoded as a URL has to be", () => {
    expect(outcome(WWW, { host: "example.org" }, "/a%20b/%e4?q=%20&r=\xe4")).toBe(
      "301 http://www.example.org:8000/a%20b/%E4?q=%20&r=%E4",
    );
    expect(outcome(WWW, { host: "example.org", method: "OPTIONS" }, "*")).toBe("301 http://www.example.org:8000/");
  });

  test("is not kept busy by a long host", () => {
    const site = { ...WWW, serverAliases: ["*a*a*a*a*a*a*a*b"] };
    const began = performance.now();
    expect(outcome(site, { host: "a".repeat(8000) })).toBe("403");
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test("moves clients of a trusted proxy to the proxy's port, not to ours", () => {
    const client = { forwarded: true, host: "example.org", port: "" };
    expect(outcome(WWW, { client })).toBe("301 http://www.example.org/");
    expect(outcome(WWW, { client: { ...client, secure: true } })).toBe("301 https://www.example.org/");
    expect(outcome(WWW, { client: { ...client, secure: true, port: "443" } })).toBe("301 https://www.example.org/");
    expect(outcome(WWW, { client: { ...client, port: "8080" } })).toBe("301 http://www.example.org:8080/");
  });

  test("takes the host that a trusted proxy tells, and no other for its own name", () => {
    const client = { forwarded: true, host: "www.example.org", port: "81" };
    const told = ask(WWW, { host: "backend.internal", hostPort: "9000", client });
    expect(told.passed).toMatchObject({ host: "www.example.org", hostPort: "81" });
    expect(outcome(WWW, { host: "www.example.org", client: { forwarded: true, host: "evil.test" } })).toBe("403");
    const alias = ask({ ...WWW, serverAliases: ["alias.test"] }, { host: "alias.test", client });
    expect(alias.passed).toMatchObject({ host: "alias.test" });
  });
});

describe("--allow-localhost", () => {
  const site: Site = { ...STRICT, allowLocalhost: true };
  const table: readonly (readonly [address: string, host: string, outcome: string])[] = [
    ["127.0.0.1", "whoever.test", "site"],
    ["127.9.9.9", "", "site"],
    ["::1", "192.0.2.2", "site"],
    ["192.0.2.1", "localhost", "site"],
    ["192.0.2.1", "whoever.test", "403"],
    ["192.0.2.1", "localhost.evil.test", "403"],
    // Its name is its name, wherever from.
    ["127.0.0.1", "www.example.org", "302 https://www.example.org:8443/"],
  ];
  for (const [address, host, expected] of table) {
    test(`${address} asking for ${host || "no host"} gets ${expected}`, () =>
      expect(outcome(site, { host, client: { address } })).toBe(expected));
  }
});

describe("--https-only", () => {
  const site = "www.example.org";
  const table: readonly (readonly [promise: string, changes: HeadChanges, expected: string, port?: null])[] = [
    ["redirects", { host: site }, "302 https://www.example.org:8443/a?b"],
    ["redirects the parent without a detour", { host: "example.org" }, "302 https://www.example.org:8443/a?b"],
    ["serves HTTPS", { host: site, secure: true }, "site"],
    ["moves the parent", { host: "example.org", secure: true }, "301 https://www.example.org:8000/a?b"],
    ["turns strangers away", { host: "evil.test" }, "403"],
    ["serves clients of a proxy that speak HTTPS", { host: site, client: { forwarded: true, secure: true } }, "site"],
    ["sends others to the proxy", { host: site, client: { forwarded: true } }, "302 https://www.example.org/a?b"],
    ["has no port of its own to name", { host: site }, "302 https://www.example.org/a?b", null],
  ];
  for (const [promise, changes, expected, port] of table) {
    test(promise, () => expect(outcome(STRICT, changes, "/a?b", port)).toBe(expected));
  }

  test("sends to the name that was asked for where the site has none", () => {
    const nameless = { ...NOBODY, httpsOnly: true };
    expect(outcome(nameless, { host: "whoever.test" })).toBe("302 https://whoever.test:8443/");
    expect(outcome(nameless, { host: "" })).toBe("302 https://localhost:8443/");
    expect(outcome(nameless, { host: "whoever.test", secure: true })).toBe("site");
  });
});

describe("--hsts-policy", () => {
  test("goes with every response over HTTPS, also one that is an error", () => {
    expect(policy(STRICT, { host: "www.example.org", secure: true })).toBe("max-age=60");
    expect(policy(STRICT, { host: "www.example.org", client: { secure: true, forwarded: true } })).toBe("max-age=60");
  });

  test("not with plain HTTP, other hosts, and the parent domain", () => {
    expect(policy(STRICT, { host: "www.example.org" })).toBeUndefined();
    expect(policy(STRICT, { host: "evil.test", secure: true })).toBeUndefined();
    expect(policy(STRICT, { host: "example.org", secure: true })).toBeUndefined();
    expect(policy({ ...STRICT, hstsPolicy: null }, { host: "www.example.org", secure: true })).toBeUndefined();
  });
});
