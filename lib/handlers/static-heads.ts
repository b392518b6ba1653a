/**
 * The heads of responses with files that are too large to be kept: what is left to do for another one is to open the file and
 * to see whether it still is the same.
 */

import type { Field } from "../http/exchange.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { openVersion, versionOf, type Version } from "./static-file.ts";

/** One that changed less than this before may change again with the same times. */
const SETTLED_MS = 1000;

const MAX_HEADS = 2000;

interface Kept {
  readonly version: Version;
  readonly type: string | undefined;
  readonly extra: readonly Field[];
  readonly head: ResponseHead;
}

/** An open file and the head of the response with all of it. Whoever has it closes `fd`. */
export interface ReadySlice {
  readonly fd: number;
  readonly size: number;
  readonly head: ResponseHead;
}

export interface HeadCache {
  /** @param type, extra must be what they were when it was kept */
  open(path: string, type: string | undefined, extra: readonly Field[]): ReadySlice | undefined;
  /** Keeps the head of a response with the file that is open as `fd`. */
  keep(path: string, type: string | undefined, extra: readonly Field[], fd: number, head: ResponseHead): void;
}

export function createHeadCache(nowMs: () => number = Date.now): HeadCache {
  const heads = new Map<string, Kept>();
  return {
    open(path, type, extra) {
      const kept = heads.get(path);
      if (kept === undefined || kept.type !== type || kept.extra !== extra) return undefined;
      const fd = openVersion(path, kept.version);
      if (fd !== undefined) return { fd, size: kept.version.size, head: kept.head };
      heads.delete(path);
      return undefined;
    },
    keep(path, type, extra, fd, head) {
      const version = versionOf(fd);
      if (nowMs() - Math.max(version.mtimeMs, version.ctimeMs) <= SETTLED_MS || version.size !== head.contentLength)
        return;
      if (heads.size >= MAX_HEADS) heads.clear();
      heads.set(path, { version, type, extra, head });
    },
  };
}
