import { describe, expect, test } from "bun:test";
import {
  checkHosts,
  checkServerAlias,
  checkServerName,
  checkSubnets,
  ipv6In,
  isIPv6,
} from "../../lib/options/checks/address.ts";
import { checkLogLevel, readLogLevels } from "../../lib/options/checks/log-level.ts";
import {
  checkErrorDocument,
  checkHeaderName,
  checkHeaderValue,
  checkOverride,
  checkUrlPath,
} from "../../lib/options/checks/words.ts";

/** Values that a check takes, and values it refuses with a text that names them. */
function judged(check: (value: string) => string | null, good: readonly string[], bad: readonly string[]): void {
  for (const value of good) test(`${JSON.stringify(value)} is taken`, () => expect(check(value)).toBeNull());
  for (const value of bad) {
    test(`${JSON.stringify(value)} is refused by name`, () => {
      const complaint = check(value);
      expect(complaint).not.toBeNull();
      expect(complaint!.startsWith(`'`)).toBe(true);
    });
  }
}

describe("a log level", () => {
  judged(
    checkLogLevel,
    ["warn", "WARN", "trace8", "warn wsgi:info", "wsgi:debug", "info  mod_wsgi.c:trace1 ssl_module:error"],
    ["", " ", "loud", "trace9", "warn info", "warn wsgi:", "warn :info", "warn ws-gi:info", "wsgi:info:info"],
  );

  test("has a threshold for all and others for modules, however the modules are written", () => {
    expect(readLogLevels("Info mod_wsgi.c:TRACE1 ssl_module:error core:crit")).toEqual({
      level: "info",
      modules: { wsgi: "trace1", ssl: "error", core: "crit" },
    });
  });

  test("is warn when only modules are named", () => {
    expect(readLogLevels("wsgi:info")).toEqual({ level: "warn", modules: { wsgi: "info" } });
  });
});

describe("a host to listen on", () => {
  judged(
    checkHosts,
    [
      "127.0.0.1",
      "0.0.0.0",
      "::",
      "::1",
      "[::1]",
      "fe80::1%eth0",
      "[fe80::1%eth0]",
      "localhost",
      "my_host-1.example",
      "127.0.0.1,::1",
      "[::1], localhost",
      "unix:/run/a.sock",
      "::1,unix:run/a.sock",
    ],
    [
      ",",
      "::1,*",
      "unix:",
      "::1,unix:",
      "",
      "*",
      "1.2.3",
      "1.2.3.4.5",
      "256.0.0.1",
      "127.0.0.01",
      "127.0.0.1:80",
      "[::1]:80",
      "[::1",
      ":::",
      "a b!",
      "-x",
      "a..b",
    ],
  );

  test("in IPv6 is found with and without brackets", () => {
    expect(["[::1]", "::1", "localhost", "[x]"].map(ipv6In)).toEqual(["::1", "::1", null, null]);
  });
});

describe("an IPv6 address", () => {
  const good = [
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::ffff:1.2.3.4",
    "A:b::C",
    "1:2:3:4:5:6:1.2.3.4",
  ];
  const bad = [
    "",
    ":",
    "1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1::",
    ":1",
    "1:",
    "12345::",
    "g::",
    "1.2.3.4::",
    "::1.2.3",
    "1:2:3:4:5:6:7:1.2.3.4",
  ];
  for (const text of good) test(`is ${text}`, () => expect(isIPv6(text)).toBe(true));
  for (const text of bad) test(`is not ${JSON.stringify(text)}`, () => expect(isIPv6(text)).toBe(false));
});

describe("a trusted proxy", () => {
  judged(
    checkSubnets,
    [
      "10.1.2.3",
      "10.0.0.0/8",
      "10.0.0.0/255.0.0.0",
      "10.1",
      "10.",
      "10",
      "fd00::/8",
      "::FFFF:1.2.3.4",
      "10.0.0.1 fd00::1",
      "unix: 10.0.0.1",
    ],
    [
      "",
      "bad",
      "example.org",
      "10.0.0.0/33",
      "fd00::/129",
      "10.1/16",
      "10.0.0.1,10.0.0.2",
      "10.0.0.0/8/8",
      "10.0.0.0/x",
      "300.1.1.1",
      "10.0.0.0/255.0.255.0",
      "unix:/run/x",
    ],
  );
});

describe("a name of the site", () => {
  judged(
    checkServerName,
    ["", "example.org", "WWW.Example.org.", "my_host", "192.0.2.1", "[::1]", "xn--bcher-kva.example"],
    ["http://example.org", "example.org:80", "*.example.org", "a b", "bücher.example", "::1", "[x]", "-a.test", "a..b"],
  );
});

describe("an alias of the site", () => {
  judged(
    checkServerAlias,
    ["", "example.org", "*.example.org  other.test", "h?st", "*", "[::1]"],
    ["http://example.org", "example.org:80", "a/b", "bücher.example"],
  );
});

describe("the value of a header", () =>
  judged(checkHeaderValue, ["", "max-age=60; includeSubDomains", '"quoted"'], ["a\r\nb: c", "a\0", "é"]));

describe("a trusted header", () => judged(checkHeaderName, ["X-Forwarded-For"], ["", "X_Forwarded", "a b", "é"]));

describe("an overridden class", () =>
  judged(
    checkOverride,
    ["None", "all", "AuthConfig FileInfo", "Options=Indexes,FollowSymLinks", "Nonfatal=Override"],
    ["", "x", "All x", "Nonfatal=x"],
  ));

describe("a URL path", () => judged(checkUrlPath, ["/", "/a/b/"], ["", "a", "/a?b", "/a#b", "http://x/"]));

describe("what to answer errors with", () =>
  judged(
    (document) => checkErrorDocument(["404", document]),
    ["/page", "/a%20b?c=1", "/..a/b.", "http://h/%", "100 % gone", ""],
    ["/%zz", "/%", "/a/../b", "/%2E./b", "/a#b", "/a%2fb", "/%00"],
  ));

describe("an error status", () =>
  judged(
    (status) => checkErrorDocument([status, "/page"]),
    ["400", "404", "418", "451", "500", "511"],
    ["", "99", "200", "302", "419", "420", "427", "430", "499", "509", "512", "600", "4040", "x"],
  ));
