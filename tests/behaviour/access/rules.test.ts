/** Access scripts, users and handlers on a site with Apache directives. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder, readable } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { edit } from "../process/sources.ts";
import { challenge, prove } from "./digest.ts";
import { basic, environ, gate, status } from "./gate.ts";

const echo = app("echo.py");
const tmpl = await readable(join(import.meta.dir, "apps", "tmpl.py"));

test("a script is asked about the path that rules lead to, and rules can't lead around it", async () => {
  using home = folder();
  const script = join(home.path, "gate.py");
  edit(script, 'def allow_access(environ, host): return not environ["SCRIPT_NAME"].startswith("/secret")');
  const root = join(home.path, "documents");
  mkdirSync(root);
  writeFileSync(join(root, ".htaccess"), "RewriteEngine On\nRewriteRule ^open/(.*) /$1\n");
  const args = [`--host-access-script=${script}`, `--document-root=${root}`, "--allow-override=FileInfo"];
  await using server = await start(echo, args);
  expect(await status(server, "/open/page")).toBe(200);
  expect(await status(server, "/secret/page")).toBe(403);
  expect(await status(server, "/open/secret/page")).toBe(403);
});

test("a proof of Digest is good for the request that was rewritten, and for no second one", async () => {
  using home = folder();
  const root = join(home.path, "documents");
  mkdirSync(root);
  writeFileSync(join(root, ".htaccess"), "RewriteEngine On\nRewriteRule ^old$ /new\n");
  const args = [`--auth-user-script=${gate}`, "--auth-type=Digest", "--access-log"];
  await using server = await start(echo, [...args, `--document-root=${root}`, "--allow-override=FileInfo"]);
  const proof = prove(await challenge(server), { target: "/old" });
  expect(await environ(server, "/old", proof)).toMatchObject({
    PATH_INFO: "/new",
    REMOTE_USER: "member",
    AUTH_TYPE: "Digest",
  });
  expect(await status(server, "/old", proof)).toBe(401);
  await server.waitForOutput(/ - member \[.*"GET \/old HTTP\/1\.1" 200 /);
});

test("directives know the user whom a script knows, and need no second login", async () => {
  using home = folder();
  const root = join(home.path, "documents");
  for (const name of ["mine", "own"]) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, "mine", ".htaccess"), "Require user me\n");
  // As in Apache, where what is said about the whole site wins over a directory's own way to log in.
  const auth = `AuthType Basic\nAuthName own\nAuthUserFile ${join(home.path, "passwords")}\nRequire user me two\n`;
  writeFileSync(join(root, "own", ".htaccess"), auth);
  const args = [`--auth-user-script=${gate}`, `--document-root=${root}`, "--allow-override=All", "--access-log"];
  await using server = await start(echo, args);
  for (const path of ["/mine/page", "/own/page", "/page"]) {
    expect(await environ(server, path, basic("me"))).toMatchObject({ REMOTE_USER: "me", AUTH_TYPE: "Basic" });
  }
  expect(await status(server, "/mine/page", basic("two"))).toBe(403);
  expect(await status(server, "/own/page", basic("two"))).toBe(200);
  expect([401, 403]).toContain(await status(server, "/own/page", basic("three")));
  await server.waitForOutput(/ - two \[.*"GET \/own\/page /);
});

test("a site with directives never shows the source of what a script answers for", async () => {
  using home = folder();
  const root = join(home.path, "documents");
  mkdirSync(root);
  writeFileSync(join(root, "a.tmpl"), "the source");
  writeFileSync(join(root, ".htaccess"), "RewriteEngine On\nRewriteRule ^old$ /a.tmpl\nSetEnv malt.resource .tmpl\n");
  const rules = join(home.path, "site.conf");
  writeFileSync(rules, `AliasMatch ^/match/(.*)$ ${root}/$1\nAlias /other ${root}\n`);
  const args = ["--add-handler", ".tmpl", tmpl, `--document-root=${root}`, "--allow-override=FileInfo"];
  await using server = await start(echo, [...args, `--include-file=${rules}`]);
  for (const target of ["/a.tmpl", "/old", "/match/a.tmpl", "/other/a.tmpl", "/a.tmpl/more"]) {
    const shown = (await (await server.get(target)).json()) as Record<string, string>;
    expect([target, shown["mod_wsgi.request_handler"], shown["file"]]).toEqual([target, "wsgi-resource", "the source"]);
  }
  const asked = (await (await server.get("/application")).json()) as { environ: Record<string, string> };
  expect(asked.environ["mod_wsgi.request_handler"]).toBe("wsgi-handler");
});
