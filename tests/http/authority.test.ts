import { describe, expect, test } from "bun:test";
import { parseAuthority } from "../../lib/http/authority.ts";

describe("a host and its port", () => {
  const good: readonly (readonly [text: string, name: string, port: string])[] = [
    ["example.org", "example.org", ""],
    ["Example.ORG:8000", "example.org", "8000"],
    ["example.org.", "example.org", ""],
    ["example.org.:80", "example.org", "80"],
    ["my_host", "my_host", ""],
    ["192.0.2.1:80", "192.0.2.1", "80"],
    ["example.org:", "example.org", ""],
    ["[::1]:8000", "[::1]", "8000"],
    ["[2001:DB8::1]", "[2001:db8::1]", ""],
    ["", "", ""],
  ];
  for (const [text, name, port] of good) {
    test(`${JSON.stringify(text)} is ${name} and ${port || "no port"}`, () =>
      expect(parseAuthority(text)).toEqual({ name, port }));
  }

  const bad = [
    "a:65536",
    "a:0",
    "a:x",
    "a:80:80",
    ":80",
    "a b",
    "a,b",
    "a'b",
    "a%41",
    "a..b",
    "a..",
    ".a",
    ".",
    "1",
    "1.2.3",
    "1.2.3.4.",
    "01.2.3.4",
    "u@a",
    "a/b",
    "[::1",
    "[x]",
    "[]",
    "::1",
    "a\0",
  ];
  for (const text of bad) test(`not ${JSON.stringify(text)}`, () => expect(parseAuthority(text)).toBeNull());
});
