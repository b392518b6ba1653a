/** Adopts an orphan, as PID 1 of a container does, and reaps it once it is a zombie. */

import { dlopen } from "bun:ffi";
import { reapOrphans } from "../../lib/os/reap.ts";
import { statOf } from "../../lib/os/proc.ts";
import { until } from "../harness/until.ts";

const PR_SET_CHILD_SUBREAPER = 36;
const { symbols } = dlopen("libc.so.6", { prctl: { args: ["int", "u64", "u64", "u64", "u64"], returns: "int" } });
symbols.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);

// The shell ends at once and leaves us its child.
const { stdout } = Bun.spawnSync(["sh", "-c", "sleep 0.05 >/dev/null & echo $!"]);
const orphan = Number(stdout.toString());
const child = Bun.spawn(["sh", "-c", "read line; exit 7"], { stdin: "pipe" });
await until("the orphan to be a zombie", () => statOf(orphan)?.state === "Z");
const zombieBefore = statOf(orphan)?.state;
child.stdin.end();
const reaped = reapOrphans(new Set([child.pid]));
console.log(
  JSON.stringify({ zombieBefore, reaped, zombieAfter: statOf(orphan) ?? null, ownExitCode: await child.exited }),
);
