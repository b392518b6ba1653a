/** Whether a user gets at a path, by the permission bits on the way to it. Pure: asks the machine through `EntryAt`. */

import { absolute, parentOf } from "../../settings/paths.ts";
import type { Identity } from "../../settings/settings.ts";
import type { Entry, EntryAt, Facts } from "../facts.ts";

/** What is wanted of a path, in the bits of a mode; of a directory `EXECUTE` is to pass through it. */
export const READ = 0o4;
export const EXECUTE = 0o1;

export interface Person {
  readonly uid: number;
  /** The primary one and all others. */
  readonly groups: readonly number[];
}

/** What denies the way, on the way itself or at its end. */
export interface Obstacle {
  readonly path: string;
  readonly entry: Entry;
}

const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

// As many as Linux follows (path_resolution(7)).
const MOST_LINKS = 40;

export function personOf({ user, uid, gid }: Identity, facts: Facts): Person {
  return { uid, groups: facts.groupsOf(user, gid) };
}

/**
 * The first thing on the way to the absolute `path` that keeps `person` from `wish`; null when there is none, or the path
 * leads nowhere. Access control lists are not seen: they may let somebody in whom the bits keep out.
 */
export function obstacleTo(path: string, wish: number, person: Person, entryAt: EntryAt): Obstacle | null {
  for (const { path: here, entry, isLast } of wayTo(path, entryAt)) {
    const needed = isLast ? wish : EXECUTE;
    if (entry.target === null && (rightsOf(person, entry) & needed) !== needed) return { path: here, entry };
  }
  return null;
}

/**
 * The first thing on the way to the absolute `path` that somebody else than root and the user `uid` could change, and so
 * what is found there; null when there is none.
 */
export function exposureOf(path: string, uid: number, entryAt: EntryAt): Obstacle | null {
  for (const { path: here, entry, isLast } of wayTo(path, entryAt)) {
    if (entry.uid !== 0 && entry.uid !== uid) return { path: here, entry };
    if (entry.target !== null || (entry.mode & OTHERS_WRITE) === 0) continue;
    // In a sticky directory, such as /tmp, others add files and leave what is there alone.
    if (isLast || (entry.mode & STICKY) === 0) return { path: here, entry };
  }
  return null;
}

interface Step extends Obstacle {
  readonly isLast: boolean;
}

/** Everything from "/" to the absolute `path`, links and where they lead included, as far as it exists. */
function* wayTo(path: string, entryAt: EntryAt): Generator<Step> {
  const ahead = namesIn(path);
  let here = "/";
  let links = 0;
  for (;;) {
    const entry = entryAt(here);
    if (entry === null) return;
    if (entry.target !== null) {
      links += 1;
      if (links > MOST_LINKS) return;
      yield { path: here, entry, isLast: false };
      ahead.unshift(...namesIn(entry.target));
      here = entry.target.startsWith("/") ? "/" : parentOf(here);
      continue;
    }
    const name = ahead.shift();
    yield { path: here, entry, isLast: name === undefined };
    if (name === undefined) return;
    here = absolute(here, name);
  }
}

/** In the words of `ls -l` and `chmod`: "/root has mode 0700 and belongs to root". */
export function describeObstacle({ path, entry }: Obstacle, facts: Facts): string {
  const owner = facts.users.find(({ id }) => id === entry.uid)?.name ?? `#${entry.uid}`;
  return `${path} has mode 0${entry.mode.toString(8).padStart(3, "0")} and belongs to ${owner}`;
}

/** Only one of the three classes counts: an owner whom the mode denies isn't helped by being one of the others. */
function rightsOf({ uid, groups }: Person, { mode, uid: owner, gid }: Entry): number {
  if (uid === 0) return READ | EXECUTE;
  if (uid === owner) return (mode >> 6) & 0o7;
  return (groups.includes(gid) ? mode >> 3 : mode) & 0o7;
}

function namesIn(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
