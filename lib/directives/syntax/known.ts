/** Which of Apache's modules count as loaded: those of which Malt has directives. */

/** The version whose behaviour is followed, for `<IfVersion>`. */
export const serverVersion: readonly number[] = [2, 4, 66];

/** The names of `LoadModule`, without "_module"; core and what is always there included. */
const MODULES = new Set([
  "core",
  "so",
  "http",
  "access_compat",
  "alias",
  "auth_basic",
  "authn_core",
  "authn_file",
  "authz_core",
  "authz_groupfile",
  "authz_host",
  "authz_user",
  "autoindex",
  "dir",
  "env",
  "expires",
  "filter",
  "headers",
  "mime",
  "proxy",
  "proxy_http",
  "rewrite",
  "setenvif",
  "unixd",
  "version",
]);

/** Either of them runs scripts; which one it is depends on the MPM of an Apache. */
const CGI_MODULES = new Set(["cgi", "cgid"]);

/**
 * @param name as in `<IfModule>` ("mod_rewrite.c", "rewrite_module") or `LoadModule`
 * @param cgi whether there are scripts (--with-cgi)
 */
export function isKnownModule(name: string, cgi: boolean): boolean {
  const plain = /^(?:mod_)?(\w+?)(?:\.c|_module)$/.exec(name)?.[1];
  return plain !== undefined && (MODULES.has(plain) || (cgi && CGI_MODULES.has(plain)));
}
