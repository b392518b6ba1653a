import { describe, expect, test } from "bun:test";
import { checkProxyHost, checkProxyMount } from "../../lib/options/checks/upstream.ts";
import { originOf, parseUpstream } from "../../lib/settings/upstream.ts";

describe("the URL of another server", () => {
  test.each([
    ["http://127.0.0.1:8001/x/y/", "127.0.0.1|8001||127.0.0.1:8001|/x/y/|"],
    ["http://example.org", "example.org|80||example.org|/|"],
    ["HTTP://Example.org:80/", "Example.org|80||Example.org|/|"],
    ["https://example.org:8443/a%20b?c=d", "example.org|8443||example.org:8443|/a%20b|c=d"],
    ["https://example.org:443", "example.org|443||example.org|/|"],
    ["http://[::1]:8001/", "::1|8001||[::1]:8001|/|"],
    ["unix:/run/site.sock|http://localhost/x", "localhost|80|/run/site.sock|localhost|/x|"],
  ])("%s", (url, expected) => {
    const { hostname, port, socketPath, authority, path, query } = parseUpstream(url)!;
    expect([hostname, port, socketPath, authority, path, query].join("|")).toBe(expected);
  });

  test.each([
    "",
    "example.org",
    "//example.org/",
    "ftp://example.org/",
    "ws://example.org/",
    "http://",
    "http:///x",
    "http://user:secret@example.org/",
    "http://example.org:0/",
    "http://example.org:70000/",
    "http://example.org:/",
    "http://exa mple.org/",
    "http://example.org/a b",
    "http://example.org/\r\nX: y",
    "http://example.org/#part",
    "http://example.org\\@other/",
    "unix:run/site.sock|http://localhost/",
    "unix:/run/site.sock",
  ])("is not %j", (url) => expect(parseUpstream(url)).toBeNull());

  test("is named in messages without its path", () => {
    expect(originOf(parseUpstream("https://example.org/secret?token=x")!)).toBe("https://example.org");
    expect(originOf(parseUpstream("unix:/run/s|http://a/x")!)).toBe("unix:/run/s|http://a");
  });
});

test("what options say of other servers is checked", () => {
  expect(checkProxyMount(["/x", "http://127.0.0.1:1"])).toBeNull();
  expect(checkProxyMount(["x", "http://127.0.0.1:1"])).toMatch(/'x' is not a URL path/);
  expect(checkProxyMount(["/x", "127.0.0.1:1"])).toMatch(/'127.0.0.1:1' is not the URL of a server/);
  expect(checkProxyMount(["/x", "http://127.0.0.1:1/?q"])).toMatch(/has a query/);
  expect(checkProxyHost(["a.example.org", "http://127.0.0.1:1"])).toBeNull();
  expect(checkProxyHost(["[::1]", "http://127.0.0.1:1"])).toBeNull();
  expect(checkProxyHost(["::1", "http://127.0.0.1:1"])).toMatch(/is no host name/);
  expect(checkProxyHost(["http://a.example.org", "http://127.0.0.1:1"])).toMatch(/is no host name/);
  expect(checkProxyHost(["a:80", "http://127.0.0.1:1"])).toMatch(/is no host name/);
});
