import { expect, test } from "bun:test";
import { compileOverride, compilePlan } from "../../lib/directives/config/compile.ts";
import { parseOverride } from "../../lib/directives/config/override.ts";
import { localSource } from "../../lib/directives/local.ts";
import { CONTAINERS, modules } from "../../lib/directives/modules/table.ts";
import { DirectiveError } from "../../lib/directives/syntax/directive.ts";
import { parseDirectives } from "../../lib/directives/syntax/parse.ts";
import { Reader } from "../../lib/directives/syntax/read.ts";
import { siteAt } from "./travel.ts";

function problem(...lines: string[]): string {
  try {
    siteAt("/nowhere", lines);
  } catch (error) {
    if (error instanceof DirectiveError) return error.message;
    throw error;
  }
  return "nothing";
}

test("what can't stand where it stands, or makes no sense, is told with its place", () => {
  const cases: readonly (readonly [lines: string, expected: string])[] = [
    ["Nonsense", "site.conf:1: unknown directive Nonsense"],
    ["<Nonsense>\n</Nonsense>", "site.conf:1: unknown directive <Nonsense>"],
    ["DeflateMemLevel 9", "site.conf:1: unsupported directive DeflateMemLevel (of mod_deflate)"],
    ["<VirtualHost *:80>\n</VirtualHost>", "site.conf:1: unsupported directive <VirtualHost> (of core)"],
    ["Require all granted", "site.conf:1: Require needs a section around it, such as <Location />"],
    ["<Location /x>\nAlias /a /b\n</Location>", "site.conf:2: Alias can't stand in a section or an .htaccess file"],
    ["<Location /x>\n<Location /y>\n</Location>\n</Location>", "site.conf:2: unknown directive <Location>"],
    ["<Location>\n</Location>", "site.conf:1: <Location> takes one path"],
    ["<Location /x>\nRequire everybody\n</Location>", "site.conf:2: Require everybody is not supported"],
    [
      "<Location /x>\nRequire host example.test\n</Location>",
      "site.conf:2: Require host needs names of clients, which are not looked up; use Require ip",
    ],
    ["<Location /x>\n<RequireAny>\n</RequireAny>\n</Location>", "site.conf:2: <RequireAny> is empty"],
    [
      "<Location /x>\n<RequireAny>\nRequire not ip 1.1.1.1\n</RequireAny>\n</Location>",
      "site.conf:3: Require not has no meaning outside of <RequireAll>",
    ],
    [
      "<Location /x>\n<RequireNone>\nRequire ip 1.1.1.1\n</RequireNone>\n</Location>",
      "site.conf:2: <RequireNone> has no meaning outside of <RequireAll>",
    ],
    ["<Else>\n</Else>", "site.conf:1: <Else> without <If>"],
    [
      '<If "nothing">\n</If>',
      'site.conf:1: the expression nothing can\'t be read: a value was expected before "nothing"',
    ],
    ["Header set X-A", "site.conf:1: set needs a name and a value"],
    ["Header paint X-A b", "site.conf:1: there is no action paint"],
    ["Header set X-A b c", "site.conf:1: env=NAME or expr=EXPRESSION was expected, not c"],
    ['Header set "X A" b', "site.conf:1: X A is not the name of a field"],
    ['Header set X-A "%q"', "site.conf:1: the format %q is not supported"],
    ["SetEnvIf Host (", "site.conf:1: SetEnvIf takes 3 to 999 arguments, not 2"],
    ["Redirect /old", "site.conf:1: a redirect with the status 302 needs a URL"],
    ["Redirect gone /old http://x.test/", "site.conf:1: a status 410 leads nowhere, so there is no URL"],
    ["Redirect old http://x.test/", 'site.conf:1: old is no path: it must begin with "/"'],
    ["Redirect /old elsewhere", 'site.conf:1: elsewhere is no URL: it must be whole, or begin with "/"'],
    ["ExpiresDefault soon", 'site.conf:1: soon is no lifetime, such as "access plus 1 month"'],
    ["Options Indexes +FollowSymLinks", "site.conf:1: either all options have a sign, or none has"],
    ["Options Everything", "site.conf:1: there is no option Everything"],
    ["SetHandler server-parsed", "site.conf:1: there is no handler server-parsed"],
    ["AddHandler type-map var", "site.conf:1: there is no handler type-map"],
    ["AddHandler cgi-script", "site.conf:1: AddHandler takes 2 to 99 arguments, not 1"],
    ["ScriptAlias cgi-bin /srv/bin", 'site.conf:1: cgi-bin is no URL path: it must begin with "/"'],
    ["Action x /y", "site.conf:1: unsupported directive Action (of mod_actions)"],
    ["LoadModule cgid_module x", "site.conf:1: cgid_module needs --with-cgi"],
    ["ErrorDocument 200 /x", "site.conf:1: 200 is no error status"],
    [
      "<Files a.html>\nRewriteEngine on\n</Files>",
      "site.conf:2: rules need a directory: they can't stand in <Files>, or in <If> outside of one",
    ],
    ["<Location /x>\nRewriteEngine on\n</Location>", "nothing"],
    ["LogLevel loud", "site.conf:1: loud is no level of the log"],
    ["LogLevel warn rewrite:trace3 mod_wsgi.c:info", "nothing"],
    ["ProxyPass /x elsewhere", "site.conf:1: elsewhere is no URL of a server"],
    ["ProxyPass /x http://b.test/ timeout=3", "site.conf:1: ProxyPass takes 2 arguments, not 3"],
    ["ProxyRequests On", "site.conf:1: this server is no forward proxy"],
    ["ProxyRequests Off", "nothing"],
    ["RewriteEngine on\nRewriteRule ^/x http://b.test/ [P]", "nothing"],
  ];
  for (const [lines, expected] of cases) expect([lines, problem(lines)]).toEqual([lines, expected]);
});

