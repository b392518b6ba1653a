/** Clients that take a large file a byte a second: nobody else notices, and they keep what they have. */

import { expect } from "bun:test";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { python } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { growthDuring } from "./growth.ts";
import { holding } from "./holding.ts";
import { site } from "./notes.ts";

const MIB = 1024 * 1024;
const READERS = 36;
/** By hand for longer: then it also tells its figures. */
const asked = process.env["MALT_SLOW_READERS_SECONDS"];
const SECONDS = Number(asked ?? 10);

/** Processor time that a process has used, in seconds. */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await Bun.file(`/proc/${pid}/stat`).text();
  // Behind the name, which may have blanks: user and system time are the 12th and 13th, in hundredths.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

for (const options of [[], ["--enable-sendfile"]]) {
  test(
    `${READERS} clients that read a byte a second of a large file cost nobody else anything (${options.join()})`,
    async () => {
      using home = holding({ "small.txt": "small" });
      const huge = join(home.path, "huge.bin");
      writeFileSync(huge, "");
      // A sparse file: a gigabyte that no disk has to hold.
      truncateSync(huge, 1024 * MIB);
      const limits = ["--threads=1", "--max-clients=1"];
      await using server = await start(site, [`--document-root=${home.path}`, ...limits, ...options]);
      const frontEnd = server.processes().frontEnds[0] as number;
      expect(await server.text("/echo/before")).toBe("GET /echo/before ");

      const program = join(import.meta.dir, "apps", "slow_readers.py");
      const words = [python.path, program, `${server.port}`, "/huge.bin", `${READERS}`];
      const readers = Bun.spawn(words, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
      let told = "";
      const listening = (async () => {
        for await (const piece of readers.stdout) told += Buffer.from(piece).toString();
      })();
      const times: number[] = [];
      let used = 0;
      const growth = await growthDuring(server, async () => {
        await until("the first byte to be read", () => told.includes("\n"));
        const before = await processorSeconds(frontEnd);
        await until(
          `${SECONDS} s of reading`,
          async () => {
            const beganAt = performance.now();
            expect(await server.text("/small.txt")).toBe("small");
            expect(await server.text("/echo/")).toBe("GET /echo/ ");
            times.push((performance.now() - beganAt) / 2);
            return told.split("\n").length > SECONDS;
          },
          (SECONDS + 30) * 1000,
        );
        used = (await processorSeconds(frontEnd)) - before;
      });
      await readers.stdin.write("\n");
      await readers.stdin.end();
      await listening;
      const sorted = times.toSorted((a, b) => a - b);
      const figures = `${sorted.length} pairs, median ${sorted[sorted.length >> 1]} ms, longest ${sorted.at(-1)} ms`;
      if (asked !== undefined) console.log(options, figures, growth, `${used} s of the processor`);

      // None was dropped, and each has as many bytes as seconds have passed.
      expect(told.split("\n")[SECONDS - 1]).toBe(`${READERS * SECONDS} ${READERS}`);
      expect(growth["front end"]).toBeLessThan(64 * MIB);
      expect(sorted.at(-1)).toBeLessThan(5000);
    },
    (SECONDS + 60) * 1000,
  );
}
