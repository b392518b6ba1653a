/**
 * Rules, requests, and what mod_rewrite of Apache 2.4 makes of them, as seen there: `STATUS`, then the URL of a redirect, or
 * the file (from the document root) with its query; then variables, cookies, Vary and a forced type.
 */

export interface RewriteCase {
  /** "server" is outside of sections, "root" the section of the document root, "sub" an .htaccess file in /sub. */
  readonly place: "server" | "root" | "sub";
  readonly rules: readonly string[];
  readonly target: string;
  readonly expected: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly method?: string;
}

const on = "RewriteEngine on";

function inServer(target: string, expected: string, ...rules: string[]): RewriteCase {
  return { place: "server", rules: [on, ...rules], target, expected };
}

function inRoot(target: string, expected: string, ...rules: string[]): RewriteCase {
  return { place: "root", rules: [on, ...rules], target, expected };
}

function inSub(target: string, expected: string, ...rules: string[]): RewriteCase {
  return { place: "sub", rules: [on, ...rules], target, expected };
}

function asked(given: RewriteCase, fields: readonly (readonly [string, string])[]): RewriteCase {
  return { ...given, fields };
}

/** The files that there are. */
export const FILES = [
  "index.html",
  "a.html",
  "b.html",
  "c d.html",
  "dir/x.html",
  "sub/y.html",
  "sub/deep/z.html",
  "empty.txt",
];

export const MAP = "# names\nred  rouge\nblue\tbleu more\nred again\nspaced   out\n";

