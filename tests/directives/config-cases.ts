/**
 * Configurations, requests, and what Apache 2.4 answers, as seen there: status, Location, the fields that begin with X- and
 * those named below, each once, sorted.
 */

export interface ConfigCase {
  readonly lines: readonly string[];
  /** .htaccess files by their folder below the document root. */
  readonly htaccess?: Readonly<Record<string, string>>;
  readonly target: string;
  readonly method?: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly expected: string;
}

export const FILES = [
  "index.html",
  "a.html",
  "b.css",
  "c.txt",
  "d.html.fr.gz",
  "e.unknown",
  "dir/x.html",
  "dir/sub/y.html",
  "dir/.keep",
];

/** Users ann and bob, whose passwords are their names with a 1. */
export const PASSWORDS = "ann:$apr1$12345678$5PdulMkzY2NrIUMhaQewt.\nbob:{SHA}nUD1Zl1b2+ltyzok9OT+mNaGpgI=\n";
export const GROUPS = "staff: ann\nothers: bob carl\n";

type Fields = readonly (readonly [string, string])[];

function config(target: string, expected: string, lines: string, fields: Fields = []): ConfigCase {
  return { lines: lines.trim().split("\n"), target, fields, expected };
}

function htaccess(target: string, expected: string, text: string, fields: Fields = []): ConfigCase {
  return { lines: [], htaccess: { dir: text }, target, fields, expected };
}

