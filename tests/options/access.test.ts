/** What the options about access scripts and handlers of files come to. */

import { expect, test } from "bun:test";
import { parseArguments, type Parsed } from "../../lib/options/argv.ts";
import { accessOf, accessProblems, accessWarnings } from "../../lib/options/resolve/access.ts";
import { handlerProblems, handlersOf } from "../../lib/options/resolve/handlers.ts";
import { machine } from "./machine.ts";

function parsed(...words: readonly string[]): Parsed {
  const parse = parseArguments(words);
  if (parse.kind !== "parsed") throw new Error(JSON.stringify(parse));
  return parse.parsed;
}

const at = (path: string): string => `/at/${path}`;

test("nobody is asked without options", () => {
  expect(accessOf(parsed().values, "h:1", at)).toEqual({ hostScript: null, login: null });
});

test("scripts have absolute paths, a login has a realm, and groups are the users'", () => {
  const scripts = ["--host-access-script=h.py", "--auth-user-script=u.py", "--auth-group-script=g.py"];
  expect(accessOf(parsed(...scripts).values, "h:1", at)).toEqual({
    hostScript: "/at/h.py",
    login: { type: "Basic", script: "/at/u.py", realm: "h:1", group: { script: "/at/g.py", name: "wsgi" } },
  });
  const digest = parsed("--auth-user-script=u.py", "--auth-type=dIgEsT", "--auth-group=x").values;
  expect(accessOf(digest, "h:1", at).login).toEqual({ type: "Digest", script: "/at/u.py", realm: "h:1", group: null });
});

test("options that would protect nothing are told, a script of groups without users is an error", () => {
  expect(accessWarnings(parsed("--auth-type=Basic", "--auth-group=x"))).toEqual([
    "--auth-type has no effect without --auth-user-script",
    "--auth-group has no effect without --auth-group-script",
  ]);
  expect(accessWarnings(parsed("--auth-user-script=/u", "--auth-group-script=/g", "--auth-type=Basic"))).toEqual([]);
  expect(accessProblems(parsed("--auth-group-script=/g"))).toMatchObject([{ exit: 2 }]);
  expect(accessProblems(parsed("--auth-group-script=/g", "--auth-user-script=/u"))).toEqual([]);
});

test("an extension has one script, in whatever spelling, and the script is there", () => {
  const { values } = parsed(..."--add-handler .a x --add-handler B y --add-handler A z".split(" "));
  expect(handlersOf(values, at)).toEqual([
    { extension: ".a", script: "/at/z" },
    { extension: ".b", script: "/at/y" },
  ]);
  expect(handlerProblems(values, machine({ files: ["/srv/site/z"] }))).toMatchObject([
    { exit: 1, what: "there is no file /srv/site/y", from: [["--add-handler .b", "/srv/site/y"]] },
  ]);
});

test.each([".a.b", "", ".", "a/b", "a b"])("--add-handler takes no extension %j", (extension) => {
  expect(parseArguments(["--add-handler", extension, "/s"]).kind).not.toBe("parsed");
});
