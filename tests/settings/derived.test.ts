import { describe, expect, test } from "bun:test";
import { localeOf } from "../../lib/settings/locale.ts";
import { absolute, parentOf } from "../../lib/settings/paths.ts";
import { mountPointOf, sortAliases } from "../../lib/settings/urls.ts";

describe("an absolute path", () => {
  const cases: readonly (readonly [path: string, result: string])[] = [
    ["x", "/a/b/x"],
    [".", "/a/b"],
    ["", "/a/b"],
    ["../x", "/a/x"],
    ["../../../../x", "/x"],
    ["/x//y/./z/..", "/x/y"],
    ["/", "/"],
    ["//", "/"],
    ["x/", "/a/b/x"],
    ["...", "/a/b/..."],
    ["~", "/a/b/~"],
  ];
  for (const [path, result] of cases) {
    test(`of ${JSON.stringify(path)} in /a/b is ${result}`, () => expect(absolute("/a/b", path)).toBe(result));
  }

  test("lies in its parent", () => {
    expect(["/a/b", "/a", "/"].map(parentOf)).toEqual(["/a", "/", "/"]);
  });
});

describe("a mount point", () => {
  const cases: readonly (readonly [text: string, result: string])[] = [
    ["/", ""],
    ["", ""],
    ["//", ""],
    ["api", "/api"],
    ["/api", "/api"],
    ["/api/", "/api"],
    ["api//v1/./x/..", "/api/v1"],
    ["/../api", "/api"],
  ];
  for (const [text, result] of cases) {
    test(`${JSON.stringify(text)} is ${JSON.stringify(result)}`, () => expect(mountPointOf(text)).toBe(result));
  }
});

test("aliases are tried longest first, the greater target first, and without trailing slashes", () => {
  const aliases = [
    { urlPath: "/", target: "/all" },
    { urlPath: "/a/", target: "/one" },
    { urlPath: "/a", target: "/two" },
    { urlPath: "/a/b/", target: "/deep" },
    { urlPath: "/zz", target: "/z" },
  ];
  expect(sortAliases(aliases).map(({ urlPath, target }) => `${urlPath} ${target}`)).toEqual([
    "/a/b /deep",
    "/zz /z",
    "/a /two",
    "/a /one",
    "/ /all",
  ]);
});

describe("the locale", () => {
  const both = ["en_US.UTF-8", "C.UTF-8"];
  const cases: readonly (readonly [
    promise: string,
    wanted: string | undefined,
    environment: object,
    available: string[],
    result: string,
  ])[] = [
    ["is the one asked for", "de_DE", { LC_ALL: "C" }, both, "de_DE"],
    ["is that of LC_ALL", undefined, { LC_ALL: "aa", LC_CTYPE: "bb", LANG: "cc" }, both, "aa"],
    ["or LC_CTYPE", undefined, { LC_ALL: "", LC_CTYPE: "bb", LANG: "cc" }, both, "bb"],
    ["or LANG", undefined, { LANG: "cc" }, both, "cc"],
    ["is American before nameless in place of none", undefined, {}, both, "en_US.UTF-8"],
    ["in place of C", undefined, { LANG: "C" }, ["C.UTF-8"], "C.UTF-8"],
    ["in place of posix", "posix", {}, ["C.UTF-8"], "C.UTF-8"],
    ["stays C when the system has no better", "C", {}, [], "C"],
  ];
  for (const [promise, wanted, environment, available, result] of cases) {
    test(promise, () => expect(localeOf(wanted, { ...environment }, available)).toBe(result));
  }
});
