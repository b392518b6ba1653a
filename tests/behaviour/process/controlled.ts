/** A server root made by setup-server, and the script in it, run as an operator would. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { malt, run, type Ended } from "../../harness/binary.ts";
import { folder, readable } from "../../harness/folders.ts";
import { leftovers } from "../../harness/processes.ts";
import { python } from "../../harness/pythons.ts";
import { until } from "../../harness/until.ts";

export interface Controlled extends AsyncDisposable {
  /** The temporary folder, in which the set-up ran; the server root is in it. */
  readonly home: string;
  readonly root: string;
  /** What the set-up said. */
  readonly setUp: Ended;
  /** Runs the script from another folder with hardly any environment. */
  control(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** The same with `start`; throws unless it worked. Returns the address of the server. */
  start(env?: Readonly<Record<string, string>>): Promise<string>;
  /** In the pid file; NaN when there is none. */
  pid(): number;
  log(): string;
}

/** Sets up a server for `application` with `args`, without starting it. */
export async function setUp(application: string | null, args: readonly string[] = []): Promise<Controlled> {
  const home = folder();
  const root = join(home.path, "root");
  const script = join(root, "apachectl");
  const mark = crypto.randomUUID();
  const usual = ["--port=0", `--server-root=${root}`, `--python=${python.path}`, `--locale=C.UTF-8`];
  const words = [...usual, ...(python.user === null ? [] : [`--user=${python.user}`]), ...args];
  const served = application === null ? [] : [await readable(application)];
  const done = await run([malt, "setup-server", ...served, ...words], { cwd: home.path });
  const control = (verbs: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run([script, ...verbs], { cwd: "/", env: { PATH: "/usr/bin:/bin", MALT_TEST_SERVER: mark, ...env } });

  // Nobody is left in our own group or session, so the mark alone tells.
  const left = () => leftovers(NaN, mark);

  return {
    home: home.path,
    root,
    setUp: done,
    control,
    async start(env) {
      const { code, out, err } = await control(["start"], env);
      const port = /^Server URL +: http:\/\/.+:(\d+)\/$/m.exec(out)?.[1];
      if (code !== 0 || port === undefined) throw new Error(`it did not start (${code}):\n${out}${err}`);
      return `http://127.0.0.1:${port}`;
    },
    pid: () => (existsSync(join(root, "httpd.pid")) ? Number(readFileSync(join(root, "httpd.pid"), "utf8")) : NaN),
    log: () => (existsSync(join(root, "error_log")) ? readFileSync(join(root, "error_log"), "utf8") : ""),
    async [Symbol.asyncDispose]() {
      try {
        if (existsSync(script)) await control(["stop"]);
        await until("every process of the server to be gone", () => left().length === 0);
      } finally {
        for (const { pid } of left()) process.kill(pid, "SIGKILL");
        home[Symbol.dispose]();
      }
    },
  };
}
