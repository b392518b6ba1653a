/** Scripts of the document root. */

import { ask, get, type Scenario } from "../scenario.ts";

const PLAIN = 'printf "Content-Type: text/plain\\n\\n"';

/** What every script can tell of its environment, but for what differs from machine to machine. */
const SHOWS = `#!/bin/sh
${PLAIN}
echo "$# $*"
pwd
env | grep -v -E "^(PATH|REDIRECT_PATH|REDIRECT_REMOTE_PORT|REDIRECT_SERVER_PORT|PWD|SHLVL|_|OLDPWD|REMOTE_PORT|SERVER_SOFTWARE|SERVER_PORT|HTTP_CONNECTION)=" | sort
echo
cat
`;

function script(text: string): string {
  return `#!/bin/sh\n${text}\n`;
}

/** Where the script is, as it knows it. CONTEXT_… is without the slash at the end of an alias. */
const NAMES = `#!/bin/sh
${PLAIN}
pwd
env | grep -E "^(SCRIPT_|PATH_INFO|PATH_TRANSLATED|REQUEST_URI|QUERY_STRING)" | sort
`;

/** What both included files begin with. */
function aliases(site: string): string {
  return `ScriptAlias /cgi-bin/ ${site}/bin/
ScriptAliasMatch ^/tool-(.+)$ ${site}/bin/$1
<Directory ${site}/bin>
Require all granted
</Directory>
<Directory ${site}/else>
Require all granted
</Directory>`;
}

const ALIASED: Scenario["requests"] = [
  get("/cgi-bin/run/p/q?x"),
  get("/cgi-bin/"),
  get("/cgi-bin/static.html"),
  get("/cgi-bin/plain"),
  get("/cgi-bin/missing"),
  get("/cgi-bin/missing/more"),
  get("/cgi-bin/sub"),
  get("/cgi-bin/sub/"),
  get("/tool-run/p"),
  get("/tool-missing"),
];

