/** What the benchmark says while it works: on standard error, so that standard output is the table alone. */

/** One line. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
