/**
 * Answers "can the document root have anything under this name?" from memory, because it is asked for every request
 * and nearly always answered with no. Only a yes costs system calls.
 *
 * The names in one directory are kept until its change time moves. Below the top of that directory nothing is kept.
 */

import { readdirSync, statSync } from "node:fs";
import { pathBytes } from "../http/exchange.ts";

/** The border to the file system: one directory. */
export interface Directory {
  /** Which state the directory is in. */
  stamp(): Stamp;
  /** Its names in latin-1, a "/" before each; undefined when it can't be listed. */
  names(): readonly string[] | undefined;
}

export interface Stamp {
  /** Differs when the directory was replaced or an entry was added, removed or renamed. */
  readonly state: string;
  /** How long ago it got into this state, by the wall clock; infinite when there is no directory. */
  readonly ageMs: number;
}

/**
 * True when the directory may have an entry of this name.
 * @param name begins with "/", so that a piece of a request path can be used as it is
 * @param nowUs time of the request, µs; only differences count
 */
export type MayHold = (name: string, nowUs: number) => boolean;

// One stat costs as much as all the rest of routing; under load it is shared by the requests of 10 ms. A server that
// was idle for longer always looks, so that a file is seen by the first request after it was put there.
const TRUSTED_US = 10_000;

// "Racily clean", in the words of git: file systems stamp with the time of the last kernel tick (1 to 10 ms), so a
// listing made within a few ticks of the last change may be followed by another change with the same stamp.
const RACY_MS = 50;

/** 4096 names are some 300 kB. A larger root is rare and is asked name by name instead. */
const MAX_NAMES = 4096;

export function createOverlay(directory: Directory): MayHold {
  let names: ReadonlySet<string> | undefined;
  let state: string | undefined;
  let lookedUs = Number.NEGATIVE_INFINITY;
  // Listing is not bounded by anything, so a directory that turned out to be too large is never listed again.
  let tooLarge = false;

  function look(nowUs: number): void {
    lookedUs = nowUs;
    // The stamp is taken before the listing: what changes in between is listed again the next time.
    const stamp = directory.stamp();
    if (stamp.state === state) return;
    const list = directory.names();
    tooLarge = list !== undefined && list.length > MAX_NAMES;
    names = list === undefined || tooLarge ? undefined : new Set(list);
    state = stamp.ageMs > RACY_MS ? stamp.state : undefined;
  }

  return (name, nowUs) => {
    const sinceUs = nowUs - lookedUs;
    // Negative when the clock was set back.
    if (!tooLarge && (sinceUs >= TRUSTED_US || sinceUs < 0)) look(nowUs);
    return names === undefined || (names.size > 0 && names.has(name));
  };
}

/** A directory of the local file system; `path` is latin-1 text. */
export function localDirectory(path: string): Directory {
  const bytes = pathBytes(path);
  return {
    stamp() {
      try {
        const { dev, ino, ctimeNs } = statSync(bytes, { bigint: true });
        // Not the modification time: rsync and tar set that back after they have added files.
        return { state: `${dev}:${ino}:${ctimeNs}`, ageMs: Date.now() - Number(ctimeNs / 1_000_000n) };
      } catch (error) {
        return { state: `${(error as NodeJS.ErrnoException).code}`, ageMs: Number.POSITIVE_INFINITY };
      }
    },
    names() {
      try {
        return readdirSync(bytes, { encoding: "latin1" }).map((name) => `/${name}`);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? [] : undefined;
      }
    },
  };
}