export const CASES: readonly RewriteCase[] = [
  // Plain substitution.
  inServer("/old.html", "200 /a.html", "RewriteRule ^/old\\.html$ /a.html"),
  inRoot("/old.html", "200 /a.html", "RewriteRule ^old\\.html$ /a.html"),
  inRoot("/old.html", "200 /a.html", "RewriteRule ^old\\.html$ a.html"),
  inRoot("/old.html", "404 /old.html", "RewriteRule ^/old\\.html$ /a.html"),
  inServer("/old.html", "404 /old.html", "RewriteRule ^old\\.html$ /a.html"),
  inServer("/old.html", "200 /a.html", "RewriteRule ^/old\\.html$ a.html"),
  inRoot("/none.html", "404 /none.html", "RewriteRule ^other$ /a.html"),
  // The original has the engine on for the document root and all below.
  { place: "root", rules: ["RewriteRule ^b - [F]"], expected: "403", target: "/b.html" },
  { place: "sub", rules: ["RewriteRule ^b - [F]"], expected: "403", target: "/sub/b.html" },
  { place: "root", rules: ["RewriteEngine off", "RewriteRule ^ /a.html"], expected: "200 /b.html", target: "/b.html" },
  // Groups and escapes.
  inServer("/p/12/x", "404 /show?id=12&what=x", "RewriteRule ^/p/(\\d+)/(.*)$ /show?id=$1&what=$2"),
  inRoot("/p/12/x", "404 /show?id=12&what=x", "RewriteRule ^p/(\\d+)/(.*)$ show?id=$1&what=$2"),
  inRoot("/p/a%20b", "403", "RewriteRule ^p/(.*)$ /show?q=$1"),
  inRoot("/p/a%20b", "404 /show?q=a+b", "RewriteRule ^p/(.*)$ /show?q=$1 [B]"),
  inRoot("/p/a%20b", "404 /show?q=a%20b", "RewriteRule ^p/(.*)$ /show?q=$1 [B,BNP]"),
  inRoot("/p/a%26b%3Dc", "404 /show?q=a&b=c", "RewriteRule ^p/(.*)$ /show?q=$1"),
  inRoot("/p/a%26b%3Dc", "404 /show?q=a%26b%3dc", "RewriteRule ^p/(.*)$ /show?q=$1 [B]"),
  inRoot("/p/a%26b%3Dc", "404 /show?q=a%26b=c", "RewriteRule ^p/(.*)$ /show?q=$1 [B=&]"),
  inRoot("/p/a%20b", "404 /show?q=a+b", "RewriteRule ^p/(.*)$ /show?q=$1 [BCTLS]"),
  inRoot("/p/a%26b%2Bc", "404 /show?q=a&b%2bc", "RewriteRule ^p/(.*)$ /show?q=$1 [B,BNE=&]"),
  inRoot("/p/a%3Fb", "403", "RewriteRule ^p/(.*)$ /show/$1"),
  inRoot("/p/a%3Fb", "404 /show/a?b", "RewriteRule ^p/(.*)$ /show/$1 [UnsafeAllow3F]"),
  inRoot("/p/a%3Fb", "404 /show/a?b", "RewriteRule ^p/(.*)$ /show/$1 [B]"),
  inRoot("/x", "404 /a$1b", "RewriteRule ^x$ /a\\$1b"),
  inRoot("/x", "400", "RewriteRule ^x$ /100%%b"),
  inRoot("/x", "500", "RewriteRule ^x$ /$2/$0"),
  inRoot("/c%20d", "200 /c d.html", 'RewriteRule "^c d$" "/c d.html"'),
  inRoot("/c%20d", "200 /c d.html", "RewriteRule ^c\\ d$ /c\\ d.html"),
  inServer("/c%20d", "200 /c d.html", "RewriteRule ^/c\\ d$ /c\\ d.html"),
  // Negation and case.
  inRoot("/q", "200 /a.html", "RewriteRule !^a /a.html"),
  inRoot("/a", "404 /a", "RewriteRule !^a /a.html"),
  inRoot("/q", "500", "RewriteRule !^a(.) /x$1y"),
  inRoot("/OLD", "200 /a.html", "RewriteRule ^old$ /a.html [NC]"),
  inRoot("/OLD", "404 /OLD", "RewriteRule ^old$ /a.html"),
  // Queries.
  inRoot("/x?k=v", "200 /a.html?k=v", "RewriteRule ^x$ /a.html"),
  inRoot("/x?k=v", "200 /a.html", "RewriteRule ^x$ /a.html?"),
  inRoot("/x?k=v", "200 /a.html?n=1", "RewriteRule ^x$ /a.html?n=1"),
  inRoot("/x?k=v", "200 /a.html?n=1&k=v", "RewriteRule ^x$ /a.html?n=1 [QSA]"),
  inRoot("/x", "200 /a.html?n=1", "RewriteRule ^x$ /a.html?n=1 [QSA]"),
  inRoot("/x?k=v", "200 /a.html?k=v", "RewriteRule ^x$ /a.html? [QSA]"),
  inRoot("/x?k=v", "200 /a.html", "RewriteRule ^x$ /a.html [QSD]"),
  inRoot("/x?k=v", "200 /a.html?n=1", "RewriteRule ^x$ /a.html?n=1 [QSD]"),
  inRoot("/x?k=v", "200 /a.html?n=1", "RewriteRule ^x$ /a.html?n=1 [QSA,QSD]"),
  inRoot("/x?k=v", "404 /q?a?b=1", "RewriteRule ^x$ /q?a?b=1 [QSL]"),
  inRoot("/x?k=v", "404 /q?a?b=1", "RewriteRule ^x$ /q?a?b=1"),
  inServer("/x?k=v", "200 /a.html?n=k=v", "RewriteRule ^/x$ /a.html?n=%{QUERY_STRING}"),
  inServer("/x?k=v", "200 /a.html?n=1&&k=v", "RewriteRule ^/x$ /a.html?n=1& [QSA]"),
  // Redirects.
  inRoot("/x", "302 -> http://case.test:8080/y", "RewriteRule ^x$ /y [R]"),
  inRoot("/x", "301 -> http://case.test:8080/y", "RewriteRule ^x$ /y [R=301,L]"),
  inServer("/x", "301 -> http://case.test:8080/y", "RewriteRule ^/x$ /y [R=permanent,L]"),
  inServer("/x", "303 -> http://case.test:8080/y", "RewriteRule ^/x$ /y [R=seeother]"),
  inServer("/x", "307 -> http://case.test:8080/y", "RewriteRule ^/x$ y [R=307]"),
  inRoot("/x", "308 -> http://case.test:8080/y", "RewriteRule ^x$ y [R=308]"),
  inRoot("/x", "302 -> http://other.test/y", "RewriteRule ^x$ http://other.test/y"),
  inRoot("/x", "301 -> http://other.test/y", "RewriteRule ^x$ http://other.test/y [R=301]"),
  inRoot("/x", "302 -> https://other.test", "RewriteRule ^x$ https://other.test"),
  inRoot("/x?k=v", "302 -> http://other.test/y?k=v", "RewriteRule ^x$ http://other.test/y"),
  inRoot("/x?k=v%20w", "302 -> http://case.test:8080/y?k=v%20w", "RewriteRule ^x$ /y [R]"),
  inRoot("/x?k=v", "302 -> http://case.test:8080/y?n=1&k=v", "RewriteRule ^x$ /y?n=1 [R,QSA]"),
  inRoot("/x?k=v", "302 -> http://case.test:8080/y", "RewriteRule ^x$ /y? [R]"),
  inRoot("/x?k=v", "302 -> http://case.test:8080/y", "RewriteRule ^x$ /y [R,QSD]"),
  inRoot("/p/a%20b", "302 -> http://case.test:8080/y/a%20b", "RewriteRule ^p/(.*)$ /y/$1 [R]"),
  inRoot("/p/a%25b", "302 -> http://case.test:8080/y/a%25b", "RewriteRule ^p/(.*)$ /y/$1 [R]"),
  inRoot("/p/a%25b", "302 -> http://case.test:8080/y/a%b", "RewriteRule ^p/(.*)$ /y/$1 [R,NE]"),
  inRoot("/p/%C3%A4;b", "302 -> http://case.test:8080/y/%c3%a4;b", "RewriteRule ^p/(.*)$ /y/$1 [R]"),
  inRoot("/p/q", "302 -> http://case.test:8080/y/q%23part", "RewriteRule ^p/(.*)$ /y/$1#part [R]"),
  inRoot("/p/q", "302 -> http://case.test:8080/y/q#part", "RewriteRule ^p/(.*)$ /y/$1#part [R,NE]"),
  inRoot("/p/a%20b", "302 -> http://case.test:8080/y?q=a%20b", "RewriteRule ^p/(.*)$ /y?q=$1 [R]"),
  inRoot("/p/a%20b", "302 -> http://case.test:8080/y?q=a+b", "RewriteRule ^p/(.*)$ /y?q=$1 [R,B]"),
  inRoot("/p/a%20b", "302 -> http://case.test:8080/y?q=a+b", "RewriteRule ^p/(.*)$ /y?q=$1 [R,B,NE]"),
  inRoot("/p/a%26b", "302 -> http://case.test:8080/y?q=a&b", "RewriteRule ^p/(.*)$ /y?q=$1 [R]"),
  inRoot("/p/a%26b", "302 -> http://case.test:8080/y?q=a%2526b", "RewriteRule ^p/(.*)$ /y?q=$1 [R,B]"),
  inRoot("/p/a%26b", "302 -> http://case.test:8080/y?q=a%26b", "RewriteRule ^p/(.*)$ /y?q=$1 [R,B,NE]"),
  inRoot("/x", "302 -> http://case.test/a.html", "RewriteRule ^x$ http://case.test/a.html"),
  inRoot("/x", "200 /a.html", "RewriteRule ^x$ http://CASE.test:8080/a.html"),
  inServer("/x", "302 -> http://case.test/a.html?z=1", "RewriteRule ^/x$ http://case.test/a.html?z=1"),
  inRoot("/x", "200 /a.html", "RewriteRule ^x$ http://case.test:8080/a.html"),
  inServer("/x", "200 /a.html?z=1", "RewriteRule ^/x$ http://case.test:8080/a.html?z=1"),
  inRoot("/x", "302 -> mailto:me@example.test", "RewriteRule ^x$ mailto:me@example.test"),
  inRoot("/x?k=v", "302 -> ftp://other.test/y", "RewriteRule ^x$ ftp://other.test/y"),
  // Statuses.
  inRoot("/a.html", "403", "RewriteRule ^a - [F]"),
  inRoot("/a.html", "410", "RewriteRule ^a - [G]"),
  inRoot("/a.html", "404", "RewriteRule ^a - [R=404]"),
  inServer("/a.html", "503", "RewriteRule ^/a - [R=503]"),
  inRoot("/a.html", "403", "RewriteRule ^a /b.html [F]"),
  // Order, chains, skips.
  inRoot("/x", "200 /a.html", "RewriteRule ^x$ y", "RewriteRule ^y$ a.html"),
  inRoot("/x", "200 /b.html", "RewriteRule ^x$ y [L]", "RewriteRule ^y$ b.html", "RewriteRule ^x$ a.html"),
  inRoot("/x", "404 /y", "RewriteRule ^x$ y [END]", "RewriteRule ^y$ b.html"),
  inServer("/x", "404 /y", "RewriteRule ^/x$ /y [L]", "RewriteRule ^/y$ /b.html"),
  inServer("/x", "200 /b.html", "RewriteRule ^/x$ /y", "RewriteRule ^/y$ /b.html"),
  inRoot(
    "/x",
    "200 /dir/x.html",
    "RewriteRule ^n$ z [C]",
    "RewriteRule ^x$ a.html [C]",
    "RewriteRule ^x$ b.html",
    "RewriteRule ^x$ dir/x.html",
  ),
  inRoot("/x", "200 /a.html", "RewriteRule ^x$ y [C]", "RewriteRule ^y$ z [C]", "RewriteRule ^z$ a.html"),
  inServer("/x", "200 /b.html", "RewriteRule ^/x$ - [S=1]", "RewriteRule ^/x$ /a.html", "RewriteRule ^/x$ /b.html"),
  inServer("/x", "200 /a.html", "RewriteRule ^/n$ - [S=1]", "RewriteRule ^/x$ /a.html", "RewriteRule ^/x$ /b.html"),
  inServer("/x", "404 /x", "RewriteRule ^/x$ - [S=9]", "RewriteRule ^/x$ /a.html"),
  inServer("/x_y_z", "404 /x-y-z", "RewriteRule ^/(.*)_(.*)$ /$1-$2 [N]"),
  inServer("/x_y_z", "500", "RewriteRule ^/(.*)_(.*)$ /$1-$2 [N=2]"),
  inServer("/x", "500", "RewriteRule ^/(.*)$ /$1 [N=5]"),
  inRoot("/x", "500", "RewriteRule ^(.*)$ y$1"),
  inRoot("/x", "404 /x", "RewriteRule ^x$ y", "RewriteRule ^y$ x"),
  inRoot("/a.html", "500", "RewriteRule ^(.*)$ /$1"),
  inRoot("/x", "404 /x", "RewriteRule ^ - [L]", "RewriteRule ^x$ a.html"),
  inServer("/x", "404 /x", "RewriteRule ^/x$ - [END]", "RewriteRule ^/x$ /a.html"),
  inServer("/x", "200 /a.html", "RewriteRule ^/x$ /a.html [PT]", "RewriteRule ^/a /b.html"),
  // What follows a missing file.
  inRoot("/n/b/c", "404 /m/b/c", "RewriteRule ^n/(.*)$ m/$1"),
  inRoot("/n/b/c", "404 /k/b/c/b/c", "RewriteRule ^n/(.*)$ m/$1", "RewriteRule ^m/(.*)$ k/$1"),
  inRoot("/n/b/c", "404 /k/b/c", "RewriteRule ^n/(.*)$ m/$1 [DPI]", "RewriteRule ^m/(.*)$ k/$1"),
  inRoot("/a.html/rest", "200 /b.html?p=rest", "RewriteRule ^a\\.html/(.*)$ b.html?p=$1"),
  // Conditions.
  inRoot("/x?k=v", "200 /a.html?c=v", "RewriteCond %{QUERY_STRING} ^k=(.*)$", "RewriteRule ^x$ a.html?c=%1"),
  inRoot("/x?k=v", "404 /x?k=v", "RewriteCond %{QUERY_STRING} !^k=", "RewriteRule ^x$ a.html"),
  inRoot("/x?k=v", "200 /a.html?k=v", "RewriteCond %{QUERY_STRING} =k=v", "RewriteRule ^x$ a.html"),
  inRoot("/x?k=v", "200 /a.html?k=v", "RewriteCond %{QUERY_STRING} =K=V [NC]", "RewriteRule ^x$ a.html"),
  inRoot("/x", "200 /a.html", 'RewriteCond %{QUERY_STRING} =""', "RewriteRule ^x$ a.html"),
  inRoot("/x", "200 /a.html", "RewriteCond %{QUERY_STRING} ^$", "RewriteRule ^x$ a.html"),
  inRoot(
    "/x?n=1",
    "200 /a.html?n=1",
    "RewriteCond %{QUERY_STRING} ^n=(\\d+)",
    "RewriteCond %1 -lt2",
    "RewriteRule ^x$ a.html",
  ),
  inRoot(
    "/x?n=9",
    "200 /a.html?n=9",
    "RewriteCond %{QUERY_STRING} ^n=(\\d+)",
    'RewriteCond %1 "-ge 9"',
    "RewriteRule ^x$ a.html",
  ),
  inRoot("/x?9", "200 /a.html?9", "RewriteCond %{QUERY_STRING} <10", "RewriteRule ^x$ a.html"),
  inRoot("/x?b", "200 /a.html?b", "RewriteCond %{QUERY_STRING} >=b", "RewriteRule ^x$ a.html"),
  inRoot(
    "/x?b",
    "200 /a.html?b",
    "RewriteCond %{QUERY_STRING} ^a [OR]",
    "RewriteCond %{QUERY_STRING} ^b",
    "RewriteRule ^x$ a.html",
  ),
  inRoot(
    "/x?c",
    "404 /x?c",
    "RewriteCond %{QUERY_STRING} ^a [OR]",
    "RewriteCond %{QUERY_STRING} ^b",
    "RewriteRule ^x$ a.html",
  ),
  inRoot(
    "/x?a",
    "404 /x?a",
    "RewriteCond %{QUERY_STRING} ^a [OR]",
    "RewriteCond %{QUERY_STRING} ^b",
    "RewriteCond %{REQUEST_METHOD} POST",
    "RewriteRule ^x$ a.html",
  ),
  inRoot(
    "/x?a",
    "200 /a.html?a",
    "RewriteCond %{QUERY_STRING} ^a",
    "RewriteCond %{QUERY_STRING} ^b [OR]",
    "RewriteCond %{REQUEST_METHOD} GET",
    "RewriteRule ^x$ a.html",
  ),
  inRoot("/x", "200 /a.html", "RewriteCond %{REQUEST_FILENAME} !-f", "RewriteRule ^ a.html [L]"),
  inRoot("/b.html", "200 /b.html", "RewriteCond %{REQUEST_FILENAME} !-f", "RewriteRule ^ a.html [L]"),
  inRoot(
    "/dir/",
    "404 /dir/",
    "RewriteCond %{REQUEST_FILENAME} !-f",
    "RewriteCond %{REQUEST_FILENAME} !-d",
    "RewriteRule ^ a.html [L]",
  ),
  inServer("/b.html", "200 /a.html", "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} -f", "RewriteRule ^ /a.html"),
  inServer("/b.html", "200 /b.html", "RewriteCond %{REQUEST_FILENAME} -f", "RewriteRule ^ /a.html"),
  inRoot("/empty.txt", "200 /empty.txt", "RewriteCond %{REQUEST_FILENAME} -s", "RewriteRule ^ a.html [L]"),
  inRoot("/x", "200 /a.html", "RewriteCond %{DOCUMENT_ROOT}/dir -d", "RewriteRule ^x a.html [L]"),
  asked(inRoot("/x", "200 /a.html", "RewriteCond %{HTTP_HOST} ^case\\.test [NC]", "RewriteRule ^x$ a.html"), []),
  asked(inRoot("/x", "200 /a.html vary User-Agent", "RewriteCond %{HTTP_USER_AGENT} Robot", "RewriteRule ^x$ a.html"), [
    ["User-Agent", "Robot/1"],
  ]),
  asked(inRoot("/x", "200 /a.html", "RewriteCond %{HTTP_USER_AGENT} Robot [NV]", "RewriteRule ^x$ a.html"), [
    ["User-Agent", "Robot/1"],
  ]),
  asked(
    inRoot(
      "/x",
      "200 /a.html vary X-Forwarded-Proto",
      "RewriteCond %{HTTP:X-Forwarded-Proto} =https",
      "RewriteRule ^x$ a.html",
    ),
    [["X-Forwarded-Proto", "https"]],
  ),
  asked(
    inRoot(
      "/x",
      "301 -> https://case.test:8080/x",
      "RewriteCond %{HTTP:X-Forwarded-Proto} !https",
      "RewriteRule ^(.*)$ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
    ),
    [],
  ),
  asked(
    inServer(
      "/x",
      "301 -> https://case.test:8080/x",
      "RewriteCond %{HTTPS} off",
      "RewriteRule ^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]",
    ),
    [],
  ),
  asked(
    inRoot(
      "/x",
      "200 /a.html?s=abc vary Cookie",
      "RewriteCond %{HTTP_COOKIE} session=([^;]+)",
      "RewriteRule ^x$ a.html?s=%1",
    ),
    [["Cookie", "a=b; session=abc"]],
  ),
  asked(
    inServer(
      "/x",
      "301 -> http://new.case.test:8080/x",
      "RewriteCond %{HTTP_HOST} ^(?:www\\.)?(.+)$",
      "RewriteRule ^/(.*)$ http://new.%1/$1 [R=301]",
    ),
    [],
  ),
  inRoot("/x", "200 /a.html", 'RewriteCond %{THE_REQUEST} "^GET /x HTTP"', "RewriteRule ^x$ a.html"),
  inRoot("/x", "200 /a.html", "RewriteCond %{REQUEST_METHOD}%{REQUEST_URI} ^GET/x$", "RewriteRule ^x$ a.html"),
  {
    ...inRoot("/x", "200 /a.html", "RewriteCond %{REQUEST_METHOD} ^(POST|PUT)$", "RewriteRule ^x$ a.html"),
    method: "POST",
  },
  inRoot("/x", "200 /a.html", "RewriteCond %{REMOTE_ADDR} ^127\\.", "RewriteRule ^x$ a.html"),
  inRoot("/x", "200 /a.html", "RewriteCond %{REQUEST_SCHEME} http", "RewriteRule ^x$ a.html"),
  inRoot("/x", "200 /a.html", "RewriteCond %{SERVER_PORT} ^8080$", "RewriteRule ^x$ a.html"),
  inRoot("/x?1", "200 /a.html?1", 'RewriteCond expr "%{QUERY_STRING} -eq 1"', "RewriteRule ^x$ a.html"),
  inRoot("/x?k7", "200 /a.html?n=7", 'RewriteCond expr "%{QUERY_STRING} =~ /k(.)/"', "RewriteRule ^x$ a.html?n=%1"),
  inRoot("/x?k7", "200 /a.html?k7", "RewriteCond expr \"! %{REQUEST_URI} -strmatch '/y*'\"", "RewriteRule ^x$ a.html"),
  inRoot("/x-1", "200 /a.html?g=11", "RewriteCond $1 ^(\\d)$", "RewriteRule ^x-(.)$ a.html?g=%1$1"),
  inRoot(
    "/x",
    "200 /a.html?c=",
    "RewriteCond %{QUERY_STRING} ^$",
    "RewriteRule ^y$ b.html",
    "RewriteRule ^x$ a.html?c=%0",
  ),
  // Variables.
  inRoot("/a.html", "200 /a.html {FOO=bar}", "RewriteRule ^a - [E=FOO:bar]"),
  inRoot("/a.html", "200 /a.html {FOO=a, BAZ=}", "RewriteRule ^(.) - [E=FOO:$1,E=BAZ]"),
  inRoot("/a.html", "200 /a.html", "RewriteRule ^a - [E=FOO:bar]", "RewriteRule ^a - [E=!FOO]"),
  inRoot("/x", "200 /a.html {REDIRECT_FOO=bar}", "RewriteRule ^x$ a.html [E=FOO:bar]"),
  inServer("/x", "200 /a.html {FOO=bar}", "RewriteRule ^/x$ /a.html [E=FOO:bar]"),
  inRoot(
    "/a.html",
    "200 /b.html {REDIRECT_FOO=bar}",
    "RewriteRule ^a - [E=FOO:bar]",
    "RewriteCond %{ENV:FOO} =bar",
    "RewriteRule ^a b.html",
  ),
  inServer("/x", "404 /x {FOO=GET:}", "RewriteRule ^/x$ - [E=FOO:%{REQUEST_METHOD}:%{QUERY_STRING}]"),
  inRoot(
    "/a.html",
    "200 /b.html {REDIRECT_FOO=bar}",
    "RewriteRule ^a - [env=foo:bar]",
    "RewriteCond %{ENV:FOO} =bar",
    "RewriteRule ^a b.html",
  ),
  inRoot(
    "/a.html",
    "302 -> http://case.test:8080/bar://x {FOO=bar}",
    "RewriteRule ^a - [E=foo:bar]",
    "RewriteRule ^a %{ENV:FOO}://x [R]",
  ),
  // Cookies.
  inRoot("/a.html", "200 /a.html cookie k=v; path=/; domain=.case.test", "RewriteRule ^a - [CO=k:v:.case.test]"),
  inRoot("/a.html", "200 /a.html cookie k=v; path=/p; domain=case.test", "RewriteRule ^a - [CO=k:v:case.test:0:/p]"),
  inRoot(
    "/a.html",
    "200 /a.html cookie k=v; path=/p; domain=case.test; secure; HttpOnly; SameSite=Lax",
    "RewriteRule ^a - [CO=k:v:case.test:0:/p:true:1:Lax]",
  ),
  inRoot(
    "/a.html",
    "200 /a.html cookie k=v; path=/p; domain=case.test",
    "RewriteRule ^a - [CO=k:v:case.test:0:/p:0:0:0]",
  ),
  inRoot(
    "/a.html",
    "200 /a.html cookie k=v:a; path=/; domain=case.test",
    "RewriteRule ^(.)(.*) - [CO=;k;v:$1;case.test;0;/]",
  ),
  // Maps.
  inServer("/m/red", "404 /rouge", "RewriteMap colours txt:MAP", "RewriteRule ^/m/(.*)$ /${colours:$1}"),
  inServer("/m/blue", "404 /bleu", "RewriteMap colours txt:MAP", "RewriteRule ^/m/(.*)$ /${colours:$1|none}"),
  inServer("/m/green", "404 /none", "RewriteMap colours txt:MAP", "RewriteRule ^/m/(.*)$ /${colours:$1|none}"),
  inServer("/m/green", "404 /xy", "RewriteMap colours txt:MAP", "RewriteRule ^/m/(.*)$ /x${colours:$1}y"),
  inServer(
    "/m/RED",
    "404 /rouge",
    "RewriteMap lower int:tolower",
    "RewriteMap colours txt:MAP",
    "RewriteRule ^/m/(.*)$ /${colours:${lower:$1}|none}",
  ),
  inServer("/m/x", "404 /X", "RewriteMap up int:toupper", "RewriteRule ^/m/(.*)$ /${up:$1}"),
  inServer("/m/a%20b", "404 /y?q=a%20b", "RewriteMap esc int:escape", "RewriteRule ^/m/(.*)$ /y?q=${esc:$1}"),
  inServer("/m/a%2520b", "404 /y/a b", "RewriteMap un int:unescape", "RewriteRule ^/m/(.*)$ /y/${un:$1}"),
  inServer(
    "/m/q",
    "404 /m/q",
    "RewriteMap colours txt:MAP",
    "RewriteCond ${colours:$1|NO} !NO",
    "RewriteRule ^/m/(.*)$ /a.html",
  ),
  // A directory of its own.
  inSub("/sub/x", "200 /sub/y.html", "RewriteRule ^x$ y.html"),
  inSub("/sub/x", "404 /sub/x", "RewriteRule ^sub/x$ y.html"),
  inSub("/sub/x", "200 /a.html", "RewriteRule ^x$ /a.html"),
  inSub("/sub/x", "200 /sub/y.html", "RewriteBase /sub", "RewriteRule ^x$ y.html"),
  inSub("/sub/x", "200 /a.html", "RewriteBase /", "RewriteRule ^x$ a.html"),
  inSub("/sub/x", "404 /elsewhere/a.html", "RewriteBase /elsewhere/", "RewriteRule ^x$ a.html"),
  inSub("/sub/x", "302 -> http://case.test:8080/sub/y.html", "RewriteRule ^x$ y.html [R]"),
  inSub("/sub/x", "301 -> http://case.test:8080/a.html", "RewriteBase /", "RewriteRule ^x$ a.html [R=301]"),
  inSub("/sub/deep/q", "200 /sub/deep/z.html", "RewriteRule ^(.*)q$ $1z.html"),
  inSub("/sub", "301 -> http://case.test:8080/sub/", "RewriteRule ^ /a.html"),
  inSub("/sub", "301 -> http://case.test:8080/sub/", "RewriteOptions AllowNoSlash", "RewriteRule ^ /a.html"),
  inSub("/sub/", "200 /sub/y.html", "RewriteRule ^$ y.html"),
  inSub("/sub/y.html", "403", "RewriteRule ^y\\.html$ - [F]"),
  inSub("/sub/x", "200 /a.html", "RewriteRule ^x$ ../a.html"),
  inRoot("/sub/x", "500", "RewriteRule ^sub/(.*)$ sub/deep/$1.html"),
  inRoot("/x", "200 /dir/x.html", "RewriteBase /dir", "RewriteRule ^x$ x.html"),
  inRoot("/x", "200 /a.html", "RewriteRule ^x$ %{DOCUMENT_ROOT}/a.html"),
  inServer("/x", "200 /a.html", "RewriteRule ^/x$ %{DOCUMENT_ROOT}/a.html"),
  inServer("/x", "200 /a.html", "RewriteRule ^/x$ /y/../a.html"),
  inRoot("/x", "404 /x", "RewriteRule ^x$ -"),
  inRoot("/p/a%2520b", "404 /show/a b", "RewriteRule ^p/(.*)$ /show/$1"),
  inRoot("/p/a%252Fb", "404", "RewriteRule ^p/(.*)$ /show/$1"),
  inRoot("/p/%252e%252e/a.html", "200 /a.html", "RewriteRule ^p/(.*)$ /dir/$1"),
  inServer("/p/a%2520b", "404 /show/a%20b", "RewriteRule ^/p/(.*)$ /show/$1"),
  inServer("/p/a%20b", "403", "RewriteRule ^/p/(.*)$ /show?q=$1"),
  inRoot("/x", "302 -> http://case.test:8080/y.html", "RewriteRule ^x$ y.html [R=302,L]", "RewriteRule ^ a.html"),
  inRoot("/x", "302 -> http://case.test:8080/y", "RewriteRule ^x$ /y [R,L]", "RewriteRule ^ - [F]"),
  inRoot("/x", "200 /a.html {REDIRECT_FOO=/x}", "RewriteRule ^x$ /a.html [L,E=FOO:%{REQUEST_URI}]"),
  inRoot("/x.php", "404 /x.php.txt", "RewriteRule ^(.+)\\.(php|html)$ $1.$2.txt"),
  inRoot("/en/x", "404 /x?lang=en", "RewriteRule ^([a-z]{2})/([^/]+)/?$ $2?lang=$1 [L,QSA]"),
  inRoot(
    "/dir/none",
    "200 /a.html?path=dir/none",
    "RewriteCond %{REQUEST_FILENAME} !-f",
    "RewriteCond %{REQUEST_FILENAME} !-d",
    "RewriteRule ^(.*)$ a.html?path=$1 [L,QSA]",
  ),
  inRoot(
    "/dir/none/more",
    "200 /a.html?path=a.html&path=dir/none/more",
    "RewriteCond %{REQUEST_FILENAME} (.*)",
    "RewriteRule ^(.*)$ a.html?path=$1 [L,QSA]",
  ),
  inServer("/x", "404 /static/x", "RewriteCond %{REQUEST_URI} !^/static/", "RewriteRule ^/(.*)$ /static/$1"),
  inRoot("/x", "404 /static/x", "RewriteCond %{REQUEST_URI} !^/static/", "RewriteRule ^(.*)$ static/$1"),
  inServer("//x", "200 /a.html", "RewriteRule ^/x$ /a.html"),
  inRoot("/A-B", "404 /BA", "RewriteRule ^([A-Z])-([A-Z])$ $2$1"),
  inRoot("/x", "403", 'RewriteRule "^x$" "/a.html?t=a b" [NE]'),
  inRoot("/x", "302 -> http://case.test:8080/a.html?t=a%20b", 'RewriteRule "^x$" "/a.html?t=a b" [R]'),
  inRoot("/x", "200 /a.html", "RewriteRule ^x$ a.html [T=text/plain]"),
  inRoot("/a.html", "200 /a.html type text/css", "RewriteRule ^a - [T=text/css]"),
];
