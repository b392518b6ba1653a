import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DirectiveError } from "../../lib/directives/syntax/directive.ts";
import { folder } from "../harness/folders.ts";
import { CASES, FILES, MAP, type RewriteCase } from "./rewrite-cases.ts";
import { siteAt, told, travel, writeFiles } from "./travel.ts";

/** @param root has the files; an .htaccess file is there for as long as it takes */
async function outcome(root: string, { place, rules, target, method, fields }: RewriteCase): Promise<string> {
  const lines = rules.map((rule) => rule.replace("txt:MAP", `txt:${join(root, "map.txt")}`));
  const htaccess = join(root, "sub/.htaccess");
  if (place === "sub") writeFileSync(htaccess, lines.join("\n"));
  const site = siteAt(root, place === "server" ? lines : [], place === "root" ? lines : []);
  const line = told(await travel(site, target, { method: method ?? "GET", fields: fields ?? [] }), site);
  rmSync(htaccess, { force: true });
  return line;
}

function problem(...lines: string[]): string {
  try {
    siteAt("/nowhere", lines);
  } catch (error) {
    if (error instanceof DirectiveError) return error.message;
    throw error;
  }
  return "nothing";
}

test("rules do what they do in Apache", async () => {
  using home = folder();
  writeFiles(home.path, FILES);
  writeFileSync(join(home.path, "map.txt"), MAP);
  const wrong: string[] = [];
  for (const each of CASES) {
    const found = await outcome(home.path, each);
    if (found !== each.expected)
      wrong.push(`${each.rules.join("; ")} for ${each.target}: ${found}, not ${each.expected}`);
  }
  expect(wrong).toEqual([]);
  expect(CASES.length).toBeGreaterThan(200);
});

test("a proxy gets the whole URL, with the query", async () => {
  using home = folder();
  writeFiles(home.path, FILES);
  const site = siteAt(home.path, ["RewriteEngine on", "RewriteRule ^/api/(.*)$ http://back.test:9000/$1 [P]"]);
  expect(told(await travel(site, "/api/x?k=v"), site)).toBe("proxy http://back.test:9000/x?k=v");
});

test("a map of random choices has one of them", async () => {
  using home = folder();
  writeFileSync(join(home.path, "map.txt"), "hosts one|two\n");
  const site = siteAt(home.path, [
    "RewriteEngine on",
    `RewriteMap hosts rnd:${home.path}/map.txt`,
    "RewriteRule ^/x$ /${hosts:hosts}",
  ]);
  for (let round = 0; round < 20; round++) expect(told(await travel(site, "/x"), site)).toMatch(/^404 \/(one|two)$/);
});

test("a map is read anew when it changes", async () => {
  using home = folder();
  const map = join(home.path, "map.txt");
  writeFileSync(map, "k one\n");
  const site = siteAt(home.path, ["RewriteEngine on", `RewriteMap m txt:${map}`, "RewriteRule ^/x$ /${m:k|none}"]);
  expect(told(await travel(site, "/x"), site)).toBe("404 /one");
  writeFileSync(map, "k other\n");
  expect(told(await travel(site, "/x"), site)).toBe("404 /other");
});

test("a cookie's lifetime is in minutes", async () => {
  using home = folder();
  const site = siteAt(home.path, ["RewriteEngine on", "RewriteRule ^ - [CO=k:v:case.test:60:/]"]);
  const { request } = await travel(site, "/x");
  const date = /expires=(.*)$/.exec(request.cookies[0] ?? "")?.[1] ?? "";
  expect(date).toMatch(/^\w{3}, \d\d-\w{3}-\d{4} \d\d:\d\d:\d\d GMT$/);
  const differenceMs = Date.parse(date.replaceAll("-", " ")) - request.head.startedUs / 1000;
  expect(Math.abs(differenceMs - 3_600_000)).toBeLessThan(1001);
});

test("what is wrong with a rule is told with its place", () => {
  const wrong = [
    ["RewriteRule ^x", "site.conf:1: RewriteRule takes a pattern, a substitution and flags in brackets"],
    ["RewriteRule ( /y", /^site\.conf:1: the regular expression \( can't be used: /],
    ["RewriteRule ^x$ /y [WRONG]", "site.conf:1: RewriteRule has no flag WRONG"],
    ["RewriteRule ^x$ /y L", "site.conf:1: the flags L are not in brackets"],
    ["RewriteRule ^x$ /y [R=abc]", 'site.conf:1: the flag R needs a number, not "abc"'],
    ["RewriteRule ^x$ /y [S]", 'site.conf:1: the flag S needs a number, not ""'],
    ["RewriteRule ^x$ /${m:$1}", "site.conf:1: there is no RewriteMap m"],
    ["RewriteRule ^x$ /%{NOTHING}", "site.conf:1: there is no variable %{NOTHING}"],
    [
      "RewriteCond %{HTTP_HOST} -U\nRewriteRule ^x$ /y",
      "site.conf:1: the test -U asks the server itself, which is not supported",
    ],
    [
      "RewriteCond %{LA-U:REMOTE_USER} x\nRewriteRule ^x$ /y",
      "site.conf:1: %{LA-U:REMOTE_USER} looks ahead, which is not supported",
    ],
    ["\nRewriteCond %{HTTP_HOST} x", "site.conf:2: a RewriteCond without a RewriteRule"],
    ["RewriteMap m prg:/bin/cat", "site.conf:1: maps of the type prg are not supported: use int, txt or rnd"],
    ["RewriteMap m int:nothing", "site.conf:1: there is no internal map nothing: tolower, toupper, escape, unescape"],
    ["RewriteBase x", 'site.conf:1: RewriteBase is a URL path, so x must begin with "/"'],
    ["RewriteEngine maybe", "site.conf:1: On or Off was expected, not maybe"],
    ["RewriteOptions Nothing", "site.conf:1: RewriteOptions has no option Nothing"],
    [
      "<Location /x>\nRewriteMap m int:tolower\n</Location>",
      "site.conf:2: RewriteMap can't stand in a section or an .htaccess file",
    ],
  ] as const;
  for (const [lines, expected] of wrong) {
    if (typeof expected === "string") expect(problem(lines)).toBe(expected);
    else expect(problem(lines)).toMatch(expected);
  }
});

test("sections are about the path that was asked for, unless a rule passes the new one on", async () => {
  using home = folder();
  writeFiles(home.path, FILES);
  const sections = [
    "<Location /private>",
    "Require all denied",
    "</Location>",
    "<Location /a.html>",
    "Header set X-A b",
    "</Location>",
  ];
  const outcomeOf = async (flags: string, target: string): Promise<string> => {
    const site = siteAt(home.path, [
      ...sections,
      "RewriteEngine on",
      `RewriteRule ^/(private|open)/(.*)$ /$2 ${flags}`,
    ]);
    return told(await travel(site, target), site);
  };
  expect(await outcomeOf("[L]", "/private/a.html")).toBe("403");
  expect(await outcomeOf("[PT]", "/private/a.html")).toBe("200 /a.html");
  expect(await outcomeOf("[L]", "/open/a.html")).toBe("200 /a.html");
});
