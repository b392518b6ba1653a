/** Answers with a regular file: methods, sending, and the life of its descriptor. */

import { closeSync, readFileSync, readSync } from "node:fs";
import type { Common, Exchange, Field, FileSlice, RequestHead } from "../http/exchange.ts";
import { builtInTypes, mediaType, parseMimeTypes, type TypeTable } from "../http/mime.ts";
import { respondStatus } from "../http/respond.ts";
import { responseHead, type ResponseHead } from "../http/response-head.ts";
import type { Settings } from "../settings/settings.ts";
import { createFileCache, type FileCache, type ReadFile } from "./static-cache.ts";
import { contentFor, type PartialContent } from "./static-content.ts";
import { createHeadCache, type HeadCache } from "./static-heads.ts";
import { openRegular, reopen, type OpenFile } from "./static-file.ts";
import { siblingOf, type Sibling } from "./static-siblings.ts";

// What Apache's default handler answers, without TRACE: nobody needs it, and it shows cookies to scripts.
const ALLOW: Field = ["Allow", "GET,POST,OPTIONS,HEAD"];

// Up to here a file is kept, and sent without looking after a transfer: of 100 KB some 26,000 a second left for 32 clients,
// 29,000 by --enable-sendfile (and 29,000 from nginx), against half as many as transfers of a file opened each time.
const SMALL_BYTES = 128 * 1024;

// Over HTTP/2 that is so for each of a hundred streams.
const SMALL_STREAM_BYTES = 16 * 1024;

/** A file, and its media type where its name doesn't tell it: null for none. */
interface ServedFile {
  readonly path: string;
  readonly type?: string | null;
}

/**
 * Makes the handler of files.
 * @param keptFiles how many may stay open so that the kernel can send them
 * @throws Error when the mime.types file of the settings can't be read
 */
export function createStaticHandler(settings: Settings, keptFiles = 0): (exchange: Exchange, file: ServedFile) => void {
  const typeOf = fileTypes(settings);
  const known: Known = {
    files: createFileCache(keptFiles),
    heads: createHeadCache(),
  };
  const serve = (exchange: Exchange, { path, type }: ServedFile, sibling?: Sibling): void => {
    const said = type === undefined ? typeOf(path) : (type ?? undefined);
    if (sibling === undefined) serveFile(exchange, path, said, NOTHING, known);
    else serveFile(exchange, sibling.path, said, sibling.extra, known);
  };
  if (!settings.files.precompressed) return (exchange, file) => serve(exchange, file);
  return (exchange, file) => serve(exchange, file, siblingOf(exchange.head, file.path));
}

/** What the name of a file says of its type. @throws Error as above */
export function fileTypes({ files }: Settings): (path: string) => string | undefined {
  const types = typeTable(files.mimeTypes);
  return (path) => mediaType(types, path);
}

/** What is kept of files that were sent before. */
interface Known {
  readonly files: FileCache;
  readonly heads: HeadCache;
}

const NOTHING: readonly Field[] = [];

/**
 * Answers with the file at `path` (latin-1 text), or with the status that says why not.
 * @param type the media type; undefined leaves Content-Type out
 * @param extra fields of a response with the file or about its version
 * @param known what is kept of files that were sent before
 */
export function serveFile(
  exchange: Exchange,
  path: string,
  type: string | undefined,
  extra: readonly Field[] = NOTHING,
  known: Known | null = null,
): void {
  const { method, startedUs, version } = exchange.head;
  const smallBytes = version === "HTTP/2.0" ? SMALL_STREAM_BYTES : SMALL_BYTES;
  const cache = known !== null && method === "GET" && asksForWhole(exchange.head) ? known : null;
  const small = cache?.files.find(path, type, extra, startedUs);
  if (small !== undefined && small.body.bytes.length <= smallBytes) return exchange.sendKept(small.head, small.body);
  const large = cache?.heads.open(path, type, extra);
  if (large !== undefined) return exchange.sendParts(large.head, [{ fd: large.fd, offset: 0, length: large.size }]);
  if (method === "OPTIONS") return exchange.send(responseHead(200, [ALLOW]), "");
  // POST gets the content too: forms that post to a page are older than its being static.
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    return respondStatus(exchange, 405, undefined, [ALLOW]);
  }
  const file = openRegular(path);
  if ("status" in file) return respondStatus(exchange, file.status);
  const content = contentFor(exchange.head, file, type, extra);
  if (!("parts" in content)) {
    closeSync(file.fd);
    if (content.status === 304) exchange.send(responseHead(304, content.fields), "");
    else respondStatus(exchange, content.status, undefined, content.fields);
  } else if (method === "HEAD") {
    closeSync(file.fd);
    exchange.send(headOf(content), "");
  } else if (content.length <= smallBytes) {
    const sent = sendFromMemory(exchange, content, file);
    if (sent !== undefined) cache?.files.keep(path, type, extra, startedUs, file.fd, sent);
    closeSync(file.fd);
  } else {
    cache?.heads.keep(path, type, extra, file.fd, headOf(content));
    sendSlices(exchange, content, file);
  }
}

/** Nothing in the header block makes it conditional or asks for a part. */
function asksForWhole(head: RequestHead): boolean {
  let known = wholeAsked.get(head.common);
  if (known === undefined) wholeAsked.set(head.common, (known = !head.fields.some(([name]) => PARTIAL.test(name))));
  return known;
}

/** A client repeats its header block. */
const wholeAsked = new WeakMap<Common, boolean>();
const PARTIAL = /^(?:if-.*|range)$/i;

/** Reads everything at once. @returns what was sent, if that is the file. */
function sendFromMemory(exchange: Exchange, content: PartialContent, { fd }: OpenFile): ReadFile | undefined {
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
  // The file may have shrunk since it was looked at: the whole is then what is left of it, but a range is misnamed.
  const isComplete = filled === content.length || (filled >= 0 && content.status === 200);
  if (!isComplete) {
    respondStatus(exchange, 500);
    return undefined;
  }
  const head = responseHead(content.status, content.fields);
  exchange.send(head, body.subarray(0, filled));
  return filled === content.length ? { head, bytes: body } : undefined;
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
