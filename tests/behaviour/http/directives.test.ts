/** Apache directives on a running server: where they come from, what they reach, and what happens when they are wrong. */

import { expect } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { holding } from "./holding.ts";

async function environOf(server: Server, path: string, init: RequestInit = {}): Promise<Record<string, string>> {
  const response = await server.get(path, init);
  return ((await response.json()) as { environ: Record<string, string> }).environ;
}

/** What a server that doesn't start says. */
async function refusal(args: readonly string[]): Promise<string> {
  try {
    await using server = await start(app("echo.py"), args);
    return `it started on ${server.url}`;
  } catch (error) {
    return String(error);
  }
}

test("--include-file: fields, variables, redirects and access reach clients and the application", async () => {
  using home = holding({
    "one.conf": `Define WORD hello
<IfModule !headers_module>
    LoadModule headers_module modules/mod_headers.so
</IfModule>
Header always set X-Word "\${WORD}"
SetEnv FLAVOUR plain
SetEnvIf X-Forwarded-Proto ^https$ HTTPS=on
RequestHeader set X-Added yes
RequestHeader unset X-Removed
Redirect permanent /old http://example.test/new
Include HOME_FOLDER/more/*.conf
`,
    "two.conf": `SetEnv FLAVOUR rich
<Location /secret>
    Require all denied
</Location>
`,
    "more/a.conf": 'Header set X-App "from %{FLAVOUR}e"\n',
    "docs/a.txt": "a",
  });
  const one = join(home.path, "one.conf");
  writeFileSync(one, (await Bun.file(one).text()).replace("HOME_FOLDER", home.path));
  await using server = await start(app("echo.py"), [
    `--include-file=${one}`,
    `--include-file=${home.path}/two.conf`,
    `--document-root=${home.path}/docs`,
  ]);
  const response = await server.get("/x", {
    headers: { "X-Forwarded-Proto": "https", "X-Removed": "gone", "X-Kept": "k" },
  });
  const { environ } = (await response.json()) as { environ: Record<string, string> };
  expect(response.headers.get("x-word")).toBe("hello");
  expect(response.headers.get("x-app")).toBe("from rich");
  expect(environ).toMatchObject({ FLAVOUR: "rich", HTTP_X_ADDED: "yes", HTTP_X_KEPT: "k", "wsgi.url_scheme": "https" });
  expect(environ).not.toHaveProperty("HTTP_X_REMOVED");

  const file = await server.get("/a.txt");
  expect([await file.text(), file.headers.get("x-word")]).toEqual(["a", "hello"]);

  const redirect = await server.get("/old/page?q=1");
  expect([redirect.status, redirect.headers.get("location")]).toEqual([301, "http://example.test/new/page?q=1"]);

  const denied = await server.get("/secret/x");
  expect([denied.status, denied.headers.get("x-word"), denied.headers.get("x-app")]).toEqual([403, "hello", null]);
});

test("--include-file: aliases, indexes, types and lifetimes are those of the directives", async () => {
  using home = holding({
    "site.conf": `Alias /assets HOME_FOLDER/elsewhere
AliasMatch ^/by-name/([a-z]+)$ HOME_FOLDER/elsewhere/$1.txt
DirectoryIndex start.html
AddType text/x-note .note
ExpiresActive On
ExpiresByType text/x-note "access plus 1 hour"
ErrorDocument 404 /missing.html
ErrorDocument 403 "Not for you"
<Location /closed>
    Require all denied
</Location>
<Directory HOME_FOLDER/docs/typed>
    ForceType application/x-typed
</Directory>
`,
    "docs/start.html": "start",
    "docs/missing.html": "nothing here",
    "docs/typed/a.txt": "t",
    "elsewhere/x.note": "note",
    "elsewhere/y.txt": "why",
  });
  const conf = join(home.path, "site.conf");
  writeFileSync(conf, (await Bun.file(conf).text()).replaceAll("HOME_FOLDER", home.path));
  await using server = await start(
    null,
    ["--application-type=static", `--document-root=${home.path}/docs`, `--include-file=${conf}`],
    { until: "banner" },
  );
  expect(await server.text("/")).toBe("start");
  const note = await server.get("/assets/x.note");
  expect([note.headers.get("content-type"), note.headers.get("cache-control"), await note.text()]).toEqual([
    "text/x-note",
    "max-age=3600",
    "note",
  ]);
  expect(await server.text("/by-name/y")).toBe("why");
  expect((await server.get("/typed/a.txt")).headers.get("content-type")).toBe("application/x-typed");
  const missing = await server.get("/none");
  expect([missing.status, await missing.text()]).toEqual([404, "nothing here"]);
  const closed = await server.get("/closed/x");
  expect([closed.status, await closed.text()]).toEqual([403, "Not for you"]);
  const whole = await server.get("/missing", {
    headers: { Range: "bytes=0-1", "If-Modified-Since": new Date().toUTCString() },
  });
  expect([whole.status, await whole.text()]).toEqual([404, "nothing here"]);
});

