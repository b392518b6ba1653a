import { describe, expect, test } from "bun:test";
import { encodePath, encodeQuery, resolveTarget } from "../../lib/http/path.ts";
import { random as createRandom } from "../support/random.ts";

/** The path, or the status of a refusal. */
function outcome(target: string): string | number {
  const resolved = resolveTarget(target);
  return "why" in resolved ? resolved.status : resolved.path;
}

describe("what a target becomes", () => {
  test.each([
    ["/", "/"],
    ["/a", "/a"],
    ["/a/b/", "/a/b/"],
    ["/a.b/c..d/...", "/a.b/c..d/..."],
    ["/.well-known/x", "/.well-known/x"],
    ["/a;v=1/b,c", "/a;v=1/b,c"],
    ["/..;/x", "/..;/x"],
    ["/a\\b\\..\\c", "/a\\b\\..\\c"],
    ["/caf\xe9", "/caf\xe9"],
  ])("%s stays as it is", (target, path) => {
    expect(outcome(target)).toBe(path);
  });

  test.each([
    ["//", "/"],
    ["//a///b//", "/a/b/"],
    ["/.", "/"],
    ["/./a/./b", "/a/b"],
    ["/a/.", "/a/"],
    ["/a/..", "/"],
    ["/a/b/..", "/a/"],
    ["/a/../b", "/b"],
    ["/a//../b", "/b"],
    ["/a/b/../../c/", "/c/"],
    ["//evil.example/x", "/evil.example/x"],
  ])("%s loses its empty and dot segments: %s", (target, path) => {
    expect(outcome(target)).toBe(path);
  });

  test.each([
    ["/%61%7E%7e", "/a~~"],
    ["/a%20b", "/a b"],
    ["/caf%C3%A9", "/caf\xc3\xa9"],
    ["/%ff", "/\xff"],
    ["/a%5C..%5Cb", "/a\\..\\b"],
    ["/100%25", "/100%"],
    ["/%252e%252e/", "/%2e%2e/"],
    ["/%3Fx", "/?x"],
    ["/%23", "/#"],
    ["/%0d%0a", "/\r\n"],
    ["/a/%2e%2E/b", "/b"],
    ["/a/%2e/b", "/a/b"],
    ["/a/.%2e/b", "/b"],
  ])("%s is decoded once", (target, path) => {
    expect(outcome(target)).toBe(path);
  });

  test.each([
    ["/..", 400],
    ["/../a", 400],
    ["/a/../..", 400],
    ["/a/../../b", 400],
    ["//..", 400],
    ["/./..", 400],
    ["/%2e%2e/etc/passwd", 400],
    ["/a/..%2f..", 404],
  ])("%s does not get above the root (%d)", (target, status) => {
    expect(outcome(target)).toBe(status);
  });

  test.each([
    ["/a%2Fb", 404],
    ["/a%2fb", 404],
    ["/%2F", 404],
    ["/a%00", 404],
    ["/a%00.html", 404],
    ["/%", 400],
    ["/%2", 400],
    ["/%zz", 400],
    ["/%4", 400],
    ["/%-1", 400],
    ["/%+1", 400],
    ["/% 1", 400],
    ["/%2F%zz", 400],
    ["/%2F/../..", 400],
    ["/a#b", 400],
    ["/a?b#c", 400],
    ["/%2e#", 400],
  ])("%s is refused with %d", (target, status) => {
    expect(outcome(target)).toBe(status);
  });

  test("encoded slashes do not separate segments, so dots beside them climb nowhere", () => {
    expect(outcome("/a/%2F../b")).toBe(404);
  });
});

describe("the forms of RFC 9112 §3.2", () => {
  test("origin-form: the query is kept raw", () => {
    expect(resolveTarget("/p?a=%2F&b=%zz/../?x")).toEqual({ path: "/p", query: "a=%2F&b=%zz/../?x", authority: "" });
    expect(resolveTarget("/p?")).toEqual({ path: "/p", query: "", authority: "" });
    expect(resolveTarget("/%61?//..")).toEqual({ path: "/a", query: "//..", authority: "" });
  });

  test("absolute-form: the authority is split off, an empty path is the root", () => {
    expect(resolveTarget("http://h:81/a/../b?q")).toEqual({ path: "/b", query: "q", authority: "h:81" });
    expect(resolveTarget("HTTPS://h")).toEqual({ path: "/", query: "", authority: "h" });
    expect(resolveTarget("http://h?q")).toEqual({ path: "/", query: "q", authority: "h" });
    expect(resolveTarget("http://[::1]:8000/x")).toEqual({ path: "/x", query: "", authority: "[::1]:8000" });
  });

  test("asterisk-form is a path of its own", () => {
    expect(resolveTarget("*")).toEqual({ path: "*", query: "", authority: "" });
  });

  test.each([
    "",
    "a",
    "?",
    "*a",
    "h:443",
    "ftp://h/",
    "http://",
    "http:///x",
    "http://u:p@h/",
    "http:/x",
    "file:///etc",
  ])("%p is none of them", (target) => {
    expect(outcome(target)).toBe(400);
  });
});

describe("encoding", () => {
  test.each([
    ["/a b?c%d#e", "/a%20b%3Fc%25d%23e"],
    ["/caf\xc3\xa9/\r\n\"<>'", "/caf%C3%A9/%0D%0A%22%3C%3E'"],
    ["/~a-b_c.d!$&()*+,;=:@", "/~a-b_c.d!$&()*+,;=:@"],
  ])("encodePath(%j)", (path, encoded) => {
    expect(encodePath(path)).toBe(encoded);
  });

  test("encodeQuery keeps escapes and makes the rest fit for a field", () => {
    expect(encodeQuery('a=%2F&b=c d\r\n"\xe9#')).toBe("a=%2F&b=c%20d%0D%0A%22%E9%23");
  });
});

describe("fuzz", () => {
  const pieces = [
    "/",
    "//",
    ".",
    "..",
    "%2e",
    "%2E%2e",
    "%2f",
    "%5c",
    "\\",
    "a",
    "%61",
    "%",
    "%00",
    "é",
    ";",
    "?",
    "#",
    "%25",
  ];

  test("whatever is sent, a path has no empty or dot segment and no NUL", () => {
    const random = createRandom(1);
    for (let round = 0; round < 20_000; round++) {
      const target = `/${Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join("")}`;
      const resolved = resolveTarget(target);
      if ("why" in resolved) continue;
      expect(resolved.path).toMatch(/^\/(?:(?!\.\.?(?:\/|$))[^/\0]+\/)*(?:(?!\.\.?$)[^/\0]+)?$/);
    }
  });

  test("what was resolved, encoded and resolved again is the same", () => {
    const random = createRandom(2);
    let resolvedCount = 0;
    for (let round = 0; round < 20_000; round++) {
      const target = `/${Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join("")}`;
      const resolved = resolveTarget(target);
      if ("why" in resolved) continue;
      resolvedCount++;
      expect(outcome(encodePath(resolved.path))).toBe(resolved.path);
    }
    expect(resolvedCount).toBeGreaterThan(1000);
  });

  test("the quick way and the thorough way agree", () => {
    const random = createRandom(3);
    for (let round = 0; round < 5000; round++) {
      const target = `/${Array.from({ length: 1 + random(8) }, () => "ab./-"[random(5)]).join("")}`;
      // An escaped letter at the end takes the same path through the decoder.
      const plain = outcome(`${target}z`);
      expect(outcome(`${target}%7A`)).toBe(plain);
    }
  });
});
