/** Who is to answer for a file, by the names that directives have for it. Pure. */

import type { Mime } from "./config/config.ts";
import type { Request } from "./request.ts";

export type Handler = "cgi-script" | "default-handler" | "wsgi-handler";

const HANDLERS = new Map<string, Handler | null>([
  ["none", null],
  ["cgi-script", "cgi-script"],
  ["default-handler", "default-handler"],
  ["wsgi-handler", "wsgi-handler"],
  // How people write it for mod_wsgi without its command.
  ["wsgi-script", "wsgi-handler"],
]);

/** @throws Error for a handler that there isn't */
export function handlerNamed(word: string): Handler | null {
  const handler = HANDLERS.get(word.toLowerCase());
  if (handler === undefined) throw new Error(`there is no handler ${word}`);
  return handler;
}

/** What rules force goes before SetHandler, that before AddHandler, and that before ScriptAlias, as in Apache. */
export function handlerFor(path: string, mime: Mime | undefined, request: Request): Handler | null {
  return request.handler ?? mime?.handler ?? byExtension(path, mime) ?? (request.scriptAlias ? "cgi-script" : null);
}

/**
 * What is only an encoding, a language or a charset may stand behind the extension: page.cgi.en is a script. To Apache
 * page.cgi.txt is one, too, which is how what was uploaded as a text gets run.
 */
function byExtension(path: string, mime: Mime | undefined): Handler | null {
  if (mime === undefined || mime.handlers.size === 0) return null;
  let rest = path.slice(path.lastIndexOf("/") + 1);
  for (let dot = rest.lastIndexOf("."); dot > 0; dot = rest.lastIndexOf(".")) {
    const extension = rest.slice(dot + 1).toLowerCase();
    const handler = mime.handlers.get(extension);
    if (handler !== undefined) return handler;
    if ([mime.encodings, mime.languages, mime.charsets].every((map) => map.get(extension) == null)) return null;
    rest = rest.slice(0, dot);
  }
  return null;
}
