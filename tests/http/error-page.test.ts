import { describe, expect, test } from "bun:test";
import { errorPage, redirectPage } from "../../lib/http/error-page.ts";
import { requestOrigin } from "../../lib/http/origin.ts";
import { reasonPhrase } from "../../lib/http/status.ts";
import { requestHead } from "./heads.ts";

describe("the page of a status", () => {
  test("it names the status and explains it", () => {
    const page = errorPage(404);
    expect(page).toStartWith('<!DOCTYPE html>\n<html lang="en">\n');
    expect(page).toContain("<title>404 Not Found</title>");
    expect(page).toContain("<h1>Not Found</h1>\n<p>There is no page at this address.</p>");
  });

  test("a detail takes the place of the explanation, escaped", () => {
    expect(errorPage(400, `<script>'"&`)).toContain("<p>&lt;script&gt;&#39;&quot;&amp;</p>");
  });

  test("a status that needs no words has none", () => {
    expect(errorPage(599)).toContain("<h1>Unknown</h1>\n</main>");
  });

  test("every tag is closed", () => {
    for (const status of [301, 400, 403, 500, 599]) {
      const page = errorPage(status, status === 400 ? "detail" : undefined);
      for (const tag of ["html", "head", "title", "body", "h1", "p"]) {
        expect(page.split(new RegExp(`<${tag}[ >]`)).length).toBe(page.split(`</${tag}>`).length);
      }
    }
  });

  test("a redirect has a link that can't break out of its attribute", () => {
    expect(redirectPage(301, `/a"onclick='x'&b`)).toContain('<a href="/a&quot;onclick=&#39;x&#39;&amp;b">');
  });
});

test("reason phrases are those of the registry; an unknown code has a word, too", () => {
  expect([200, 206, 304, 404, 413, 504, 511].map(reasonPhrase)).toEqual([
    "OK",
    "Partial Content",
    "Not Modified",
    "Not Found",
    "Content Too Large",
    "Gateway Timeout",
    "Network Authentication Required",
  ]);
  expect(reasonPhrase(299)).toBe("Unknown");
});

describe("the origin of a request", () => {
  const unnamed = {
    site: { serverName: null, serverAliases: [], allowLocalhost: false, httpsOnly: false, hstsPolicy: null },
    listeners: { host: null, hostLabel: "localhost", port: 8000, httpsPort: null, http2: false, backlog: 1 },
    tls: null,
  };
  const named = { ...unnamed, site: { ...unnamed.site, serverName: "www.example.test" } };

  test.each([
    ["the port of Host", unnamed, { host: "h", hostPort: "81" }, "http://h:81"],
    ["a standard port is left out", unnamed, { host: "h", hostPort: "80" }, "http://h"],
    ["443 is not standard for http", unnamed, { host: "h", hostPort: "443" }, "http://h:443"],
    ["443 is for https", unnamed, { host: "h", hostPort: "443", secure: true }, "https://h"],
    ["without a port: the real one", unnamed, { host: "h" }, "http://h:8000"],
    ["without a port, named site: the standard one", named, { host: "h" }, "http://h"],
    ["an IPv6 address", unnamed, { host: "[::1]", hostPort: "8000" }, "http://[::1]:8000"],
    ["no host: the label", unnamed, { host: "" }, "http://localhost:8000"],
    ["no host, named site: its name", named, { host: "" }, "http://www.example.test"],
    [
      "a proxy's client: the standard port, not ours",
      unnamed,
      { client: { forwarded: true, secure: true } },
      "https://example.test",
    ],
    [
      "a proxy's client: the port that is told",
      named,
      { client: { forwarded: true, port: "81" } },
      "http://example.test:81",
    ],
    [
      "a proxy's client: the host that is told",
      unnamed,
      { host: "h", client: { forwarded: true, host: "p" } },
      "http://p",
    ],
  ] as const)("%s", (_, naming, changes, origin) => {
    expect(requestOrigin(requestHead("/", changes), naming)).toBe(origin);
  });
});
