/** Opens files for serving, and says what tells one version of a file from another. */

import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { Validators } from "../http/conditionals.ts";
import { FIRST_DATE_MS, formatHttpDate } from "../http/dates.ts";
import { pathBytes } from "../http/exchange.ts";

/** An open regular file. Whoever has it closes `fd`. */
export interface OpenFile {
  readonly fd: number;
  readonly size: number;
  /** µs since the epoch. */
  readonly modifiedUs: bigint;
}

// Non-blocking: the open of a FIFO that was put in the place of a file would wait for a writer, and all clients with it.
// Close-on-exec is set for every file that is opened here.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** The error codes that are the client's affair; the rest is the server's. */
const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  ENOENT: 404,
  ENOTDIR: 404,
  EACCES: 403,
  EPERM: 403,
  ELOOP: 403,
  ENAMETOOLONG: 403,
  ENXIO: 403,
  EMFILE: 503,
  ENFILE: 503,
};

/**
 * Opens a regular file for reading.
 * What was opened is looked at, not what lies at `path` (latin-1 text), which may be another file by now.
 */
export function openRegular(path: string): OpenFile | { readonly status: number } {
  let fd: number;
  try {
    fd = openSync(pathBytes(path), FLAGS);
  } catch (error) {
    return { status: STATUS_OF_ERROR[(error as NodeJS.ErrnoException).code ?? ""] ?? 500 };
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    if (stats.isFile()) return { fd, size: Number(stats.size), modifiedUs: stats.mtimeNs / 1000n };
  } catch {
    closeSync(fd);
    return { status: 500 };
  }
  closeSync(fd);
  return { status: 403 };
}

/** What tells in a moment whether it still is the same version of a file. */
export interface Version {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

export function versionOf(fd: number): Version {
  const { ino, size, mtimeMs, ctimeMs } = fstatSync(fd);
  return { ino, size, mtimeMs, ctimeMs };
}

/** Opens the file at `path`, if it is the version that is known. */
export function openVersion(path: string, known: Version): number | undefined {
  try {
    const fd = openSync(pathBytes(path), FLAGS);
    const { ino, size, mtimeMs, ctimeMs } = fstatSync(fd);
    if (ino === known.ino && size === known.size && mtimeMs === known.mtimeMs && ctimeMs === known.ctimeMs) return fd;
    closeSync(fd);
  } catch {
    // Whoever opens it next tells why.
  }
  return undefined;
}

/** Another descriptor of the very file that is open as `fd`, whatever its path leads to by now; undefined if none is left. */
export function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, FLAGS);
  } catch {
    return undefined;
  }
}

/** Validators, with the text of Last-Modified. */
export interface FileValidators extends Validators {
  readonly lastModified: string;
}

/** @param nowMs time of the request, milliseconds since the epoch */
export function validatorsOf({ size, modifiedUs }: OpenFile, nowMs: number): FileValidators {
  // RFC 9110 §8.8.2.1: a file from the future was modified now.
  const modifiedMs = Math.max(Math.min(Number(modifiedUs) / 1000, nowMs), FIRST_DATE_MS);
  const lastModifiedMs = Math.floor(modifiedMs / 1000) * 1000;
  // §8.8.1: within a second of its last change a file may change again unnoticed.
  const weak = nowMs - modifiedMs <= 1000;
  const tag = `"${size.toString(16)}-${BigInt.asUintN(64, modifiedUs).toString(16)}"`;
  return { etag: weak ? `W/${tag}` : tag, lastModifiedMs, weak, lastModified: formatHttpDate(lastModifiedMs) };
}
