/** What the server serves: the application, and the files in front of it. */

import { checkErrorDocument, checkExtension, checkOverride, checkUrlPathOfPair } from "../checks/words.ts";
import { choice, flag, integer, pair, path, repeatable, text } from "../builders.ts";
import { group } from "./group.ts";

export const content = group("What to serve", {
  "application-type": choice("TYPE", ["script", "module", "paste", "static"], {
    status: "built",
    default: "script",
    help: "What the entry point is: the file of a WSGI script, the dotted name of a Python module, the file of a Paste Deploy configuration, or, for static, a directory of files without any application.",
  }),
  "entry-point": text("FILE-PATH|MODULE", {
    status: "built",
    help: "The application to serve, read according to --application-type. It may as well be given as a plain word; when both are there, this option wins. With neither, a welcome page is served.",
  }),
  "callable-object": text("NAME", {
    status: "built",
    default: "application",
    help: "The name under which the script or module holds the WSGI application.",
  }),
  "mount-point": text("URL-PATH", {
    status: "built",
    default: "/",
    help: "The part of the site that belongs to the application. A request for this path without its closing slash is redirected to the one with it; paths outside are served from the document root only.",
  }),
  "document-root": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "htdocs in the server root; for static, the directory given as entry point, or the current one",
    needs: "made-directory",
    help: "Directory of static files. A file that exists here is served before the application is asked. The directory is made when only its last part is missing.",
  }),
  "directory-index": text("FILE-NAME", {
    status: "built",
    fallback: "index.html",
    help: "File to serve for a directory of the document root; several names are separated by blanks. Once given, requests for existing directories no longer reach the application.",
  }),
  "directory-listing": flag({
    status: "built",
    help: "Show the contents of a directory that has no index file, when the type is static or --directory-index is used. The list is sorted as ?C=M;O=D in the URL says: by name (N), last change (M) or size (S), ascending (A) or descending (D).",
  }),
  "url-alias": repeatable(
    pair(["URL-PATH", "FILE-PATH|DIRECTORY-PATH"], {
      status: "built",
      check: checkUrlPathOfPair,
      help: "Serve a file or a directory of static files under a part of the site. The longest path that fits wins; what is missing in the directory is a 404 and never reaches the application.",
    }),
  ),
  "error-document": repeatable(
    pair(["STATUS", "URL-PATH"], {
      status: "built",
      check: checkErrorDocument,
      help: "What to answer instead of the server's own page for an error status: a path of this site, whose file is sent with that status and whose application answers with its own and finds REDIRECT_STATUS and REDIRECT_URL in its environ; the URL of another site to redirect to; or a text to send as it is. What was no request, or too large for one, gets files of up to 128 KiB, redirects and texts, but nothing of the application. The last one for a status counts, and the word default takes it back.",
    }),
  ),
  "error-override": flag({
    status: "built",
    help: "Show the server's error pages, or those of --error-document, also for responses of the application with a status of 400 and above. Of the response only WWW-Authenticate, Allow and Retry-After are kept.",
  }),
  "add-handler": repeatable(
    pair(["EXTENSION", "SCRIPT-PATH"], {
      status: "built",
      check: checkExtension,
      help: "Have a WSGI script answer for the files of the document root and of aliases whose names have this extension, in any case: its handle_request(environ, start_response) or application, where SCRIPT_FILENAME is the file. It runs in the application's processes.",
    }),
  ),
  "with-cgi": flag({
    status: "built",
    help: "Run executable .cgi files of the document root as CGI scripts, as the user of the workers. Directives (docs/directives.md) may make scripts of other files.",
  }),
  "enable-docs": flag({
    status: "built",
    help: "Serve the built-in documentation under /__wsgi__/docs/. The welcome page comes with it.",
  }),
  "allow-override": repeatable(
    text("DIRECTIVE-TYPE", {
      status: "built",
      check: checkOverride,
      help: "Which classes of directives .htaccess files of the document root and of aliases may hold: AuthConfig, FileInfo, Indexes, Limit, Options, All or None. A file with another directive is answered with 500. Without this option such files are not read.",
    }),
  ),
  "compress-responses": flag({
    status: "built",
    help: "Compress responses of text types with zstd, brotli or gzip for clients that accept it, files as well as what the application answers, each part of it as soon as it comes. The application then sees GET instead of HEAD.",
  }),
  precompressed: flag({
    status: "built",
    help: "Send app.js.br, app.js.zst or app.js.gz in place of the file app.js to clients that take them. They are taken for what the file is: make them anew when it changes.",
  }),
  "map-head-to-get": choice("OFF|ON|AUTO", ["off", "on", "auto"], {
    status: "built",
    default: "auto",
    help: "Whether the application sees GET when a client sends HEAD: always, never, or only when something such as compression needs the whole response. The client gets no body either way.",
  }),
  "enable-sendfile": flag({
    status: "built",
    help: "Have the kernel send files to clients by itself, on connections of HTTP/1 without TLS. What is sent is the same, for less of the processor; not for files on network file systems that don't do it well.",
  }),
  "chunked-request": flag({
    status: "built",
    help: "Accept request bodies in chunked transfer encoding for the application; without it they are answered with 411.",
  }),
  "mime-types": path("FILE-PATH", {
    status: "built",
    fallback: "a built-in table",
    needs: "file",
    help: "A mime.types file that says which content type belongs to which file extension.",
  }),
  "limit-request-body": integer("NUMBER", "bytes", {
    status: "built",
    default: 10_485_760,
    max: Number.MAX_SAFE_INTEGER,
    zero: "no limit",
    help: "The largest request body. A larger one is refused with 413.",
  }),
});
