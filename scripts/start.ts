/**
 * `npm start`: serves examples/hello on http://localhost:8000. Words after `--` go to `malt start-server` as they are:
 * `npm start -- --port 9000`.
 *
 * Started as root, it serves as an unprivileged user, as a server should, and copies what that user could not read.
 */

import { chmod, cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readableByAll } from "./readable.ts";
import { interpreters } from "./venvs.ts";

const checkout = join(import.meta.dir, "..");
const copies: string[] = [];
const words = Bun.argv.slice(2);
const isRoot = process.getuid?.() === 0;

let malt = join(checkout, "dist", "malt");
let example = join(checkout, "examples", "hello");
const identity: string[] = [];

// Who names a user has thought about what that user can read.
if (isRoot && !words.some((word) => word.startsWith("--user"))) {
  const user = await unprivilegedUser();
  const python = (await interpreters()).findLast((found) => found.forAll);
  if (user !== undefined && python !== undefined) {
    identity.push("--user", user);
    if (!words.some((word) => word.startsWith("--python"))) identity.push("--python", python.path);
    malt = await readable(malt);
    example = await readable(example, join(example, "wsgi.py"));
  } else {
    console.error(
      user === undefined
        ? "start: there is neither a user nobody nor www-data, so this serves as root"
        : "start: no Python here can be run by another user than root, so this serves as root",
    );
    identity.push("--user", "root");
  }
}

const server = Bun.spawn([malt, "start-server", join(example, "wsgi.py"), "--log-to-terminal", ...identity, ...words], {
  // The example's folder: it is where an application looks for its modules, and the user can enter it.
  cwd: example,
  stdio: ["inherit", "inherit", "inherit"],
});
for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C and Ctrl-\ to the whole process group: the server has had these already.
    const fromTerminal = process.stdin.isTTY && (signal === "SIGINT" || signal === "SIGQUIT");
    if (!fromTerminal) server.kill(signal);
  });
}
const code = await server.exited;
for (const copy of copies) await rm(copy, { recursive: true, force: true });
process.exit(code);

async function unprivilegedUser(): Promise<string | undefined> {
  const users = await readFile("/etc/passwd", "utf8");
  return ["nobody", "www-data"].find((name) => new RegExp(`^${name}:`, "m").test(users));
}

/** `path`, or a copy of it in a temporary folder when other users can't get at `probe` in it. */
async function readable(path: string, probe: string = path): Promise<string> {
  if (await readableByAll(probe)) return path;
  const folder = await mkdtemp(join(tmpdir(), "malt-start-"));
  copies.push(folder);
  await chmod(folder, 0o755);
  const copy = join(folder, basename(path));
  await cp(path, copy, { recursive: true });
  // Not only its place may have been closed to others, but the file itself: cp keeps modes.
  await Bun.$`chmod -R a+rX ${copy}`;
  console.error(`start: the server's user cannot read ${path}, so this serves a copy: ${copy}`);
  return copy;
}
