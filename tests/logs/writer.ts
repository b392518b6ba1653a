/** Writes lines to standard output: `bun writer.ts few|many [FILE]`; tells in FILE.wrote how many were left out. */

import { lineWriter } from "../../lib/logs/line-writer.ts";

const [mode, file] = process.argv.slice(2);
let told = 0;
const writer = lineWriter(1, 0, (lost) => (told += lost));
const count = mode === "few" ? 20_000 : 200_000;
for (let line = 0; line < count; line += 1) {
  writer.write(`${line} ${"x".repeat(60)}`);
  // Some event-loop turns, as requests would bring them.
  if (line % 1000 === 0) await Bun.sleep(0);
}
if (file !== undefined) await Bun.write(`${file}.wrote`, String(writer.lost()));
await writer.flush();
if (file !== undefined) await Bun.write(`${file}.told`, String(told));
process.exit(0);
