/**
 * What the site says to what was no request (--error-document, or ErrorDocument outside of sections): a text, another URL, or a
 * file of the document root or of an alias. There is nothing to ask an application, a script or another server with.
 */

import { closeSync } from "node:fs";
import { planOf } from "../directives/load.ts";
import { fileTypes } from "../handlers/static.ts";
import { openRegular } from "../handlers/static-file.ts";
import { errorPage, redirectPage } from "../http/error-page.ts";
import { newCommon, type Field, type Peer, type RequestHead } from "../http/exchange.ts";
import { readBlock } from "../http/parts.ts";
import { resolveTarget, type Target } from "../http/path.ts";
import { clientOf } from "../http/peer.ts";
import { responseHead, type ResponseHead } from "../http/response-head.ts";
import type { Refusal } from "../http/syntax.ts";
import { quickNowUs } from "../os/clock.ts";
import { errorDocuments, type ErrorDocument } from "../settings/error-document.ts";
import type { Settings } from "../settings/settings.ts";
import { withAliases } from "./directed-place.ts";
import type { Decision } from "./route-decision.ts";
import { createRouter } from "./route.ts";

/** Whoever is refused is sent all of it at once, whether or not it reads. */
const MAX_BYTES = 128 * 1024;

const HTML: Field = ["Content-Type", "text/html; charset=utf-8"];

/** A whole answer. */
export interface RefusalPage {
  readonly head: ResponseHead;
  readonly body: Buffer;
}

export type RefusalPages = (peer: Peer, refusal: Refusal) => RefusalPage;

/** @throws Error when the mime.types file of the settings can't be read */
export function refusalPages(given: Settings, usualRoute: (head: RequestHead) => Decision): RefusalPages {
  const plan = given.directives === null ? null : planOf(given).plan;
  const settings = plan === null ? given : withAliases(given, plan.aliases);
  const route = plan === null ? usualRoute : createRouter(settings);
  const documents = new Map([...settings.responses.errorDocuments, ...directed(plan?.server.errorDocuments)]);
  const typeOf = fileTypes(settings);

  function fromSite(status: number, document: ErrorDocument, peer: Peer): RefusalPage | null {
    switch (document.kind) {
      case "text":
        return { head: responseHead(status, [HTML]), body: Buffer.from(document.text) };
      case "elsewhere": {
        const head = responseHead(302, [["Location", document.url], HTML]);
        return { head, body: Buffer.from(redirectPage(302, document.url)) };
      }
      case "local": {
        const target = resolveTarget(Buffer.from(document.target).toString("latin1"));
        const decision = "why" in target ? null : route(headFor(target, peer));
        const body = decision?.kind === "file" ? readWhole(decision.path) : null;
        if (decision?.kind !== "file" || body === null) return null;
        const type = typeOf(decision.path);
        return { head: responseHead(status, type === undefined ? [] : [["Content-Type", type]]), body };
      }
    }
  }

  return (peer, { status, told }) => {
    const document = documents.get(status);
    const own = document === undefined ? null : fromSite(status, document, peer);
    return own ?? { head: responseHead(status, [HTML]), body: Buffer.from(errorPage(status, told)) };
  };
}

/** Directives are bytes, options are Unicode. */
function directed(targets: ReadonlyMap<number, string> = new Map()): readonly (readonly [number, ErrorDocument])[] {
  return errorDocuments(
    [...targets].map(([status, target]) => [`${status}`, Buffer.from(target, "latin1").toString()]),
  );
}

/** To find out where the page is: nothing in it is of the client. */
function headFor({ path, query }: Target, peer: Peer): RequestHead {
  return {
    method: "GET",
    target: path,
    path,
    query,
    version: "HTTP/1.1",
    host: "",
    hostPort: "",
    peer,
    client: clientOf(peer, "", ""),
    startedUs: quickNowUs(),
    fields: [],
    fieldEnviron: "",
    common: newCommon(),
  };
}

/** @param path latin-1 text. @returns null for what is no file, can't be read or is too large */
function readWhole(path: string): Buffer | null {
  const file = openRegular(path);
  if ("status" in file) return null;
  const { fd, size } = file;
  const body = Buffer.allocUnsafe(Math.min(size, MAX_BYTES));
  const isRead = size <= MAX_BYTES && readBlock({ fd, offset: 0, length: size }, 0, body, size) === size;
  closeSync(fd);
  return isRead ? body : null;
}
