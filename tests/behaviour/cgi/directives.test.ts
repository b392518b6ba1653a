/** Scripts that directives name: which files they are, where they may run, and what happens where they may not. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { site } from "../http/notes.ts";
import { scripts } from "./scripts.ts";

const SAYS = '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\n"; echo "$SCRIPT_NAME|$PATH_INFO|$QUERY_STRING"\n';

/** Status and text of each path. */
async function answers(server: Server, paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const response = await server.get(path, { redirect: "manual" });
    const text = await response.text();
    found.push(response.ok ? `${response.status} ${text.trim()}` : `${response.status}`);
  }
  return found;
}

test("--with-cgi: AddHandler and SetHandler make scripts of files, and undo it", async () => {
  using home = scripts({
    "docs/a.pl": SAYS,
    "docs/a.cgi": SAYS,
    "docs/a.pl.en": SAYS,
    "docs/a.pl.txt": "#! a text",
    "docs/set/plain": SAYS,
    "docs/set/page.html": "page",
    "docs/static/a.pl": "#! a pearl",
    "docs/removed/a.cgi": "#! c g i",
    "docs/index/index.pl": SAYS,
    "docs/rule.x": SAYS,
    "site.conf": `<IfModule mod_cgid.c>
AddHandler cgi-script .pl
</IfModule>
AddLanguage en .en
<Directory HOME_FOLDER/docs/set>
    SetHandler CGI-Script
    <Files *.html>
        SetHandler None
    </Files>
    <Files page.html>
        SetHandler default-handler
    </Files>
</Directory>
<Directory HOME_FOLDER/docs/static>
    SetHandler default-handler
</Directory>
<Directory HOME_FOLDER/docs/removed>
    RemoveHandler .cgi
</Directory>
<Directory HOME_FOLDER/docs/index>
    DirectoryIndex index.pl
</Directory>
<Directory HOME_FOLDER/docs>
    RewriteEngine on
    RewriteRule ^rule\\.x$ - [H=cgi-script]
</Directory>
`,
  });
  const options = ["--with-cgi", `--document-root=${home.path}/docs`, `--include-file=${home.path}/site.conf`];
  await using server = await start(site, options);
  const cases: readonly (readonly [path: string, answer: string])[] = [
    ["/a.pl/more?x=1", "200 /a.pl|/more|x=1"],
    ["/a.cgi", "200 /a.cgi||"],
    ["/a.pl.en", "200 /a.pl.en||"],
    ["/a.pl.txt", "200 #! a text"],
    ["/set/plain/p", "200 /set/plain|/p|"],
    ["/set/page.html", "200 page"],
    ["/static/a.pl", "200 #! a pearl"],
    ["/static/a.pl/more", "404"],
    ["/removed/a.cgi", "200 #! c g i"],
    ["/index/", "200 /index/index.pl||"],
    ["/rule.x/p", "404"],
    ["/rule.x", "200 /rule.x||"],
    // What isn't there is the application's, whatever it is called.
    ["/echo/missing.pl", "200 GET /echo/missing.pl"],
  ];
  expect(
    await answers(
      server,
      cases.map(([path]) => path),
    ),
  ).toEqual(cases.map(([, answer]) => answer));
  const posted = await server.get("/a.pl", { method: "POST", body: "abc" });
  expect([posted.status, posted.headers.get("content-type")]).toEqual([200, "text/plain"]);
});

test("--with-cgi: ScriptAlias runs what is there, and nothing else in it is sent to anybody", async () => {
  using home = scripts({
    "docs/a.txt": "a",
    "bin/run": SAYS,
    "bin/page.html": "#!/bin/sh\necho page\n",
    "bin/static.html": "static",
    "bin/plain": "no program",
    "bin/sub/index.html": SAYS,
    "bin/.htpasswd": "#! secret",
    "site.conf": `ScriptAlias /cgi-bin/ HOME_FOLDER/bin/
ScriptAliasMatch ^/tool-(.+)$ HOME_FOLDER/bin/$1
<Location /cgi-bin/static.html>
    SetHandler default-handler
</Location>
`,
  });
  const options = ["--with-cgi", `--document-root=${home.path}/docs`, `--include-file=${home.path}/site.conf`];
  await using server = await start(site, options);
  const cases: readonly (readonly [path: string, answer: string])[] = [
    ["/cgi-bin/run/p/q?x", "200 /cgi-bin/run|/p/q|x"],
    ["/cgi-bin", "301"],
    ["/cgi-bin/", "403"],
    ["/cgi-bin/sub/", "200 /cgi-bin/sub/index.html||"],
    ["/cgi-bin/sub", "301"],
    ["/cgi-bin/static.html", "200 static"],
    ["/cgi-bin/page.html", "500"],
    ["/cgi-bin/plain", "500"],
    ["/cgi-bin/missing", "404"],
    ["/cgi-bin/.htpasswd", "403"],
    ["/tool-run/p", "200 /tool-run|/p|"],
    ["/tool-missing", "404"],
    ["/tool-.htpasswd", "403"],
    ["/tool-.htpasswd/x", "403"],
    ["/a.txt", "200 a"],
  ];
  expect(
    await answers(
      server,
      cases.map(([path]) => path),
    ),
  ).toEqual(cases.map(([, answer]) => answer));
  await server.waitForLog(/stderr from \S+\/bin\/: attempt to invoke directory as script: GET \/cgi-bin\/$/m);
  await server.waitForLog(/stderr from \S+\/bin\/missing: script not found or unable to stat/);
});

