/** Which certificate goes with which host, and how names in certificates are shown. */

import { describe, expect, test } from "bun:test";
import { components, rfc2253 } from "../../lib/tls/distinguished-name.ts";
import { dnsNames, nameTable } from "../../lib/tls/names.ts";

describe("the certificate for a host", () => {
  const table = nameTable([
    [["one.test", "*.two.test"], "first"],
    [["two.test", "a.two.test", "one.test"], "second"],
    [["*.test"], "third"],
  ]);
  const cases: readonly (readonly [host: string, found: string | undefined])[] = [
    ["one.test", "first"],
    ["ONE.Test", "first"],
    ["two.test", "second"],
    ["a.two.test", "second"],
    ["b.two.test", "first"],
    ["a.b.two.test", undefined],
    ["three.test", "third"],
    ["test", undefined],
    ["", undefined],
    [".two.test", undefined],
    ["*.two.test", "first"],
    ["constructor", undefined],
  ];
  for (const [host, found] of cases) test(`${host} gets ${found}`, () => expect(table.find(host)).toBe(found));
});

test("DNS names are found among others, and not in what others say", () => {
  expect(dnsNames(undefined)).toEqual([]);
  expect(dnsNames("DNS:A.test, IP Address:192.0.2.1, DNS:*.b.test, email:x@y.test")).toEqual(["a.test", "*.b.test"]);
  expect(dnsNames('DirName:"CN=x, DNS:evil.test", DNS:good.test')).not.toContain("evil.test");
});

describe("a distinguished name", () => {
  const cases: readonly (readonly [lines: string, text: string, parts: readonly (readonly [string, string])[]])[] = [
    ["", "", []],
    [
      "C=DE\nO=A\\, B\nCN=name",
      "CN=name,O=A\\, B,C=DE",
      [
        ["C", "DE"],
        ["O", "A, B"],
        ["CN", "name"],
      ],
    ],
    [
      "OU=one\nOU=two\nOU=three",
      "OU=three,OU=two,OU=one",
      [
        ["OU", "one"],
        ["OU_1", "two"],
        ["OU_2", "three"],
      ],
    ],
    [
      "CN=a + UID=b\\+c",
      "CN=a+UID=b\\+c",
      [
        ["CN", "a"],
        ["UID", "b+c"],
      ],
    ],
    ["CN=x\\00=y", "CN=x\\00=y", [["CN", "x\\00=y"]]],
    ["1.2.3.4=unknown\nGN=Zoë", "GN=Zoë,1.2.3.4=unknown", [["G", "Zoë"]]],
  ];
  for (const [lines, text, parts] of cases) {
    test(JSON.stringify(lines), () => {
      expect(rfc2253(lines)).toBe(text);
      expect(components(lines)).toEqual(parts);
    });
  }
});
