/** Locks a directory and keeps it. */

import { lockDirectory } from "../../lib/os/lock.ts";

console.log(lockDirectory(process.argv[2] ?? "") === undefined ? "refused" : "locked");
setInterval(() => undefined, 1e6);
