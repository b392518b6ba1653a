/** The media type of a file, by the extension of its name. */

import mime from "mime";

/** Media type for an extension in lower case, without its dot; undefined when it is unknown. */
export type TypeTable = (extension: string) => string | undefined;

/** The table that comes with the program: the IANA registry and what Apache and nginx add to it. */
export const builtInTypes: TypeTable = (extension) => mime.getType(extension) ?? undefined;

/**
 * Reads a mime.types file as Apache does: a type and its extensions on a line, "#" begins a comment, and of two lines
 * for the same extension the later one wins.
 */
export function parseMimeTypes(text: string): TypeTable {
  const types = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [type, ...extensions] = line.replace(/#.*/, "").trim().split(/\s+/);
    for (const extension of extensions) types.set(extension.toLowerCase(), type as string);
  }
  return (extension) => types.get(extension);
}

/**
 * The type of the file at `path`, undefined for a name without an extension or with an unknown one.
 *
 * Only the last extension counts: Apache would also look at those before it, which turns "upload.html.xyz" into a page.
 */
export function mediaType(table: TypeTable, path: string): string | undefined {
  const nameStart = path.lastIndexOf("/") + 1;
  const dot = path.lastIndexOf(".");
  // A dot at the beginning marks a hidden file, not an extension.
  if (dot <= nameStart) return undefined;
  return table(path.slice(dot + 1).toLowerCase());
}
