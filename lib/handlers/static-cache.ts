/**
 * Small files that are asked for again and again, ready to be sent. What is kept is never older than the file: that is looked
 * at anew unless it was in the last 10 ms, which under load saves all system calls.
 */

import { closeSync, statSync, type BigIntStats } from "node:fs";
import { pathBytes, type Field, type KeptBody } from "../http/exchange.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { WORTH_SENDFILE_BYTES } from "../os/sendfile.ts";
import { reopen } from "./static-file.ts";

// As long as the names in the document root are trusted.
const TRUSTED_US = 10_000;

/** A file that changed less than this before it was read may have changed since, with the same times (see RACY_MS of the overlay). */
const SETTLED_MS = 1000;

/** Of all bodies; heads and names come on top. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 2000;

export interface ReadyFile {
  readonly head: ResponseHead;
  readonly body: KeptBody;
}

interface Kept extends ReadyFile {
  readonly state: string;
  readonly type: string | undefined;
  readonly extra: readonly Field[];
  lookedUs: number;
}

export interface FileCache {
  /**
   * The whole response to a GET for the file at `path`, as it is at `nowUs`.
   * @param type, extra must be what they were when it was kept
   */
  find(path: string, type: string | undefined, extra: readonly Field[], nowUs: number): ReadyFile | undefined;
  /** Keeps a response that was made of the file `fd` was opened from, if it is worth it. */
  keep(
    path: string,
    type: string | undefined,
    extra: readonly Field[],
    nowUs: number,
    fd: number,
    read: ReadFile,
  ): void;
}

/** What was read of a file: all of it. */
export interface ReadFile {
  readonly head: ResponseHead;
  readonly bytes: Uint8Array;
}

/**
 * @param descriptors how many files may stay open, so that the kernel can send them
 * @param look the border to the file system: what is at a path (latin-1 text), undefined for nothing
 */
export function createFileCache(
  descriptors: number,
  look: (path: string) => BigIntStats | undefined = lookAt,
): FileCache {
  // In the order in which they were put there.
  const files = new Map<string, Kept>();
  let kept = 0;
  let opened = 0;

  function forget(path: string, file: Kept): void {
    files.delete(path);
    kept -= file.body.bytes.length;
    if (file.body.fd === null) return;
    closeSync(file.body.fd);
    opened -= 1;
  }

  return {
    find(path, type, extra, nowUs) {
      const file = files.get(path);
      if (file === undefined || file.type !== type || file.extra !== extra) return undefined;
      const sinceUs = nowUs - file.lookedUs;
      // Negative when the clock was set back.
      if (sinceUs < TRUSTED_US && sinceUs >= 0) return file;
      const stats = look(path);
      if (stats !== undefined && stateOf(stats) === file.state) {
        file.lookedUs = nowUs;
        return file;
      }
      forget(path, file);
      return undefined;
    },

    keep(path, type, extra, nowUs, fd, { head, bytes }) {
      // Looked at after it was read: had it changed in between, its times would be too young to be kept.
      const stats = look(path);
      if (stats === undefined || !isSettled(stats, nowUs / 1000) || Number(stats.size) !== bytes.length) return;
      const before = files.get(path);
      if (before !== undefined) forget(path, before);
      const own = opened < descriptors && bytes.length >= WORTH_SENDFILE_BYTES ? (reopen(fd) ?? null) : null;
      if (own !== null) opened += 1;
      files.set(path, { state: stateOf(stats), type, extra, head, body: { bytes, fd: own }, lookedUs: nowUs });
      kept += bytes.length;
      for (const [oldest, file] of files) {
        if (kept <= MAX_BYTES && files.size <= MAX_FILES) break;
        forget(oldest, file);
      }
    },
  };
}

function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** Both times: programs set that of the last modification to what they like, that of the last change tells when. */
function isSettled({ mtimeMs, ctimeMs }: BigIntStats, nowMs: number): boolean {
  return nowMs - Number(mtimeMs) > SETTLED_MS && nowMs - Number(ctimeMs) > SETTLED_MS;
}

function lookAt(path: string): BigIntStats | undefined {
  try {
    return statSync(pathBytes(path), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
