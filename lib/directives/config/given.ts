/** What holds before any file of directives says something, as the original's own configuration has it. Pure. */

import { NO_MIME, type Config } from "./config.ts";

/** @param cgi whether there are scripts (--with-cgi) */
export function givenServer(cgi: boolean): Config {
  return cgi ? { mime: { ...NO_MIME, handlers: new Map([["cgi", "cgi-script"]]) } } : {};
}

/** Of the document root, where rules need no RewriteEngine. */
export function givenRoot(documentRoot: string, cgi: boolean): Config {
  const rewrite = { engine: true, rules: [], directory: `${documentRoot}/`, base: undefined, options: {} };
  if (!cgi) return { rewrite };
  return { rewrite, options: { absolute: null, added: new Set(["execcgi"]), removed: new Set() } };
}