export const CASES: readonly ConfigCase[] = [
  // Response fields.
  config("/a.html", "200 | content-type=text/html | x-a=one", "Header set X-A one"),
  config("/a.html", "200 | content-type=text/html | x-a=one two", 'Header set X-A "one two"'),
  config("/a.html", "200 | content-type=text/html | x-a=two", "Header set X-A one\nHeader set X-A two"),
  config("/a.html", "200 | content-type=text/html | x-a=one | x-a=two", "Header set X-A one\nHeader add X-A two"),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=one, two, two",
    "Header set X-A one\nHeader append X-A two\nHeader append X-A two",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=one, two",
    "Header set X-A one\nHeader merge X-A two\nHeader merge X-A two\nHeader merge X-A one",
  ),
  config("/a.html", "200 | content-type=text/html | x-a=one", "Header append X-A one"),
  config("/a.html", "200 | content-type=text/html", "Header set X-A one\nHeader unset X-A"),
  config("/a.html", "200 | content-type=text/html | x-a=one", "Header setifempty X-A one\nHeader setifempty X-A two"),
  config("/a.html", "200 | content-type=text/html | x-a=z-a-b", 'Header set X-A "a-a-b"\nHeader edit X-A a z'),
  config("/a.html", "200 | content-type=text/html | x-a=z-z-b", 'Header set X-A "a-a-b"\nHeader edit* X-A a z'),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=value=key",
    'Header set X-A "key=value"\nHeader edit X-A ^(.*)=(.*)$ "$2=$1"',
  ),
  config("/a.html", "200 | content-type=text/html | x-a=a&[&]", 'Header set X-A "a&b"\nHeader edit X-A b "[&]"'),
  config("/a.html", "200 | content-type=text/html | x-a=a$1", 'Header set X-A "ab"\nHeader edit X-A b "\\$1"'),
  config("/a.html", "200 | content-type=text/html | x-a=ac", 'Header set X-A "ab"\nHeader edit X-A (?i)B "c"'),
  config("/a.html", "200 | content-type=text/html", "Header edit X-A a z"),
  config("/a.html", "200 | content-type=text/html | x-one=1", "Header echo ^X-", [
    ["X-One", "1"],
    ["Y-Two", "2"],
    ["x-three", "3"],
  ]),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=one | x-d=one",
    "SetEnv V yes\nHeader set X-A one env=V\nHeader set X-B one env=!V\nHeader set X-C one env=W\nHeader set X-D one env=!W",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=v=yes w=(null) % 100%",
    'SetEnv V yes\nHeader set X-A "v=%{V}e w=%{W}e %% 100%%"',
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=one",
    'Header set X-A one "expr=%{REQUEST_METHOD} == \'GET\'"\nHeader set X-B one "expr=%{REQUEST_STATUS} == 404"',
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=GET-/a.html-abc",
    'Header set X-A "expr=%{REQUEST_METHOD}-%{REQUEST_URI}-%{tolower:ABC}"',
  ),
  config("/a.html", "200 | content-type=text/html | x-a=one", "Header set X-A: one"),
  config("/none", "404 | x-b=two", "Header set X-A one\nHeader always set X-B two\nHeader onsuccess set X-C three"),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=one | x-c=three",
    "Header set X-A one\n<Location /none>\nHeader set X-B two\n</Location>\n<Location /a.html>\nHeader set X-C three\n</Location>",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=one | x-c=one",
    '<Files a.html>\nHeader set X-A one\n</Files>\n<Files *.css>\nHeader set X-B one\n</Files>\n<FilesMatch "^[a-c]\\.(html|css)$">\nHeader set X-C one\n</FilesMatch>',
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=location",
    "<Directory @ROOT>\nHeader set X-A directory\n</Directory>\n<Location />\nHeader set X-A location\n</Location>\n<Files a.html>\nHeader set X-A files\n</Files>",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=if",
    '<If "true">\nHeader set X-A if\n</If>\n<Location />\nHeader set X-A location\n</Location>',
  ),
  config(
    "/dir/x.html",
    "200 | content-type=text/html | x-a=deep",
    "<Directory @ROOT/dir>\nHeader set X-A deep\n</Directory>\n<Directory @ROOT>\nHeader set X-A shallow\n</Directory>",
  ),
  config(
    "/dir/x.html",
    "200 | content-type=text/html | x-a=glob | x-b=regex",
    '<Directory @ROOT/d*>\nHeader set X-A glob\n</Directory>\n<DirectoryMatch "/dir(/|$)">\nHeader set X-B regex\n</DirectoryMatch>',
  ),
  config(
    "/dir/x.html",
    "200 | content-type=text/html | x-a=dir",
    '<LocationMatch "^/(?<part>[a-z]+)/">\nHeader set X-A "%{MATCH_PART}e"\n</LocationMatch>',
  ),
  config(
    "/dirx",
    "404 | x-b=one",
    "<Location /dir>\nHeader always set X-A one\n</Location>\n<Location /dirx>\nHeader always set X-B one\n</Location>",
  ),
  config(
    "/dir/x.html",
    "200 | content-type=text/html | x-a=one | x-c=one",
    '<Location /*/x.html>\nHeader set X-A one\n</Location>\n<Location /*>\nHeader set X-B one\n</Location>\n<Location ~ "x.html$">\nHeader set X-C one\n</Location>',
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=elseif",
    "<If \"%{QUERY_STRING} == 'x'\">\nHeader set X-A if\n</If>\n<ElseIf \"%{REQUEST_METHOD} == 'GET'\">\nHeader set X-A elseif\n</ElseIf>\n<Else>\nHeader set X-A else\n</Else>",
  ),
  config(
    "/a.html?x",
    "200 | content-type=text/html | x-a=if",
    "<If \"%{QUERY_STRING} == 'x'\">\nHeader set X-A if\n</If>\n<Else>\nHeader set X-A else\n</Else>",
  ),
  // Request fields.
  config("/a.html", "200 | content-type=text/html | x-in=one", "RequestHeader set X-In one\nHeader echo ^X-In$"),
  config(
    "/a.html",
    "200 | content-type=text/html | x-in=one, two",
    "RequestHeader append X-In two\nHeader echo ^X-In$",
    [["X-In", "one"]],
  ),
  config("/a.html", "200 | content-type=text/html", "RequestHeader unset X-In\nHeader echo ^X-In$", [["X-In", "one"]]),
  config("/a.html", "200 | content-type=text/html | x-in=0ne two", "RequestHeader edit X-In o 0\nHeader echo ^X-In$", [
    ["X-In", "one two"],
  ]),
  config("/a.html", "200 | content-type=text/html | x-in=0ne tw0", "RequestHeader edit* X-In o 0\nHeader echo ^X-In$", [
    ["X-In", "one two"],
  ]),
  config(
    "/a.html",
    "200 | content-type=text/html | x-in=one",
    "RequestHeader setifempty X-In two\nHeader echo ^X-In$",
    [["X-In", "one"]],
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=early",
    "RequestHeader set X-In one early\nSetEnvIf X-In one V=early\nHeader set X-A %{V}e",
  ),
  // Variables.
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=a",
    'SetEnvIf Request_URI "^/(.)\\.html$" V=$1\nHeader set X-A %{V}e',
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=1 (null)",
    'SetEnvIf X-In ^one$ V !W\nHeader set X-A "%{V}e %{W}e"',
    [["X-In", "one"]],
  ),
  config("/a.html", "200 | content-type=text/html | x-a=yes", "SetEnvIfNoCase X-In ^ONE$ V=yes\nHeader set X-A %{V}e", [
    ["X-In", "one"],
  ]),
  config("/a.html", "200 | content-type=text/html | x-a=(null)", "SetEnvIf X-In ^ONE$ V=yes\nHeader set X-A %{V}e", [
    ["X-In", "one"],
  ]),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=m n",
    'BrowserMatch ^Mozilla V=m\nBrowserMatchNoCase mozilla W=n\nHeader set X-A "%{V}e %{W}e"',
    [["User-Agent", "Mozilla/5"]],
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=chained",
    "SetEnvIf Remote_Addr ^127\\. V=local\nSetEnvIf V local W=chained\nHeader set X-A %{W}e",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=$0-& eleven",
    'SetEnvIf Request_Method GET V=$0-&\nSetEnvIf Request_Protocol HTTP/1.1 W=eleven\nHeader set X-A "%{V}e %{W}e"',
  ),
  config("/a.html", "200 | content-type=text/html | x-a=found", "SetEnvIf ^X-I 1 V=found\nHeader set X-A %{V}e", [
    ["X-In", "1"],
  ]),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=E",
    'SetEnvIfExpr "%{REQUEST_METHOD} =~ /^G(.)/" V=$1\nHeader set X-A %{V}e',
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=two",
    "SetEnv V one\n<Location />\nSetEnv V two\n</Location>\nHeader set X-A %{V}e",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-a=(null)",
    "SetEnv V one\n<Location />\nUnsetEnv V\n</Location>\nHeader set X-A %{V}e",
  ),
  config("/a.html", "200 | content-type=text/html | x-a=[]", 'SetEnv V\nHeader set X-A "[%{V}e]"'),
  // Redirects.
  config("/old/x?k=v", "302 | -> http://new.test/there/x?k=v", "Redirect /old http://new.test/there"),
  config("/old", "301 | -> http://new.test/there", "Redirect permanent /old http://new.test/there"),
  config("/older", "404", "Redirect /old http://new.test/there"),
  config("/old/x", "303 | -> http://case.test:8080/there/x", "Redirect 303 /old /there"),
  config("/old/x", "410", "Redirect gone /old"),
  config("/old/x", "404", "Redirect 404 /old"),
  config("/old/a%20b?k=a%20b", "302 | -> http://new.test/there/a%20b?k=a%20b", "Redirect /old http://new.test/there"),
  config("/old/x?k=v", "302 | -> http://new.test/there?own=1/x", "Redirect /old http://new.test/there?own=1"),
  config("/a/b.gif?k=v", "302 | -> http://new.test/a/b.png?k=v", "RedirectMatch ^/(.*)\\.gif$ http://new.test/$1.png"),
  config("/a/b.gif", "301 | -> http://case.test:8080/img/gif/b", "RedirectMatch 301 ^/a/(.*)\\.(gif)$ /img/$2/$1"),
  config("/a%20b.gif", "302 | -> http://new.test/a%20b", "RedirectMatch ^/(.*)\\.gif$ http://new.test/$1"),
  config("/a/b", "410", "RedirectMatch 410 ^/a/"),
  config("/old/x", "302 | -> http://one.test//x", "Redirect /old http://one.test/\nRedirect /old/x http://two.test/"),
  config("/old/x", "301 | -> http://new.test/there/x", "RedirectPermanent /old http://new.test/there"),
  config("/old/x", "302 | -> http://new.test/there/x", "RedirectTemp /old http://new.test/there"),
  config("/old/x", "301 | -> http://new.test/all", "<Location /old>\nRedirect 301 http://new.test/all\n</Location>"),
  config(
    "/old/x",
    "302 | -> http://new.test/old/x",
    '<Location /old>\nRedirect 302 "http://new.test%{REQUEST_URI}"\n</Location>',
  ),
  htaccess("/dir/x.html", "301 | -> http://new.test/", "Redirect 301 /dir/x.html http://new.test/"),
  // Access.
  config("/a.html", "403", "<Location />\nRequire all denied\n</Location>"),
  config("/a.html", "200 | content-type=text/html", "<Location />\nRequire ip 127.0\n</Location>"),
  config("/a.html", "403", "<Location />\nRequire ip 10.0.0.0/8 192.168\n</Location>"),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nRequire not ip 10.0.0.0/8\nRequire all granted\n</Location>"
      .replace("Require not", "<RequireAll>\nRequire not")
      .replace("granted\n</Loc", "granted\n</RequireAll>\n</Loc"),
  ),
  config(
    "/a.html",
    "403",
    "<Location />\n<RequireAll>\nRequire not ip 127.0.0.0/8\nRequire all granted\n</RequireAll>\n</Location>",
  ),
  config("/a.html", "200 | content-type=text/html", "<Location />\nRequire local\n</Location>"),
  config("/a.html", "403", "<Location />\nRequire method POST\n</Location>"),
  config("/a.html", "200 | content-type=text/html", "<Location />\nRequire method GET POST\n</Location>"),
  config("/a.html", "200 | content-type=text/html", "SetEnvIf X-In one ok\n<Location />\nRequire env ok\n</Location>", [
    ["X-In", "one"],
  ]),
  config("/a.html", "403", "SetEnvIf X-In one ok\n<Location />\nRequire env ok\n</Location>"),
  config("/a.html", "200 | content-type=text/html", '<Location />\nRequire expr "%{REQUEST_URI} =~ /a/"\n</Location>'),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nRequire all denied\n</Location>\n<Location /a.html>\nRequire all granted\n</Location>",
  ),
  config(
    "/a.html",
    "403",
    "<Location />\nRequire all denied\n</Location>\n<Location /a.html>\nAuthMerging And\nRequire all granted\n</Location>",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nRequire all denied\n</Location>\n<Location /a.html>\nAuthMerging Or\nRequire all granted\n</Location>",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\n<RequireAny>\nRequire ip 10.0.0.1\n<RequireAll>\nRequire ip 127.0.0.1\nRequire method GET\n</RequireAll>\n</RequireAny>\n</Location>",
  ),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nOrder deny,allow\nDeny from all\nAllow from 127.0.0.1\n</Location>",
  ),
  config("/a.html", "403", "<Location />\nOrder allow,deny\nAllow from all\nDeny from 127\n</Location>"),
  config("/a.html", "403", "<Location />\nOrder allow,deny\n</Location>"),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\n<Limit POST>\nRequire all denied\n</Limit>\n</Location>",
  ),
  config("/a.html", "403", "<Location />\n<LimitExcept POST>\nRequire all denied\n</LimitExcept>\n</Location>"),
  config("/.htaccess", "403", '<Files ".ht*">\nRequire all denied\n</Files>'),
  config(
    "/a.html",
    '401 | www-authenticate=Basic realm="The Realm"',
    '<Location />\nAuthType Basic\nAuthName "The Realm"\nAuthUserFile @PASSWORDS\nRequire valid-user\n</Location>',
  ),
  config(
    "/a.html",
    "200 | content-type=text/html | x-user=ann",
    '<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nRequire valid-user\n</Location>\nHeader set X-User "expr=%{REMOTE_USER}"',
    [["Authorization", "Basic YW5uOmFubjE="]],
  ),
  config(
    "/a.html",
    '401 | www-authenticate=Basic realm="Realm"',
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nRequire valid-user\n</Location>",
    [["Authorization", "Basic YW5uOndyb25n"]],
  ),
  config(
    "/a.html",
    '401 | www-authenticate=Basic realm="Realm"',
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nRequire user bob\n</Location>",
    [["Authorization", "Basic YW5uOmFubjE="]],
  ),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nRequire user bob\n</Location>",
    [["Authorization", "Basic Ym9iOmJvYjE="]],
  ),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nAuthGroupFile @GROUPS\nRequire group staff\n</Location>",
    [["Authorization", "Basic YW5uOmFubjE="]],
  ),
  config(
    "/a.html",
    '401 | www-authenticate=Basic realm="Realm"',
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nAuthGroupFile @GROUPS\nRequire group staff\n</Location>",
    [["Authorization", "Basic Ym9iOmJvYjE="]],
  ),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nRequire valid-user\nRequire ip 127.0.0.1\n</Location>",
  ),
  config(
    "/a.html",
    "403",
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\n<RequireAll>\nRequire valid-user\nRequire ip 10.0.0.1\n</RequireAll>\n</Location>",
  ),
  config("/a.html", "500", "<Location />\nRequire valid-user\n</Location>"),
  config(
    "/a.html",
    "200 | content-type=text/html",
    "<Location />\nAuthType Basic\nAuthName Realm\nAuthUserFile @PASSWORDS\nRequire valid-user\nOrder allow,deny\nAllow from 127.0.0.1\nSatisfy Any\n</Location>",
  ),
  // Types.
  config("/c.txt", "200 | content-type=text/x-special", "AddType text/x-special .txt"),
  config("/c.txt", "200 | content-type=text/x-special", "<Location />\nForceType text/x-special\n</Location>"),
  config("/c.txt", "200 | content-type=text/plain; charset=utf-8", "AddDefaultCharset utf-8"),
  config("/b.css", "200 | content-type=text/css", "AddDefaultCharset utf-8"),
  config("/c.txt", "200 | content-type=text/plain; charset=utf-8", "AddCharset utf-8 .txt"),
  config(
    "/d.html.fr.gz",
    "200 | content-encoding=x-gzip | content-language=fr | content-type=application/gzip",
    "AddEncoding x-gzip .gz\nAddLanguage fr .fr",
  ),
  config("/e.unknown", "200 | content-type=text/x-special", "AddType text/x-special unknown"),
  config("/c.txt", "200", "RemoveType .txt"),
  // Lifetimes.
  config(
    "/b.css",
    "200 | cache-control=max-age=3600 | content-type=text/css | expires=+3600",
    'ExpiresActive On\nExpiresDefault "access plus 1 hour"',
  ),
  config(
    "/b.css",
    "200 | cache-control=max-age=2764800 | content-type=text/css | expires=+2764800",
    'ExpiresActive On\nExpiresDefault A60\nExpiresByType text/css "access plus 1 month 2 days"',
  ),
  config("/b.css", "200 | content-type=text/css", "ExpiresActive On\nExpiresByType text/html A60"),
  config("/b.css", "200 | content-type=text/css", "ExpiresDefault A60"),
  config(
    "/b.css",
    "200 | cache-control=max-age=60, public | content-type=text/css | expires=+60",
    "ExpiresActive On\nExpiresDefault A60\nHeader append Cache-Control public",
  ),
  config(
    "/b.css",
    "200 | content-type=text/css",
    "ExpiresActive On\nExpiresDefault A60\n<Location />\nExpiresActive Off\n</Location>",
  ),
  // .htaccess files.
  htaccess("/dir/x.html", "200 | content-type=text/html | x-a=one", "Header set X-A one"),
  htaccess("/a.html", "200 | content-type=text/html", "Header set X-A one"),
  {
    lines: [],
    htaccess: { "": "Header set X-A root\nHeader set X-B root", dir: "Header set X-A dir" },
    target: "/dir/sub/y.html",
    expected: "200 | content-type=text/html | x-a=dir | x-b=root",
  },
  htaccess("/dir/x.html", "500", "Nonsense on"),
  htaccess("/dir/x.html", "403", "<Files x.html>\nRequire all denied\n</Files>"),
  htaccess(
    "/dir/sub/y.html",
    "200 | content-type=text/html | x-a=if",
    '<Files x.html>\nRequire all denied\n</Files>\n<If "%{REQUEST_URI} =~ /y/">\nHeader set X-A if\n</If>',
  ),
  htaccess("/dir/x.html", "403", "Require all denied"),
  htaccess(
    "/dir/x.html",
    "200 | content-type=text/html",
    "<IfModule mod_rewrite.c>\nRewriteEngine on\nRewriteRule ^x ../a.html\n</IfModule>\n<IfModule mod_nothing.c>\nNonsense\n</IfModule>",
  ),
  htaccess(
    "/dir/x.html",
    "200 | content-type=text/html | x-a=new",
    "<IfModule !mod_rewrite.c>\nNonsense\n</IfModule>\n<IfVersion >= 2.4>\nHeader set X-A new\n</IfVersion>\n<IfVersion < 2.4>\nHeader set X-A old\n</IfVersion>",
  ),
  htaccess("/dir/x.html", "500", "Include other.conf"),
  htaccess(
    "/dir/x.html",
    "200 | content-type=text/html | x-a=one   two",
    'Header set X-A "one \\\n  two"\n# comment \\\nHeader set X-B no',
  ),
  htaccess(
    "/dir/x.html",
    '200 | content-type=text/html | x-a=a "b" c | x-b=a "b" \\ \\c',
    'Header set X-A \'a "b" c\'\nHeader set X-B "a \\"b\\" \\\\ \\c"',
  ),
  htaccess("/dir/x.html", "200 | content-type=text/html | x-a=one", "header SET X-A one"),
  // Expressions.
  ...[
    ["%{REQUEST_METHOD} in {'GET','POST'}", true],
    ["%{REQUEST_METHOD} in { 'PUT', 'POST' }", false],
    ["%{REMOTE_ADDR} -ipmatch '127.0.0.0/8'", true],
    ["-R '10.0.0.0/8'", false],
    ["%{QUERY_STRING} -gt 5", true],
    ["10 -lt 9 || 9 < 10", false],
    ["'10' < '9'", true],
    ["! -z %{QUERY_STRING}", true],
    ["-n req('X-In') && req('X-In') == 'one'", true],
    ["%{HTTP:X-In} == 'one'", true],
    ["%{req:X-In} =~ m#^O#i", true],
    ["%{HTTP_HOST} == 'case.test:8080'", true],
    ["tolower('ABC') == 'abc' && toupper(\"abc\") == 'ABC'", true],
    ["'a' . 'b' == 'ab'", true],
    ["%{REQUEST_URI} -strmatch '/a.*'", true],
    ["%{REQUEST_URI} -strcmatch '/A.*'", true],
    ["%{REQUEST_URI} -fnmatch '/*.html'", true],
    ["-f '%{DOCUMENT_ROOT}/a.html'", true],
    ["-d %{DOCUMENT_ROOT}", true],
    ["-e '/proc/self/nothing'", false],
    ["true && !false", true],
    ["(false || true) && false", false],
    ["%{REQUEST_URI} =~ /(.)\\.html/ && $1 == 'a'", true],
    ["%{REQUEST_URI} !~ /b/", true],
    ["-T 'off' || -T 'yes'", true],
    ["base64('abc') == 'YWJj' && md5('a') == '0cc175b9c0f1b6a831c399e269772661'", true],
    ["escape('a b') == 'a%20b' && unescape('a%20b') == 'a b'", true],
    ["%{SERVER_PORT} -eq 8080 && %{HTTPS} == 'off'", true],
    ["%{TIME_YEAR} -ge 2020", true],
    ["reqenv('V') == 'yes'", true],
    ["%{ENV:V} == 'yes' || env('W') == ''", true],
    ["'a' == 'b' || 'c' != 'd' && 'e' le 'f'", true],
    ["5 eq 5", true],
    ["%{REQUEST_STATUS} == ''", false],
  ].map(([text, holds]) =>
    config(
      "/a.html?7",
      `200 | content-type=text/html${holds === true ? " | x-a=yes" : ""}`,
      `SetEnvIf Request_URI . V=yes\n<If "${`${text}`.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}">\nHeader set X-A yes\n</If>`,
      [["X-In", "one"]],
    ),
  ),
];