export const cgi: readonly Scenario[] = [
  {
    name: "CGI scripts",
    files: () => ({
      "htdocs/show.cgi": SHOWS,
      "htdocs/sub/show.cgi": SHOWS,
      "htdocs/dir.cgi/a.txt": "a\n",
      "htdocs/plain.txt": "plain\n",
      "htdocs/none.cgi": script("exit 3"),
      "htdocs/half.cgi": script('echo "A: 1"'),
      "htdocs/text.cgi": script("echo hello world; echo"),
      "htdocs/status.cgi": script('printf "Status: 404 Nope\\nX-A: 1\\nSet-Cookie: a=1\\nSet-Cookie: b=2\\n\\nx"'),
      "htdocs/badstatus.cgi": script('printf "Status: abc\\n\\nx"'),
      "htdocs/empty.cgi": script('printf "Status: 204\\n\\n"'),
      "htdocs/etag.cgi": script('printf "ETag: \\"q\\"\\nContent-Type: text/plain\\n\\nabc"'),
      "htdocs/old.cgi": script(
        'printf "Last-Modified: Thu, 01 Jan 1998 00:00:00 GMT\\nContent-Type: text/plain\\n\\nabc"',
      ),
      "htdocs/notype.cgi": script('printf "X-A: 1\\n\\nabc"'),
      "htdocs/inside.cgi": script('printf "Location: /plain.txt\\n\\n"'),
      "htdocs/toapp.cgi": script('printf "Location: /app/x?q=1\\n\\n"'),
      "htdocs/toscript.cgi": script('printf "Location: /show.cgi/p?b\\n\\n"'),
      "htdocs/away.cgi": script('printf "Location: http://example.com/x\\nSet-Cookie: a=1\\n\\nbody"'),
      "htdocs/moved.cgi": script(
        'printf "Status: 301 Moved\\nLocation: /plain.txt\\nContent-Type: text/plain\\n\\nbody"',
      ),
      "htdocs/loop.cgi": script('printf "Location: /loop.cgi\\n\\n"'),
      "htdocs/nph-a.cgi": script('printf "HTTP/1.1 299 Fine\\r\\nX-Me: 1\\r\\nContent-Length: 3\\r\\n\\r\\nraw"'),
      "htdocs/says.cgi": script(`echo oops >&2; ${PLAIN}; echo said`),
      "htdocs/crlf.cgi": script('printf "Content-Type: text/plain\\r\\nX-B: 2\\r\\n\\r\\nabc"'),
      "htdocs/lost.cgi": "#!/no/such/interpreter\n",
    }),
    options: () => ["--with-cgi", "--setenv", "GREETING", "hello"],
    requests: [
      get("/show.cgi"),
      get("/show.cgi?a=b&c=d"),
      get("/show.cgi?one+two"),
      get("/show.cgi?a%3Bb+%22x"),
      get("/show.cgi/extra/path?q"),
      get("/show.cgi/"),
      get("/sub/show.cgi/x"),
      get("/show.cgi/caf%C3%A9%20x"),
      ask("POST", "/show.cgi", "a=1", { "Content-Type": "application/x-www-form-urlencoded" }),
      ask("PUT", "/show.cgi", "abc"),
      ask("DELETE", "/show.cgi"),
      ask("OPTIONS", "/show.cgi"),
      ask("HEAD", "/show.cgi"),
      get("/show.cgi", { Authorization: "Basic YTpi", Proxy: "http://x/", Cookie: "a=1", X_Under: "1" }),
      get("/show.cgi", { Referer: "http://x/", "X-Quote": "a'b\"c" }),
      get("/missing.cgi"),
      get("/dir.cgi"),
      get("/dir.cgi/"),
      get("/dir.cgi/a.txt"),
      get("/none.cgi"),
      get("/half.cgi"),
      get("/text.cgi"),
      get("/status.cgi"),
      get("/badstatus.cgi"),
      get("/empty.cgi"),
      get("/etag.cgi"),
      get("/etag.cgi", { "If-None-Match": '"q"' }),
      get("/etag.cgi", { "If-None-Match": '"other"' }),
      get("/old.cgi", { "If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT" }),
      get("/old.cgi", { "If-Modified-Since": "Wed, 01 Jan 1997 00:00:00 GMT" }),
      get("/notype.cgi"),
      get("/inside.cgi"),
      ask("HEAD", "/inside.cgi"),
      get("/toapp.cgi"),
      ask("POST", "/toapp.cgi", "abc"),
      get("/toscript.cgi?a=1"),
      ask("POST", "/toscript.cgi?a=1", "abc"),
      get("/away.cgi"),
      get("/moved.cgi"),
      get("/loop.cgi"),
      get("/nph-a.cgi"),
      get("/says.cgi"),
      get("/crlf.cgi"),
      get("/lost.cgi"),
    ],
  },
  {
    name: "scripts of directives",
    files: ({ site }) => ({
      "htdocs/a.pl": NAMES,
      "htdocs/a.cgi": NAMES,
      "htdocs/set/plain": NAMES,
      "htdocs/set/page.html": "page\n",
      "htdocs/removed/a.cgi": "no script\n",
      "htdocs/off/a.cgi": NAMES,
      "htdocs/only/a.cgi": NAMES,
      "htdocs/index/index.pl": NAMES,
      "htdocs/plain.pl": "no program\n",
      "bin/run": NAMES,
      "bin/plain": "no program\n",
      "bin/static.html": "static\n",
      "bin/sub/index.html": NAMES,
      "else/a.cgi": NAMES,
      "else/on/a.cgi": NAMES,
      "extra.conf": `${aliases(site)}
AddHandler cgi-script .pl
Alias /else ${site}/else
<Directory ${site}/else/on>
Options +ExecCGI
</Directory>
<Directory ${site}/htdocs/set>
SetHandler cgi-script
<Files page.html>
SetHandler default-handler
</Files>
</Directory>
<Directory ${site}/htdocs/removed>
RemoveHandler .cgi
</Directory>
<Directory ${site}/htdocs/off>
Options -ExecCGI
</Directory>
<Directory ${site}/htdocs/only>
Options FollowSymLinks
</Directory>
<Directory ${site}/htdocs/index>
DirectoryIndex index.pl
</Directory>
<Location /cgi-bin/static.html>
SetHandler default-handler
</Location>
`,
    }),
    options: ({ site }) => ["--with-cgi", `--include-file=${site}/extra.conf`],
    requests: [
      get("/a.pl"),
      get("/a.pl/more?x=1"),
      ask("POST", "/a.pl", "abc"),
      ask("OPTIONS", "/a.pl"),
      ask("HEAD", "/a.pl"),
      get("/a.cgi"),
      get("/set/plain/p"),
      get("/set/page.html"),
      get("/set/page.html/p"),
      get("/set/missing"),
      get("/set/"),
      get("/set"),
      get("/removed/a.cgi"),
      get("/off/a.cgi"),
      get("/off/a.cgi/p"),
      get("/only/a.cgi"),
      get("/index/"),
      get("/plain.pl"),
      get("/missing.pl"),
      ...ALIASED,
      get("/else/a.cgi"),
      get("/else/missing.cgi"),
      get("/else/on/a.cgi/p"),
    ],
  },
  {
    name: "scripts of directives, without --with-cgi",
    files: ({ site }) => ({
      "htdocs/a.pl": NAMES,
      "htdocs/set/plain": NAMES,
      "bin/run": NAMES,
      "bin/plain": "no program\n",
      "bin/static.html": "static\n",
      "extra.conf": `${aliases(site)}
AddHandler cgi-script .pl
<Directory ${site}/htdocs/set>
SetHandler cgi-script
</Directory>
`,
    }),
    options: ({ site }) => [`--include-file=${site}/extra.conf`],
    requests: [get("/a.pl"), get("/a.pl/more"), get("/set/plain"), ...ALIASED],
  },
  {
    name: "scripts of .htaccess files",
    files: () => ({
      "htdocs/.htaccess": "AddHandler cgi-script .tool\n",
      "htdocs/a.tool": NAMES,
      "htdocs/off/.htaccess": "Options -ExecCGI\n",
      "htdocs/off/a.tool": NAMES,
      "htdocs/rule/.htaccess": "RewriteEngine On\nRewriteRule ^a - [H=cgi-script]\n",
      "htdocs/rule/a.x": NAMES,
      "htdocs/none/.htaccess": "RemoveHandler .tool\n",
      "htdocs/none/a.tool": "no script\n",
    }),
    options: () => ["--with-cgi", "--allow-override=FileInfo Options"],
    requests: [
      get("/a.tool/p?q"),
      get("/off/a.tool"),
      get("/rule/a.x"),
      get("/rule/a.x/p"),
      get("/none/a.tool"),
      get("/x.tool"),
    ],
  },
];
