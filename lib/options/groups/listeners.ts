/** Where the server listens, its TLS, and the names the site goes by. */

import { checkHosts, checkServerAlias, checkServerName } from "../checks/address.ts";
import { checkHeaderValue, checkMode, checkUrlPath } from "../checks/words.ts";
import { flag, integer, path, repeatable, text } from "../builders.ts";
import { group } from "./group.ts";

export const listeners = group("Listeners, TLS and names", {
  host: text("IP-ADDRESS", {
    status: "built",
    fallback: "every interface",
    check: checkHosts,
    help: "The address to listen on, or several of them separated by commas. IPv6 may be written with or without brackets; a name of this machine stands for all its addresses; unix:PATH is a socket in the file system, to which no port applies. The first address names the site.",
  }),
  port: integer("NUMBER", null, {
    status: "built",
    default: 8000,
    max: 65_535,
    zero: "any free port",
    help: "The port for HTTP. It is open also when there is one for HTTPS.",
  }),
  "unix-socket-mode": text("OCTAL", {
    status: "built",
    default: "0660",
    check: checkMode,
    help: "Who may connect to a socket of --host unix:PATH: its permissions. It belongs to --user and --group.",
  }),
  http2: flag({
    status: "built",
    help: "Speak HTTP/2, next to HTTP/1.1, with clients that ask for it: by ALPN on HTTPS, by prior knowledge on the plain port.",
  }),
  "https-port": integer("NUMBER", null, {
    status: "built",
    max: 65_535,
    alias: "ssl-port",
    zero: "any free port",
    help: "The port for HTTPS. It needs a certificate and a key.",
  }),
  "ssl-certificate-file": path("FILE-PATH", {
    status: "built",
    needs: "file",
    help: "The server's certificate in PEM form; intermediate certificates may follow in the same file.",
  }),
  "ssl-certificate-key-file": path("FILE-PATH", {
    status: "built",
    needs: "file",
    help: "The private key of the certificate in PEM form, without a pass phrase.",
  }),
  "ssl-certificate": path("FILE-PATH", {
    status: "built",
    help: "Names certificate and key at once: the path without the endings .crt and .key. It wins over the two options above.",
  }),
  "ssl-certificate-chain-file": path("FILE-PATH", {
    status: "built",
    needs: "file",
    help: "Intermediate certificates to send after the server's own.",
  }),
  "ssl-sni-certificate": repeatable(
    path("FILE-PATH", {
      status: "built",
      help: "One more certificate, as --ssl-certificate names it: FILE-PATH.crt and FILE-PATH.key. Clients that ask for a host in it (SNI) get it; all others get the one of the options above.",
    }),
  ),
  "ssl-ca-certificate-file": path("FILE-PATH", {
    status: "built",
    needs: "file",
    help: "The authorities that client certificates must come from, directly. With it every request needs such a certificate, or those under --ssl-verify-client; others get 403, and so does everything that comes in over plain HTTP.",
  }),
  "ssl-verify-client": repeatable(
    text("URL-PATH", {
      status: "built",
      check: checkUrlPath,
      help: "Require client certificates only below this path instead of everywhere.",
    }),
  ),
  "ssl-environment": flag({
    status: "built",
    help: "Add the SSL_* variables about connection and certificates to the environ of every request that came over HTTPS.",
  }),
  "https-only": flag({
    status: "built",
    help: "Redirect plain HTTP requests to HTTPS. It needs --https-port, or a proxy in front whose header about the scheme is trusted (--trust-proxy-header).",
  }),
  "hsts-policy": text("PARAMS", {
    status: "built",
    check: checkHeaderValue,
    help: "The Strict-Transport-Security header to send over HTTPS together with --https-only, such as max-age=31536000.",
  }),
  "server-name": text("HOSTNAME", {
    status: "built",
    fallback: "every Host is served",
    check: checkServerName,
    help: "The name of the site. Requests for other hosts are then answered with 403; when it begins with www., the name without is redirected to it.",
  }),
  "server-alias": repeatable(
    text("HOSTNAME", {
      status: "built",
      check: checkServerAlias,
      help: "Another name for the site next to --server-name; * stands for any characters and ? for one.",
    }),
  ),
  "allow-localhost": flag({
    status: "built",
    help: "When --server-name is used, also serve requests that come from this machine, whatever host they name, and requests for the host localhost.",
  }),
});
