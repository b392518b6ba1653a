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
  let rest = path.slice(path.lastIndexOf("/") + 1);
  let found: string | null | undefined;
  let charset: string | undefined;
  const encodings: string[] = [];
  const languages: string[] = [];
  // page.html.en.gz: the last extension that has a type gives it. One that says nothing ends it: upload.html.xyz is no page.
  for (let dot = rest.lastIndexOf("."); dot > 0; dot = rest.lastIndexOf(".")) {
    const extension = rest.slice(dot + 1).toLowerCase();
    const [encoding, language, ownCharset] = [mime.encodings, mime.languages, mime.charsets].map((map) =>
      map.get(extension),
    );
    const said = mime.types.get(extension);
    const type = said === undefined ? usual(`x.${extension}`) : said;
    if (encoding != null) encodings.unshift(encoding);
    if (language != null) languages.unshift(language);
    charset ??= ownCharset ?? undefined;
    found ??= type;
    if ((encoding ?? language ?? ownCharset ?? type) == null) break;
    rest = rest.slice(0, dot);
  }
  const type = forced ?? mime.forced ?? found ?? undefined;
  const fields: Field[] = [];
  if (encodings.length > 0) fields.push(["Content-Encoding", encodings.join(", ")]);
  if (languages.length > 0) fields.push(["Content-Language", languages.join(", ")]);
  else if (mime.defaultLanguage !== undefined) fields.push(["Content-Language", mime.defaultLanguage]);
  return { type: type === undefined || charset === undefined ? type : `${type}; charset=${charset}`, fields };
}
