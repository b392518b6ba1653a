/** Words that options take: status codes, override classes, header names, URL paths, names of all kinds. Pure. */

import { pythonRepr } from "../repr.ts";

/** The 4xx and 5xx codes Apache has a default page for. */
const ERROR_CODES = /^(40\d|41[0-8]|42[1-6]|428|429|431|451|50[0-8]|510|511)$/;

export function checkErrorDocument([status, document]: readonly [string, string]): string | null {
  if (!ERROR_CODES.test(status)) {
    return `${pythonRepr(status)} is not an error status; give a 4xx or 5xx code such as 404`;
  }
  // Read as the target of a request is, which must not fail when the server runs already.
  if (!document.startsWith("/") || !/%(?![0-9a-f]{2})|%00|%2f|#|\/(?:\.|%2e){2}(?:\/|\?|$)/i.test(document))
    return null;
  return `${pythonRepr(document)} is not a path of the site; write it percent-encoded, as a browser asks for it`;
}

/** One value of --allow-override may hold several words. */
export function checkOverride(text: string): string | null {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const known = /^(none|all|authconfig|fileinfo|indexes|limit|options(=[\w,+-]+)?|nonfatal=(override|unknown|all))$/i;
  const bad = words.find((word) => !known.test(word));
  if (words.length > 0 && bad === undefined) return null;
  return `${pythonRepr(bad ?? text)} cannot be overridden; choose None, All, AuthConfig, FileInfo, Indexes, Limit, Options or Nonfatal=…`;
}

export function checkHeaderName(text: string): string | null {
  if (/^[A-Za-z0-9-]+$/.test(text)) return null;
  return `${pythonRepr(text)} is not the name of a header; use letters, digits and "-", as in X-Forwarded-For`;
}

/** What a response header may say: printable ASCII. */
export function checkHeaderValue(text: string): string | null {
  if (/^[\x20-\x7e]*$/.test(text)) return null;
  return `${pythonRepr(text)} cannot stand in a header; use printable ASCII characters on one line`;
}

/** The path of a URL, as the start of what it covers. */
export function checkUrlPath(text: string): string | null {
  if (text.startsWith("/") && !/[?#]/.test(text)) return null;
  return `${pythonRepr(text)} is not a URL path; start it with "/", without "?" or "#"`;
}

/** The extension of a file name; names have several, of which each is one. */
export function checkExtension([extension]: readonly [string, string]): string | null {
  if (/^\.?[^./\s]+$/.test(extension)) return null;
  return `${pythonRepr(extension)} is not the extension of a file name; give one such as .tmpl`;
}

export function checkUrlPathOfPair([urlPath]: readonly [string, string]): string | null {
  return checkUrlPath(urlPath);
}

export function checkVariable(text: string): string | null {
  return text === "" ? "an empty name; give the name of a variable" : null;
}

/** What ps can show on a line. */
export function checkProcessName(text: string): string | null {
  if (text.trim() !== "" && !hasControls(text)) return null;
  return `${pythonRepr(text)} cannot be shown; give a name without control characters`;
}

export function checkServiceName(text: string): string | null {
  if (text !== "" && !/\s/.test(text) && !hasControls(text)) return null;
  return `${pythonRepr(text)} is no name for a service; give one without blanks`;
}

export function checkFileName(text: string): string | null {
  if (text !== "" && !text.endsWith("/") && !hasControls(text)) return null;
  return `${pythonRepr(text)} is not the name of a file`;
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** What is wrong with permissions for a socket, or null. */
export function checkMode(text: string): string | null {
  if (/^0?[0-7]{3}$/.test(text)) return null;
  return `${pythonRepr(text)} is not a mode; write it like 0660 (owner and group) or 0666 (everybody)`;
}
