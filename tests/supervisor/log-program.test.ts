/** Programs that write logs, and die. */

import { expect, test } from "bun:test";
import { openProgramSink, type ProgramSink } from "../../lib/supervisor/log-program.ts";

const PATH = process.env["PATH"] ?? "";

test("what is reported of a program while its log is closed goes to no descriptor that is closed by then", async () => {
  const problems: string[] = [];
  // As the error log does, which tells of its own programs.
  const sink: ProgramSink = openProgramSink(["/bin/sh", "-c", "read line; exit 3"], "LOG", { PATH }, (problem) => {
    problems.push(problem);
    void sink.write(`${problem}\n`);
  });
  void sink.write("one\ntwo\n");
  await sink.close();
  expect(problems).toContain("/bin/sh, which writes LOG, ended (exit code 3); it is started again now");
  expect(problems.filter((problem) => problem.includes("cannot be written"))).toEqual([]);
});
