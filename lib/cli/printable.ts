/** Text of clients and applications on a terminal. */

/** Control characters, also those of latin-1, would be commands to the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}

/** As much of a text as `columns` have room for. */
export function clipped(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
