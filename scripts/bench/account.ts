/** Whom the servers run applications as: root's rights are given up by those servers that know how to. */

/** The account for `--user`, null when the benchmark was not started by root. */
export const unprivileged: string | null = process.getuid?.() === 0 ? "nobody" : null;

/** Whether that account may run `program` at all: a Python in root's home is out of its reach. */
export function mayRun(program: string, words: readonly string[]): boolean {
  const command =
    unprivileged === null ? [program, ...words] : ["runuser", "-u", unprivileged, "--", program, ...words];
  return Bun.spawnSync(command, { cwd: "/", stdout: "ignore", stderr: "ignore", timeout: 10_000 }).success;
}
