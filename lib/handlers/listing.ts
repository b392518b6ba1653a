/** Answers with the list of what is in a directory: reads it, a piece at a time, so that a large one stops nobody. */

import { readdir, statSync } from "node:fs";
import { pathBytes, type Exchange, type Field } from "../http/exchange.ts";
import { HARMLESS_PAGE } from "../http/page.ts";
import { respondStatus } from "../http/respond.ts";
import { responseHead } from "../http/response-head.ts";
import { orderOf, type Entry } from "./listing-order.ts";
import { listingPage } from "./listing-page.ts";

/** A page of 2 MB. Nobody looks for a file in a longer list. */
const MAX_ENTRIES = 10_000;

/** Looking at so many takes about a millisecond. */
const ENTRIES_PER_TURN = 250;

const ALLOW: Field = ["Allow", "GET,HEAD,OPTIONS"];

interface Contents {
  readonly entries: readonly Entry[];
  /** Names there are. */
  readonly total: number;
}

type Reader = (contents: Contents | { readonly status: number }) => void;

/** Makes the handler of directories. Whoever asks for one that is being read waits for that. */
export function createListingHandler(): (exchange: Exchange, directory: { readonly path: string }) => void {
  const reading = new Map<string, Reader[]>();

  function contentsOf(path: string, then: Reader): void {
    const readers = reading.get(path);
    if (readers !== undefined) {
      readers.push(then);
      return;
    }
    const waiting = [then];
    reading.set(path, waiting);
    readDirectory(path, (contents) => {
      reading.delete(path);
      for (const reader of waiting) reader(contents);
    });
  }

  return (exchange, { path }) => {
    const { method, path: urlPath, query } = exchange.head;
    if (method === "OPTIONS") {
      exchange.send(responseHead(200, [ALLOW]), "");
    } else if (method !== "GET" && method !== "HEAD") {
      respondStatus(exchange, 405, undefined, [ALLOW]);
    } else {
      contentsOf(path, (contents) => {
        if (!exchange.open) return;
        if ("status" in contents) respondStatus(exchange, contents.status);
        else {
          const page = listingPage(urlPath, contents.entries, orderOf(query), contents.total);
          exchange.send(responseHead(200, HARMLESS_PAGE), Buffer.from(page));
        }
      });
    }
  };
}

/** @param path latin-1 text, ends with "/" */
function readDirectory(path: string, then: Reader): void {
  readdir(pathBytes(path), { encoding: "latin1" }, (error, names) => {
    if (error !== null) {
      then({ status: error.code === "ENOENT" || error.code === "ENOTDIR" ? 404 : 403 });
      return;
    }
    // `.htaccess` and its kin are for the server alone.
    const shown = names.filter((name) => !name.startsWith(".ht")).toSorted();
    const entries: Entry[] = [];
    const look = (from: number): void => {
      const end = Math.min(from + ENTRIES_PER_TURN, shown.length, MAX_ENTRIES);
      for (const name of shown.slice(from, end)) {
        const entry = entryAt(path, name);
        if (entry !== undefined) entries.push(entry);
      }
      if (end < Math.min(shown.length, MAX_ENTRIES)) setImmediate(look, end);
      else then({ entries, total: shown.length > MAX_ENTRIES ? shown.length : entries.length });
    };
    look(0);
  });
}

/** undefined for what would not be served anyway: links that lead nowhere, devices, what went away meanwhile. */
function entryAt(directory: string, name: string): Entry | undefined {
  try {
    const stats = statSync(pathBytes(directory + name), { throwIfNoEntry: false });
    if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return undefined;
    return { name, isDirectory: stats.isDirectory(), size: stats.size, modifiedMs: stats.mtimeMs };
  } catch {
    return undefined;
  }
}
