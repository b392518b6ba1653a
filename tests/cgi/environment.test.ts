/** What scripts are told: environment and arguments. */

import { expect, test } from "bun:test";
import { queryWords } from "../../lib/handlers/cgi/arguments.ts";
import { createEnvironmentBuilder } from "../../lib/handlers/cgi/environment.ts";
import type { Settings } from "../../lib/settings/settings.ts";
import { requestHead } from "../http/heads.ts";
import { siteSettings } from "../static/sites.ts";

const words: readonly (readonly [method: string, query: string, expected: readonly string[]])[] = [
  ["GET", "", []],
  ["GET", "a+b", ["a", "b"]],
  ["HEAD", "a", ["a"]],
  ["POST", "a+b", []],
  ["GET", "a=b", []],
  ["GET", "a%2Bb+%20", ["a+b", " "]],
  ["GET", "a%3Bb+%22x", ["a\\;b", '\\"x']],
  ["GET", "%24(id)", ["\\$\\(id\\)"]],
  ["GET", "a++b", ["a", "", "b"]],
  // An interpreter would take it for an option of its own.
  ["GET", "-s", []],
  ["GET", "a+%2Ds", []],
  ["GET", "a%00", []],
  ["GET", "a%zz", []],
];

test.each(words)("arguments of %s ?%s", (method, query, expected) => {
  expect(queryWords(method, query)).toEqual([...expected]);
});

const settings = {
  ...siteSettings({ mountPoint: "/app" }),
  environ: {
    set: [
      ["GREETING", "caf\u00e9"],
      ["SCRIPT_NAME", "evil"],
      ["odd-name", "1"],
    ],
    pass: ["PASSED", "UNSET"],
  },
} as unknown as Settings;

const headWith = (target: string, fieldEnviron: string) => ({ ...requestHead(target), fieldEnviron });

const environmentOf = createEnvironmentBuilder(settings, { PATH: "/bin", PASSED: "on", SECRET: "x" });

test("the server's keys win over options, credentials are hidden, and nothing of the server's environment gets through", () => {
  const head = headWith("/a.cgi/p/q?x=1", "\0HTTP_HOST\0example.com\0HTTP_AUTHORIZATION\0Basic x\0HTTP_PROXY\0evil");
  const script = { path: "/root/a.cgi", scriptName: "/a.cgi", pathInfo: "/p/q" };
  const environment = environmentOf(head, script, null);
  expect(environment).toMatchObject({
    PATH: "/bin",
    PASSED: "on",
    GREETING: "caf\xc3\xa9",
    odd_name: "1",
    GATEWAY_INTERFACE: "CGI/1.1",
    SCRIPT_NAME: "/a.cgi",
    SCRIPT_FILENAME: "/root/a.cgi",
    PATH_INFO: "/p/q",
    PATH_TRANSLATED: "/root/p/q",
    QUERY_STRING: "x=1",
    REQUEST_URI: "/a.cgi/p/q?x=1",
    HTTP_HOST: "example.com",
    DOCUMENT_ROOT: "/root",
  });
  const hidden = ["SECRET", "UNSET", "HTTP_AUTHORIZATION", "HTTP_PROXY", "CONTENT_LENGTH"];
  for (const name of hidden) expect(environment[name]).toBeUndefined();
  expect(Object.keys(environment).filter((name) => name.includes("."))).toEqual([]);
});

test("a script without a path behind it has no PATH_INFO; what directives say wins; a prefix of a proxy is in SCRIPT_NAME", () => {
  const head = headWith("/a.cgi", "\0SCRIPT_NAME\0/site\0mod_wsgi.mount_point\0/site");
  const script = {
    path: "/root/a.cgi",
    scriptName: "/a.cgi",
    pathInfo: "",
    ownPairs: "\0GREETING\0hi\0HTTP_AUTHORIZATION\0passed on",
  };
  const environment = environmentOf({ ...head, user: { name: "anna", type: "Basic" } }, script, 3);
  expect(environment).toMatchObject({
    REMOTE_USER: "anna",
    AUTH_TYPE: "Basic",
    GREETING: "hi",
    HTTP_AUTHORIZATION: "passed on",
    CONTENT_LENGTH: "3",
    SCRIPT_NAME: "/site/a.cgi",
  });
  expect(environment["PATH_INFO"]).toBeUndefined();
  expect(environment["PATH_TRANSLATED"]).toBeUndefined();
});
