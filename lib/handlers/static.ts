/** Answers with a regular file: methods, sending, and the life of its descriptor. */

import { closeSync, readFileSync, readSync } from "node:fs";
import type { Exchange, Field, FileSlice } from "../http/exchange.ts";
import { builtInTypes, mediaType, parseMimeTypes, type TypeTable } from "../http/mime.ts";
import { respondStatus } from "../http/respond.ts";
import { responseHead, type ResponseHead } from "../http/response-head.ts";
import type { Settings } from "../settings/settings.ts";
import { contentFor, type PartialContent } from "./static-content.ts";
import { openRegular, reopen, type OpenFile } from "./static-file.ts";

// What Apache's default handler answers, without TRACE: nobody needs it, and it shows cookies to scripts.
const ALLOW: Field = ["Allow", "GET,POST,OPTIONS,HEAD"];

// Up to here one read and one write in memory are cheaper than a transfer that has to be watched.
const SMALL_BYTES = 16 * 1024;

/**
 * Makes the handler of files.
 * @throws Error when the mime.types file of the settings can't be read
 */
export function createStaticHandler(settings: Settings): (exchange: Exchange, file: ServedFile) => void {
  const typeOf = fileTypes(settings);
  return (exchange, { path, type }) =>
    serveFile(exchange, path, type === undefined ? typeOf(path) : (type ?? undefined));
}

/** A file, and its media type where its name doesn't tell it: null for none. */
interface ServedFile {
  readonly path: string;
  readonly type?: string | null;
}

/** What the name of a file says of its type. @throws Error as above */
export function fileTypes({ files }: Settings): (path: string) => string | undefined {
  const types = typeTable(files.mimeTypes);
  return (path) => mediaType(types, path);
}

/**
 * Answers with the file at `path` (latin-1 text), or with the status that says why not.
 * @param type the media type; undefined leaves Content-Type out
 */
export function serveFile(exchange: Exchange, path: string, type: string | undefined): void {
  const { method } = exchange.head;
  if (method === "OPTIONS") return exchange.send(responseHead(200, [ALLOW]), "");
  // POST gets the content too: forms that post to a page are older than its being static.
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    return respondStatus(exchange, 405, undefined, [ALLOW]);
  }
  const file = openRegular(path);
  if ("status" in file) return respondStatus(exchange, file.status);
  const content = contentFor(exchange.head, file, type);
  if (!("parts" in content)) {
    closeSync(file.fd);
    if (content.status === 304) exchange.send(responseHead(304, content.fields), "");
    else respondStatus(exchange, content.status, undefined, content.fields);
  } else if (method === "HEAD") {
    closeSync(file.fd);
    exchange.send(headOf(content), "");
  } else if (content.length <= SMALL_BYTES) {
    sendFromMemory(exchange, content, file);
  } else {
    sendSlices(exchange, content, file);
  }
}

/** Reads everything at once and closes the file. */
function sendFromMemory(exchange: Exchange, content: PartialContent, { fd }: OpenFile): void {
  const body = Buffer.allocUnsafe(content.length);
  let filled = 0;
  try {
    for (const part of content.parts) {
      if (typeof part === "string") filled += body.write(part, filled, "latin1");
      else filled += readSync(fd, body, filled, part.length, part.offset);
    }
  } catch {
    // EIO and the like: a fault of the disk, not of the request.
    filled = -1;
  }
  closeSync(fd);
  // The file may have shrunk since it was looked at: the whole is then what is left of it, but a range is misnamed.
  const isComplete = filled === content.length || (filled >= 0 && content.status === 200);
  if (!isComplete) return respondStatus(exchange, 500);
  exchange.send(responseHead(content.status, content.fields), body.subarray(0, filled));
}

/**
 * Hands the file over to the exchange, which reads it at the pace of the client and closes it.
 * A descriptor belongs to one slice, so each range after the first gets one of its own.
 */
function sendSlices(exchange: Exchange, content: PartialContent, { fd }: OpenFile): void {
  const parts: (FileSlice | string)[] = [];
  const descriptors: number[] = [];
  for (const part of content.parts) {
    if (typeof part === "string") {
      parts.push(part);
      continue;
    }
    const own = descriptors.length === 0 ? fd : reopen(fd);
    if (own === undefined) {
      for (const open of descriptors) closeSync(open);
      return respondStatus(exchange, 503);
    }
    descriptors.push(own);
    parts.push({ fd: own, ...part });
  }
  exchange.sendParts(headOf(content), parts);
}

function headOf({ status, fields, length }: PartialContent): ResponseHead {
  return responseHead(status, [...fields, ["Content-Length", `${length}`]]);
}

function typeTable(mimeTypesFile: string | null): TypeTable {
  if (mimeTypesFile === null) return builtInTypes;
  try {
    return parseMimeTypes(readFileSync(mimeTypesFile, "utf8"));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(
      `the media types of --mime-types ${mimeTypesFile} can't be read (${why}): check its path and mode`,
      {
        cause: error,
      },
    );
  }
}
