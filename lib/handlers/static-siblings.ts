/** Files that were compressed beforehand and lie beside the original: `app.js.br`, `app.js.zst`, `app.js.gz`. */

import { statSync } from "node:fs";
import { codingFor, type Coding } from "../http/content-coding.ts";
import { field, pathBytes, type Field, type RequestHead } from "../http/exchange.ts";

/** The one to send in place of the original. */
export interface Sibling {
  /** That of the original when the client takes no other. */
  readonly path: string;
  /** Of its response; the same object for the same sort of sibling. */
  readonly extra: readonly Field[];
}

/** Best first: whoever compresses beforehand has the time to do it well. */
const ENDINGS: readonly (readonly [coding: Coding, ending: string])[] = [
  ["br", ".br"],
  ["zstd", ".zst"],
  ["gzip", ".gz"],
];

const VARY: Field = ["Vary", "Accept-Encoding"];
const PLAIN: readonly Field[] = [VARY];
const CODED: Readonly<Record<Coding, readonly Field[]>> = {
  br: [["Content-Encoding", "br"], VARY],
  zstd: [["Content-Encoding", "zstd"], VARY],
  gzip: [["Content-Encoding", "gzip"], VARY],
};

/** @returns undefined when `path` (latin-1 text) has no such siblings */
export function siblingOf(
  head: RequestHead,
  path: string,
  isFile: (path: string) => boolean = isRegular,
): Sibling | undefined {
  const found = ENDINGS.filter(([, ending]) => isFile(path + ending));
  if (found.length === 0) return undefined;
  const coding = codingFor(
    field(head, "accept-encoding") ?? "",
    found.map(([each]) => each),
  );
  const ending = found.find(([each]) => each === coding)?.[1];
  return coding === null || ending === undefined
    ? { path, extra: PLAIN }
    : { path: path + ending, extra: CODED[coding] };
}

function isRegular(path: string): boolean {
  try {
    return statSync(pathBytes(path), { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
