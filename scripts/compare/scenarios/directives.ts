/** Directives of Apache: rewriting, headers, redirects, access. */

import { get, ask, type Scenario } from "../scenario.ts";

const rewriting: Scenario = {
  // With an application the original has them without effect.
  name: "--rewrite-rules of a site of files",
  files: () => ({
    "htdocs/to/x/y": "x and y\n",
    "htdocs/to/odd": "odd\n",
    "htdocs/to/item/42": "item 42\n",
    "htdocs/to/posted": "posted\n",
    "htdocs/to/last": "last\n",
    "htdocs/a.txt": "a\n",
    "htdocs/b.txt": "b\n",
    "htdocs/sub/c.txt": "c\n",
    "rules.conf": `RewriteRule ^from/(.*)$ /to/$1 [QSA]
RewriteRule ^file$ /a.txt [L]
RewriteRule ^query$ /to?x=1
RewriteRule ^append$ /to?x=1 [QSA]
RewriteRule ^moved/(.*)$ /here/$1 [R=301,L]
RewriteRule ^away$ http://example.com/x [R,L]
RewriteRule ^forbidden$ - [F]
RewriteRule ^gone$ - [G]
RewriteRule ^env$ /to/env [E=MARK:set,L]
RewriteCond %{HTTP_USER_AGENT} ^odd [NC]
RewriteRule ^agent$ /to/odd [L]
RewriteCond %{QUERY_STRING} id=(\\d+)
RewriteRule ^item$ /to/item/%1? [L]
RewriteCond %{REQUEST_METHOD} =POST
RewriteRule ^method$ /to/posted [L]
RewriteRule ^chain$ /b.txt [C]
RewriteRule ^b.txt$ - [T=text/special]
RewriteRule ^spaces$ /to/a%20b [R,NE,L]
RewriteRule ^last$ /from/last
`,
  }),
  options: ({ site }) => ["--application-type=static", `--rewrite-rules=${site}/rules.conf`],
  requests: [
    get("/from/x/y"),
    get("/from/x?q=1"),
    get("/file"),
    get("/query?a=b"),
    get("/append?a=b"),
    get("/moved/x?q=1"),
    get("/moved/x%20y"),
    get("/away"),
    get("/forbidden"),
    get("/gone"),
    get("/env"),
    get("/agent", { "User-Agent": "Oddity" }),
    get("/agent"),
    get("/item?id=42"),
    get("/item?no"),
    ask("POST", "/method", "abc"),
    get("/method"),
    get("/chain"),
    get("/spaces"),
    get("/last"),
    get("/a.txt"),
    get("/other"),
  ],
};

const included: Scenario = {
  name: "--include-file",
  files: ({ site }) => ({
    "htdocs/a.txt": "a\n",
    "htdocs/old.html": "old\n",
    "htdocs/secret/s.txt": "s\n",
    "htdocs/typed.xyz": "typed\n",
    "extra.conf": `<IfModule !headers_module>
LoadModule headers_module \${MOD_WSGI_MODULES_DIRECTORY}/mod_headers.so
</IfModule>
<IfModule !expires_module>
LoadModule expires_module \${MOD_WSGI_MODULES_DIRECTORY}/mod_expires.so
</IfModule>
<IfModule !setenvif_module>
LoadModule setenvif_module \${MOD_WSGI_MODULES_DIRECTORY}/mod_setenvif.so
</IfModule>
<IfModule !env_module>
LoadModule env_module \${MOD_WSGI_MODULES_DIRECTORY}/mod_env.so
</IfModule>
Redirect 301 /gone-there http://example.com/there
Redirect gone /never
RedirectMatch ^/match/(.*)\\.php$ /page/$1
Header set X-All everywhere
Header always set X-Always "with spaces"
AddType application/x-typed .xyz
SetEnv MARK fromenv
SetEnvIf X-Mark ^(.+)$ MARK=$1
<Location /secret>
Require all denied
</Location>
<Location /local>
Require ip 127.0.0.1
</Location>
<Location /far>
Require ip 192.0.2.0/24
</Location>
<LocationMatch "^/lm/\\d+$">
Header set X-Match yes
</LocationMatch>
<Directory ${site}/htdocs>
<Files "old.html">
Header set X-Old yes
Header unset X-All
</Files>
</Directory>
<If "%{HTTP:X-If} == 'yes'">
Header set X-If yes
</If>
ErrorDocument 403 "refused, sorry"
ErrorDocument 410 /a.txt
`,
  }),
  options: ({ site }) => [`--include-file=${site}/extra.conf`],
  requests: [
    get("/gone-there"),
    get("/gone-there/x?q"),
    get("/never"),
    get("/match/a.php"),
    get("/a.txt"),
    get("/typed.xyz"),
    get("/x"),
    get("/x", { "X-Mark": "seen" }),
    get("/secret/s.txt"),
    get("/secret/app"),
    get("/local/app"),
    get("/far/app"),
    get("/lm/12"),
    get("/lm/ab"),
    get("/old.html"),
    get("/x", { "X-If": "yes" }),
    get("/status/404"),
    ask("OPTIONS", "/a.txt"),
  ],
};

const local: Scenario = {
  name: ".htaccess",
  files: () => ({
    "htdocs/a.txt": "a\n",
    "htdocs/.htaccess": `RewriteEngine On
RewriteRule ^short$ /a.txt [L]
RewriteRule ^toapp$ /app/page [L]
ErrorDocument 404 /a.txt
`,
    "htdocs/shut/.htaccess": "Require all denied\n",
    "htdocs/shut/s.txt": "s\n",
    "htdocs/bad/.htaccess": "NoSuchDirective on\n",
    "htdocs/bad/b.txt": "b\n",
    "htdocs/types/.htaccess": "AddType text/odd .odd\nDirectoryIndex first.txt\n",
    "htdocs/types/x.odd": "odd\n",
    "htdocs/types/first.txt": "first\n",
    "htdocs/deep/.htaccess": "RewriteEngine On\nRewriteBase /deep/\nRewriteRule ^here$ there.txt [L]\n",
    "htdocs/deep/there.txt": "there\n",
  }),
  options: () => ["--allow-override=All"],
  requests: [
    get("/short"),
    get("/toapp"),
    get("/a.txt"),
    get("/shut/s.txt"),
    get("/shut/missing"),
    get("/shut/"),
    get("/bad/b.txt"),
    get("/bad/app"),
    get("/types/x.odd"),
    get("/types/"),
    get("/deep/here"),
    get("/deep/missing"),
    get("/.htaccess"),
    get("/x"),
  ],
};

export const directives: readonly Scenario[] = [rewriting, included, local];
