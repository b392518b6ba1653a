/** Resident memory as /proc/PID/smaps_rollup or /proc/PID/status tells it (proc(5)). Pure. */

/** `pssBytes` shares pages with the processes that map them too; null when only `status` could be read. */
export interface Memory {
  readonly rssBytes: number;
  readonly pssBytes: number | null;
}

/** Read the text of either file; null when it has no resident memory (gone, or a zombie). */
export function parseMemory(text: string): Memory | null {
  const rss = kibibytes(text, /^(?:Rss|VmRSS):\s+(\d+) kB$/m);
  if (rss === null) return null;
  return { rssBytes: rss, pssBytes: kibibytes(text, /^Pss:\s+(\d+) kB$/m) };
}

function kibibytes(text: string, line: RegExp): number | null {
  const found = line.exec(text)?.[1];
  return found === undefined ? null : Number(found) * 1024;
}