test("--include-file: a password is asked for, and the application learns whose it was", async () => {
  const hash = await Bun.password.hash("secret", { algorithm: "bcrypt", cost: 4 });
  using home = holding({ passwords: `ann:${hash.replace("$2b$", "$2y$")}\n` });
  writeFileSync(
    join(home.path, "site.conf"),
    `<Location /private>
    AuthType Basic
    AuthName "Ours"
    AuthUserFile ${home.path}/passwords
    Require valid-user
</Location>
`,
  );
  const log = ["--access-log", "--access-log-format=%u %U%q"];
  await using server = await start(app("echo.py"), [`--include-file=${home.path}/site.conf`, ...log]);
  const asked = await server.get("/private/x");
  expect([asked.status, asked.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="Ours"']);
  expect((await server.get("/private/x", { headers: { Authorization: `Basic ${btoa("ann:wrong")}` } })).status).toBe(
    401,
  );
  const authorization = { headers: { Authorization: `Basic ${btoa("ann:secret")}` } };
  expect(await environOf(server, "/private/x", authorization)).toMatchObject({
    REMOTE_USER: "ann",
    AUTH_TYPE: "Basic",
  });
  await server.waitForOutput(/^ann \/private\/x$/m);
  expect(await environOf(server, "/open", authorization)).not.toHaveProperty("REMOTE_USER");
});

test("--include-file: what the server itself says of a request can't be changed", async () => {
  using home = holding({
    "site.conf":
      "SetEnv REMOTE_ADDR 192.0.2.9\nSetEnv PATH_INFO /evil\nSetEnv wsgi.url_scheme evil\nSetEnv HTTP_FREE yes\n",
  });
  await using server = await start(app("echo.py"), [`--include-file=${home.path}/site.conf`]);
  expect(await environOf(server, "/x")).toMatchObject({
    REMOTE_ADDR: "127.0.0.1",
    PATH_INFO: "/x",
    "wsgi.url_scheme": "http",
    HTTP_FREE: "yes",
  });
});

test("--include-file: what can't be used keeps the server from starting, and is named with file and line", async () => {
  using home = holding({
    "unknown.conf": "Header set X-A b\n\n# comment\nNonsense on\n",
    "unsupported.conf": "<IfModule mod_alias.c>\nAliasPreservePath on\n</IfModule>\n",
    "open.conf": "<Location />\nHeader set X-A b\n",
    "outer.conf": "Include HOME/unknown.conf\n",
    "module.conf": "LoadModule lua_module modules/mod_cgi.so\n",
    "regex.conf": 'SetEnvIf Host "(" a\n',
  });
  const outer = join(home.path, "outer.conf");
  writeFileSync(outer, (await Bun.file(outer).text()).replace("HOME", home.path));
  const expected: Readonly<Record<string, string>> = {
    "unknown.conf": `error: ${home.path}/unknown.conf:4: unknown directive Nonsense`,
    "unsupported.conf": `error: ${home.path}/unsupported.conf:2: unsupported directive AliasPreservePath (of mod_alias)`,
    "open.conf": `error: ${home.path}/open.conf:1: <Location> without </Location>`,
    "outer.conf": `error: ${home.path}/unknown.conf:4: unknown directive Nonsense`,
    "module.conf": `error: ${home.path}/module.conf:1: the module lua_module is not supported`,
    "regex.conf": `error: ${home.path}/regex.conf:1: the regular expression ( can't be used`,
  };
  const files = Object.keys(expected);
  const said = await Promise.all(files.map((file) => refusal([`--include-file=${home.path}/${file}`])));
  for (const [index, file] of files.entries()) expect(said[index]).toContain(expected[file] as string);
});

test("--rewrite-rules: paths are rewritten before files and the application are asked", async () => {
  using home = holding({
    "rules.conf": `RewriteEngine On
RewriteRule ^gone$ - [G]
RewriteRule ^secret - [F]
RewriteRule ^moved$ /elsewhere [R=301,L]
RewriteRule ^page/(\\d+)$ page.html [L]
RewriteCond %{HTTP:X-Version} ^2$
RewriteRule ^api/(.*)$ v2/$1?from=$1 [QSA,L,E=VERSION:two]
RewriteRule ^flag - [E=SEEN:yes]
RewriteRule ^(loop.*)$ $1x
`,
    "docs/page.html": "the page",
  });
  await using server = await start(app("echo.py"), [
    `--rewrite-rules=${home.path}/rules.conf`,
    `--document-root=${home.path}/docs`,
  ]);
  expect((await server.get("/gone")).status).toBe(410);
  expect((await server.get("/secret/x")).status).toBe(403);
  const moved = await server.get("/moved?k=v");
  expect([moved.status, moved.headers.get("location")]).toEqual([301, `${server.url}/elsewhere?k=v`]);
  expect(await server.text("/page/12")).toBe("the page");
  expect(await environOf(server, "/api/users?q=1", { headers: { "X-Version": "2" } })).toMatchObject({
    PATH_INFO: "/v2/users",
    QUERY_STRING: "from=users&q=1",
    REQUEST_URI: "/api/users?q=1",
    REDIRECT_URL: "/api/users",
    REDIRECT_STATUS: "200",
    REDIRECT_VERSION: "two",
  });
  expect(await environOf(server, "/api/users")).toMatchObject({ PATH_INFO: "/api/users" });
  expect(await environOf(server, "/flagged")).toMatchObject({ PATH_INFO: "/flagged", SEEN: "yes" });
  expect((await server.get("/loop")).status).toBe(500);
  await server.waitForLog(/rules lead to each other, 10 times: GET \/loop/);
  expect(await refusal([`--rewrite-rules=${home.path}/docs/page.html`])).toContain(
    `error: ${home.path}/docs/page.html:1: unknown directive the`,
  );
});

test("--rewrite-rules: a path that an expression could try without end doesn't match, and the server lives on", async () => {
  using home = holding({ "rules.conf": "RewriteRule ^(.*)-(.*)-(.*)-(.*)\\.html$ - [F]\n" });
  await using server = await start(app("echo.py"), [`--rewrite-rules=${home.path}/rules.conf`]);
  expect((await server.get("/a-b-c-d.html")).status).toBe(403);
  expect((await server.get(`/${"-".repeat(200)}`.repeat(30))).status).toBe(200);
});

test("--rewrite-rules: without it, the rules in the server root apply", async () => {
  using home = holding({ "root/rewrite.conf": "RewriteEngine on\nRewriteRule ^gone$ - [G]\n" });
  const root = join(home.path, "root");
  await using server = await start(app("echo.py"), [`--server-root=${root}`], { without: ["--server-root"] });
  expect((await server.get("/gone")).status).toBe(410);
});

test("--allow-override: .htaccess files are read along the way to the file, and anew when they change", async () => {
  using home = holding({
    "docs/.htaccess": "Header set X-Top top\nHeader set X-Near top\n",
    "docs/dir/.htaccess": "Header set X-Near near\n",
    "docs/dir/a.txt": "a",
    "docs/closed/.htaccess": "Require all denied\n",
    "docs/closed/a.txt": "a",
  });
  const near = join(home.path, "docs/dir/.htaccess");
  await using server = await start(app("echo.py"), ["--allow-override=All", `--document-root=${home.path}/docs`]);
  const fields = async (path: string): Promise<(string | null)[]> => {
    const { headers } = await server.get(path);
    return [headers.get("x-top"), headers.get("x-near")];
  };
  expect(await fields("/dir/a.txt")).toEqual(["top", "near"]);
  expect(await fields("/anything")).toEqual(["top", "top"]);
  expect((await server.get("/closed/a.txt")).status).toBe(403);
  expect((await server.get("/.htaccess")).status).toBe(403);
  writeFileSync(near, "RewriteEngine on\nRewriteRule ^b\\.txt$ a.txt\nHeader set X-Near changed\n");
  expect(await fields("/dir/a.txt")).toEqual(["top", "changed"]);
  expect(await server.text("/dir/b.txt")).toBe("a");
  // The application is still there for what the rules leave alone.
  expect(await environOf(server, "/dir/c.txt")).toMatchObject({ PATH_INFO: "/dir/c.txt" });
  writeFileSync(near, "Header set X-Near ok\nNonsense\n");
  expect((await server.get("/dir/a.txt")).status).toBe(500);
  await server.waitForLog(new RegExp(`${home.path}/docs/dir/\\.htaccess:2: unknown directive Nonsense`));
  rmSync(near);
  expect(await fields("/dir/a.txt")).toEqual(["top", "top"]);
});

test("--allow-override: only what is named may be said", async () => {
  using home = holding({
    "docs/fields/.htaccess": "Header set X-A b\n",
    "docs/fields/a.txt": "a",
    "docs/access/.htaccess": "Require all denied\n",
    "docs/access/a.txt": "a",
  });
  const root = `--document-root=${home.path}/docs`;
  const statuses = async (...args: string[]): Promise<number[]> => {
    await using server = await start(app("echo.py"), [root, ...args]);
    const found = [(await server.get("/fields/a.txt")).status, (await server.get("/access/a.txt")).status];
    if (found.includes(500)) await server.waitForLog(/\.htaccess:1: \w+ is not allowed here \(--allow-override\)/);
    return found;
  };
  const [none, fields, access] = await Promise.all([
    statuses(),
    statuses("--allow-override=FileInfo"),
    statuses("--allow-override=AuthConfig Limit"),
  ]);
  expect({ none, fields, access }).toEqual({ none: [200, 200], fields: [200, 500], access: [500, 403] });
});

test("--include-file: a restart reads the files anew, and keeps what they said when they are wrong", async () => {
  using home = holding({ "site.conf": "Header set X-A one\nKeepAliveTimeout 1\n" });
  const conf = join(home.path, "site.conf");
  await using server = await start(app("echo.py"), [`--include-file=${conf}`]);
  const told = async (): Promise<string | null> => (await server.get("/")).headers.get("x-a");
  expect(await told()).toBe("one");
  writeFileSync(conf, "Header set X-A two\n");
  process.kill(server.pid, "SIGUSR1");
  await until("the new directives", async () => (await told()) === "two");
  writeFileSync(conf, "Nonsense\n");
  process.kill(server.pid, "SIGUSR1");
  await server.waitForLog(/the directives stay as they were: .*site\.conf:1: unknown directive Nonsense/);
  await server.waitForLog(/resuming normal operations[^]*resuming normal operations[^]*resuming normal operations/);
  expect(await told()).toBe("two");
});

test("--include-file: who asks is the client that a trusted proxy tells of", async () => {
  using home = holding({
    "site.conf": `<Location />
    Require ip 203.0.113.0/24
</Location>
RewriteEngine on
RewriteCond %{HTTPS} =on
RewriteRule ^/whose$ http://example.test/%{REMOTE_ADDR} [R]
`,
  });
  await using server = await start(app("echo.py"), [
    `--include-file=${home.path}/site.conf`,
    "--trust-proxy-header=X-Forwarded-For",
    "--trust-proxy-header=X-Forwarded-Proto",
    "--trust-proxy=127.0.0.1",
  ]);
  const statusFor = async (address: string) =>
    (await server.get("/", { headers: { "X-Forwarded-For": address } })).status;
  expect([await statusFor("203.0.113.9"), await statusFor("198.51.100.9")]).toEqual([200, 403]);
  const headers = { "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https" };
  expect((await server.get("/whose", { headers })).headers.get("location")).toBe("http://example.test/203.0.113.9");
});

test("--include-file: the flag P hands requests to another server, for whom sections let in", async () => {
  using home = holding({
    "docs/back/.htaccess": "Header set X-Never here\n",
    "docs/denied.html": "denied",
    "docs/mount/.htaccess": "Require all denied\n",
  });
  using back = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url, headers }) =>
      new Response(`${new URL(url).pathname}${new URL(url).search} ${headers.get("x-added")}`),
  });
  writeFileSync(
    join(home.path, "site.conf"),
    `RewriteEngine on
RewriteRule ^/back/(.*)$ http://127.0.0.1:${back.port}/v1/$1 [P]
ProxyPass /passed http://127.0.0.1:${back.port}/p
ProxyPassReverse /passed http://127.0.0.1:${back.port}/p
RequestHeader set X-Added yes
Header set X-Passed through
<Location /back/closed>
    Require all denied
    ErrorDocument 403 /denied.html
</Location>
<Directory ${home.path}/docs>
    RewriteEngine on
    RewriteRule ^near/(.*)$ http://127.0.0.1:${back.port}/v2/$1?own=1 [P,QSA]
    RewriteRule ^mount/ - [F]
</Directory>
`,
  );
  await using server = await start(app("echo.py"), [
    `--include-file=${home.path}/site.conf`,
    `--document-root=${home.path}/docs`,
    "--allow-override=All",
    "--proxy-mount-point",
    "/mount",
    `http://127.0.0.1:${back.port}/mounted`,
  ]);
  const far = await server.get("/back/a%20b?q=1");
  expect([await far.text(), far.headers.get("x-passed"), far.headers.get("x-never")]).toEqual([
    "/v1/a%20b?q=1 yes",
    "through",
    null,
  ]);
  const closed = await server.get("/back/closed/x");
  expect([closed.status, await closed.text()]).toEqual([403, "denied"]);
  expect(await server.text("/near/x?q=1")).toBe("/v2/x?own=1&q=1 yes");
  expect(await server.text("/passed/x?q=1")).toBe("/p/x?q=1 yes");
  // Directories have no say about what has no file here.
  expect(await server.text("/mount/x")).toBe("/mounted/x yes");
});
