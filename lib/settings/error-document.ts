/** What a site answers instead of the server's own page for an error, as --error-document words it. Pure. */

export type ErrorDocument =
  /** A resource of this site: path and query, as in the target of a request. */
  | { readonly kind: "local"; readonly target: string }
  /** Percent-encoded. */
  | { readonly kind: "elsewhere"; readonly url: string }
  | { readonly kind: "text"; readonly text: string };

/** @returns null for the word "default": the server's own page. */
export function errorDocument(value: string): ErrorDocument | null {
  if (value === "default") return null;
  if (value.startsWith("/")) return { kind: "local", target: value };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    return { kind: "elsewhere", url: value.replace(/[^\x21-\x7e]/gu, encodeURIComponent) };
  }
  return { kind: "text", text: value };
}

/** Of several for the same status the last one counts. */
export function errorDocuments(
  given: readonly (readonly [status: string, value: string])[],
): readonly (readonly [status: number, document: ErrorDocument])[] {
  const found = new Map<number, ErrorDocument>();
  for (const [status, value] of given) {
    const document = errorDocument(value);
    if (document === null) found.delete(Number(status));
    // A browser asks for the password where it was refused: elsewhere it could not.
    else if (status !== "401" || document.kind !== "elsewhere") found.set(Number(status), document);
  }
  return [...found];
}