test("--with-cgi: scripts run in the document root and where Options ExecCGI says so; elsewhere they are 403, and the log says why", async () => {
  using home = scripts({
    "docs/off/a.cgi": SAYS,
    "docs/only/a.cgi": SAYS,
    "else/a.cgi": SAYS,
    "else/on/a.cgi": SAYS,
    "site.conf": `Alias /else HOME_FOLDER/else
ErrorDocument 403 "not here"
<Directory HOME_FOLDER/docs/off>
    Options -ExecCGI
</Directory>
<Directory HOME_FOLDER/docs/only>
    Options Indexes
</Directory>
<Directory HOME_FOLDER/else/on>
    Options +ExecCGI
</Directory>
`,
  });
  const options = ["--with-cgi", `--document-root=${home.path}/docs`, `--include-file=${home.path}/site.conf`];
  await using server = await start(site, options);
  expect(await answers(server, ["/off/a.cgi", "/off/a.cgi/p", "/only/a.cgi", "/else/a.cgi", "/else/on/a.cgi"])).toEqual(
    ["403", "403", "403", "403", "200 /else/on/a.cgi||"],
  );
  expect(await server.text("/off/a.cgi")).toBe("not here");
  await server.waitForLog(
    /stderr from \S+\/docs\/off\/a\.cgi: Options ExecCGI is off in this directory: GET \/off\/a\.cgi$/m,
  );
});

test("--with-cgi: .htaccess files say what is a script where --allow-override lets them", async () => {
  using home = scripts({
    "docs/a.sh": SAYS,
    "docs/.htaccess": "AddHandler cgi-script .sh\n",
    "docs/off/a.sh": SAYS,
    "docs/off/.htaccess": "Options -ExecCGI\n",
    "docs/rule/a.x": SAYS,
    "docs/rule/b.cgi": SAYS,
    "docs/rule/.htaccess": "RewriteEngine on\nRewriteRule ^a - [H=cgi-script]\n",
  });
  const options = ["--with-cgi", `--document-root=${home.path}/docs`];
  const paths = ["/a.sh", "/off/a.sh", "/rule/a.x", "/rule/b.cgi/p"];
  {
    await using server = await start(site, [...options, "--allow-override=FileInfo", "--allow-override=Options"]);
    expect(await answers(server, paths)).toEqual(["200 /a.sh||", "403", "200 /rule/a.x||", "200 /rule/b.cgi|/p|"]);
    writeFileSync(join(home.path, "docs/.htaccess"), "");
    expect(await server.text("/a.sh")).toBe(SAYS);
  }
  {
    writeFileSync(join(home.path, "docs/.htaccess"), "AddHandler cgi-script .sh\n");
    await using server = await start(site, [
      ...options,
      "--allow-override=FileInfo",
      "--allow-override=Options=Indexes",
    ]);
    expect(await answers(server, paths)).toEqual(["200 /a.sh||", "500", "200 /rule/a.x||", "200 /rule/b.cgi|/p|"]);
    await server.waitForLog(/off\/\.htaccess:1: Options -ExecCGI is not allowed here/);
  }
});

test("--with-cgi: without it no directive has a script run or its text sent", async () => {
  using home = scripts({
    "docs/a.pl": SAYS,
    "docs/set/.htaccess": "Options +ExecCGI\nSetHandler cgi-script\n",
    "docs/set/a": SAYS,
    "bin/run": SAYS,
    "site.conf": `<IfModule mod_cgi.c>
    Error "there is no CGI"
</IfModule>
AddHandler cgi-script .pl
ScriptAlias /cgi-bin HOME_FOLDER/bin
`,
    "load.conf": "<IfModule !cgid_module>\nLoadModule cgid_module modules/mod_cgid.so\n</IfModule>\n",
  });
  const options = [`--document-root=${home.path}/docs`, "--allow-override=All"];
  await using server = await start(site, [...options, `--include-file=${home.path}/site.conf`]);
  expect(
    await answers(server, ["/a.pl", "/a.pl/x", "/set/a", "/cgi-bin/run", "/cgi-bin/run/x", "/cgi-bin/missing"]),
  ).toEqual(["403", "404", "403", "403", "404", "404"]);
  await server.waitForLog(/stderr from \S+\/bin\/run: CGI scripts need --with-cgi: GET \/cgi-bin\/run$/m);
  const refused = start(site, [...options, `--include-file=${home.path}/load.conf`]).then(async (started) => {
    await started.stop();
    return "it started";
  }, String);
  expect(await refused).toContain("load.conf:2: cgid_module needs --with-cgi");
});