test("what people put into .htaccess files is understood", () => {
  const text = `
    # Security
    Options -MultiViews -Indexes
    ServerSignature Off
    FileETag None
    Header unset ETag
    Header always set X-Frame-Options "DENY" "expr=%{CONTENT_TYPE} =~ m#text\\/(html|javascript)|application\\/pdf|xml#i"
    Header always edit Set-Cookie (.*) "$1; HttpOnly; Secure"
    Header set Content-Security-Policy "default-src 'self'; img-src *"
    Header append Vary Accept-Encoding
    <FilesMatch "(^#.*#|\\.(bak|conf|dist|fla|in[ci]|log|orig|psd|sh|sql|sw[op])|~)$">
        <IfModule mod_authz_core.c>
            Require all denied
        </IfModule>
        <IfModule !mod_authz_core.c>
            Order allow,deny
            Deny from all
            Satisfy All
        </IfModule>
    </FilesMatch>
    <Files ~ "\\.(inc|module)$">
        order deny,allow
        deny from all
    </Files>
    # Performance
    <IfModule mod_deflate.c>
        AddOutputFilterByType DEFLATE text/html
    </IfModule>
    <IfModule mod_expires.c>
        ExpiresActive on
        ExpiresDefault "access plus 1 month"
        ExpiresByType text/css "access plus 1 year"
        ExpiresByType text/html "access plus 0 seconds"
    </IfModule>
    <IfModule mod_mime.c>
        AddType image/svg+xml svg svgz
        AddEncoding gzip svgz
        AddCharset utf-8 .css \\
                         .js
    </IfModule>
    AddDefaultCharset utf-8
    DirectoryIndex index.html index.php
    ErrorDocument 404 /404.html
    SetEnvIf Origin ":" IS_CORS
    Header set Access-Control-Allow-Origin "*" env=IS_CORS
    BrowserMatchNoCase "bot|crawler" bad_bot
    <RequireAll>
        Require all granted
        Require not env bad_bot
        Require not ip 192.0.2.0/24
    </RequireAll>
    # Rewriting
    <IfModule mod_rewrite.c>
        RewriteEngine On
        RewriteBase /
        RewriteRule "(^|/)\\.(?!well-known)" - [F]
        RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
        RewriteCond %{HTTPS} !=on
        RewriteCond %{HTTP_HOST} ^www\\.(.+)$ [NC]
        RewriteRule ^ https://%1%{REQUEST_URI} [R=301,L,NE]
        RewriteCond %{REQUEST_METHOD} ^(TRACE|TRACK)
        RewriteRule .* - [F]
        RewriteCond %{HTTP_REFERER} !^$
        RewriteCond %{HTTP_REFERER} !^https?://(.+\\.)?example\\.test [NC]
        RewriteRule \\.(?:jpe?g|png)$ - [F,NC,L]
        RewriteRule ^index\\.php$ - [L]
        RewriteCond %{REQUEST_FILENAME} !-f [OR]
        RewriteCond %{REQUEST_FILENAME} !-d
        RewriteRule ^(.*)$ index.php/$1 [QSA,PT,L]
    </IfModule>
  `;
  const draft = { maps: new Map(), aliases: [], changes: [], cgi: true };
  const override = parseOverride(["All"]);
  if (override === null) throw new Error("nothing may be overridden");
  const lines = new Reader(localSource({}, false), "/srv/").override(text, "/srv/.htaccess");
  const config = compileOverride(lines, "/srv/", draft, override);
  expect(config.rewrite?.rules.length).toBe(7);
  expect(config.responseEdits?.length).toBe(6);
  expect(config.files?.length).toBe(2);
});

test("no directive with any words does anything but compile or complain with its place", () => {
  let seed = 11;
  const random = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * limit);
  };
  const pick = <Each>(list: readonly Each[]): Each => list[random(list.length)] as Each;
  const names = modules.flatMap(({ directives }) => directives.map(({ name }) => name));
  const words = [
    "on",
    "set",
    "X-A",
    "/x",
    "^/(.*)$",
    "-",
    "[L,R=301]",
    "[E=A:$1]",
    '"expr=%{HTTP_HOST}"',
    "all",
    "granted",
    "not",
    "ip",
    "10.0.0.0/8",
    "from",
    "env=A",
    "301",
    "404",
    "http://x.test/",
    "%{REQUEST_URI}",
    "!",
    "(",
    "access plus 1 day",
    "text/html",
    ".html",
    "+Indexes",
    "int:tolower",
    "${m:$1}",
    "\\",
    "~",
    "\u00ff",
  ];
  const override = parseOverride(["All"]);
  if (override === null) throw new Error("nothing may be overridden");
  const draft = { maps: new Map(), aliases: [], changes: [], cgi: true };
  for (let round = 0; round < 20_000; round++) {
    const name = pick(names);
    const line = `${name} ${Array.from({ length: random(5) }, () => pick(words)).join(" ")}`;
    const container = random(4) === 0 ? pick(CONTAINERS) : undefined;
    const text = container === undefined ? line : `<${container} ${pick(words)}>\n${line}\n</${container}>`;
    try {
      const directives = parseDirectives(text, "f");
      if (random(2) === 0) compilePlan(directives, [], { documentRoot: "/srv", base: "/", cgi: true });
      else compileOverride(directives, "/srv/", draft, override);
    } catch (error) {
      if (!(error instanceof DirectiveError)) throw new Error(`${text}: ${String(error)}`, { cause: error });
      expect(error.message).toMatch(/^f:[12]: /);
    }
  }
});
