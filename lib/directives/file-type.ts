/** What directives say of a file by its name: media type, encoding, language, charset. Pure. */

import type { Field } from "../http/exchange.ts";
import type { Mime } from "./config/config.ts";

export interface FileDescription {
  /** undefined leaves Content-Type out. */
  readonly type: string | undefined;
  readonly fields: readonly Field[];
}

/**
 * @param usual the type that a name has without directives
 * @param forced by a rule; before everything else
 */
export function describeFile(
  path: string,
  mime: Mime | undefined,
  forced: string | null,
  usual: (path: string) => string | undefined,
): FileDescription {
  if (mime === undefined) return { type: forced ?? usual(path), fields: [] };
  const name = path.slice(path.lastIndexOf("/") + 1);
  let rest = name;
  let charset: string | undefined;
  const encodings: string[] = [];
  const languages: string[] = [];
  // page.html.en.gz: what says something else than a type is passed, from the end, until one is found.
  for (let dot = rest.lastIndexOf("."); dot > 0; dot = rest.lastIndexOf(".")) {
    const extension = rest.slice(dot + 1).toLowerCase();
    const encoding = mime.encodings.get(extension);
    const language = mime.languages.get(extension);
    const own = mime.charsets.get(extension);
    if (encoding != null) encodings.unshift(encoding);
    if (language != null) languages.unshift(language);
    if (own != null) charset ??= own;
    if ((encoding ?? language ?? own) == null || mime.types.get(extension) != null) break;
    rest = rest.slice(0, dot);
  }
  const extension = /\.([^.]*)$/.exec(rest.slice(1))?.[1]?.toLowerCase();
  const said = extension === undefined ? undefined : mime.types.get(extension);
  const found = said === null ? undefined : (said ?? usual(rest));
  const type = forced ?? mime.forced ?? found;
  const fields: Field[] = [];
  if (encodings.length > 0) fields.push(["Content-Encoding", encodings.join(", ")]);
  if (languages.length > 0) fields.push(["Content-Language", languages.join(", ")]);
  else if (mime.defaultLanguage !== undefined) fields.push(["Content-Language", mime.defaultLanguage]);
  return { type: type === undefined || charset === undefined ? type : `${type}; charset=${charset}`, fields };
}
