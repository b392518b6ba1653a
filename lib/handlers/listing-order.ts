/** In which order a directory is listed: what Apache's C and O in the query say. Pure. */

export interface Entry {
  /** Latin-1 text, one character a byte; without a slash. */
  readonly name: string;
  readonly isDirectory: boolean;
  readonly size: number;
  readonly modifiedMs: number;
}

export type Column = "N" | "M" | "S";

export interface Order {
  /** By name, time of the last change, or size. */
  readonly column: Column;
  readonly descending: boolean;
}

/** Of Apache's columns the description (D) is missing, which nobody has told: it comes to the name. */
export function orderOf(query: string): Order {
  const column = lastOf(query, "C");
  return { column: column === "M" || column === "S" ? column : "N", descending: lastOf(query, "O") === "D" };
}

/** Apache separates them by ";", forms by "&". */
function lastOf(query: string, name: "C" | "O"): string | undefined {
  return query
    .split(/[;&]/)
    .findLast((pair) => pair.startsWith(`${name}=`))
    ?.slice(2);
}

/** Directories first; what is equal goes by its name, as bytes compare. */
export function inOrder(entries: readonly Entry[], { column, descending }: Order): readonly Entry[] {
  const direction = descending ? -1 : 1;
  return entries.toSorted((a, b) => {
    if (a.isDirectory !== b.isDirectory) return a.isDirectory ? -1 : 1;
    const difference = column === "M" ? a.modifiedMs - b.modifiedMs : column === "S" ? a.size - b.size : 0;
    return direction * (difference || byName(a.name, b.name));
  });
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
