/**
 * `npm test`: the format, the linter, the types, the generated reference, and every test, with a Python environment for
 * each CPython found. Words after `--` go to `bun test`. The last line is "N passed, N failed"; a check counts as one.
 */

import { join } from "node:path";
import { interpreters, makeVenv, versions, type Interpreter } from "./venvs.ts";

const checkout = join(import.meta.dir, "..");
const bun = process.execPath;
/** A test talks to real processes; one that waits for longer than this waits for something that will not come. */
const TEST_TIMEOUT_MS = 60_000;
const ALONE = /\/(chaos\/.*|rest|memory)\.test\.ts$/;

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

const tallies: Tally[] = [
  await check("format", [bun, "fmt", "--check"]),
  await check("linter", [join(checkout, "node_modules", ".bin", "oxlint"), "--deny-warnings"]),
  // Without the option bun would take the script of that name in package.json for the command.
  await check("types", [bun, "check", "--no-script"]),
];
if (await Bun.file(join(checkout, "scripts", "reference.ts")).exists()) {
  tallies.push(await check("reference", [bun, "scripts/reference.ts", "--check"]));
}
tallies.push(await environments());
tallies.push(await tests(Bun.argv.slice(2)));

const { passed, failed } = total(tallies);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs a command that is right when it exits 0; what it says is shown only when it is not. */
async function check(what: string, command: string[]): Promise<Tally> {
  const { code, out, err } = await run(command, false);
  if (code === 0) return verdict(what, undefined);
  return verdict(what, `${command.join(" ")}\n${out}${err}`);
}

/** A Python environment for each version of CPython found, all made at once; at least one has to be there. */
async function environments(): Promise<Tally> {
  const found = await interpreters();
  const made = await Promise.all(
    versions.map((version) =>
      environment(
        version,
        found.filter((interpreter) => interpreter.version === version),
      ),
    ),
  );
  const sum = total(made);
  if (sum.passed + sum.failed === 0) return verdict("python", `none of ${versions.join(", ")} was found`);
  return sum;
}

/** The environment for `version`, made with the first of `candidates` that can make one. */
async function environment(version: string, candidates: readonly Interpreter[]): Promise<Tally> {
  if (candidates.length === 0) {
    console.log(`NOT TESTED  python ${version}: not found on PATH or under pyenv`);
    return { passed: 0, failed: 0 };
  }
  let trouble: string | undefined;
  for (const candidate of candidates) {
    trouble = await makeVenv(candidate);
    if (trouble === undefined) break;
  }
  return verdict(`python ${version}`, trouble);
}

/**
 * Every test file, or those that `words` select. Most tests wait more than they work, so two of the files run at a time; those
 * that measure, or need the machine for their load, run before, by themselves.
 */
async function tests(words: readonly string[]): Promise<Tally> {
  if (words.length > 0) return await bunTest(words, true);
  const files = [...new Bun.Glob("tests/**/*.test.ts").scanSync({ cwd: checkout })]
    .toSorted()
    .map((path) => `./${path}`);
  const alone = files.filter((path) => ALONE.test(path));
  const others = files.filter((path) => !ALONE.test(path));
  return total([
    await bunTest(alone, true),
    ...(await Promise.all(
      [0, 1].map((half) =>
        bunTest(
          others.filter((_, index) => index % 2 === half),
          half === 0,
        ),
      ),
    )),
  ]);
}

/** Runs the files that `words` select, counted from the summary of `bun test`; the output is shown at once, or at the end. */
async function bunTest(words: readonly string[], live: boolean): Promise<Tally> {
  const { code, out, err } = await run([bun, "test", `--timeout=${TEST_TIMEOUT_MS}`, ...words], live);
  if (!live) process.stdout.write(out + err);
  const counted: Tally = { passed: summary(err, "pass"), failed: summary(err, "fail") };
  // A crash, or an error outside any test, ends bun with a code that the counts do not show.
  if (code !== 0 && counted.failed === 0) {
    console.error(`FAILED      bun test ended with ${code}`);
    return { passed: counted.passed, failed: 1 };
  }
  return counted;
}

/** The number in the last line like " 12 pass" or " 1 fail", which bun writes to standard error. */
function summary(err: string, word: "pass" | "fail"): number {
  const lines = [...err.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))];
  return Number(lines.at(-1)?.[1] ?? 0);
}

function total(parts: readonly Tally[]): Tally {
  return parts.reduce((sum, part) => ({ passed: sum.passed + part.passed, failed: sum.failed + part.failed }));
}

function verdict(what: string, trouble: string | undefined): Tally {
  if (trouble === undefined) {
    console.log(`ok          ${what}`);
    return { passed: 1, failed: 0 };
  }
  console.error(`FAILED      ${what}\n${trouble}`);
  return { passed: 0, failed: 1 };
}

/** Runs a command to its end; what it writes is also shown at once when `live`. */
async function run(command: string[], live: boolean): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn(command, { cwd: checkout, stdio: ["ignore", "pipe", "pipe"] });
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      if (live) process.stdout.write(chunk);
    }
    return text;
  };
  const [out, err] = await Promise.all([collect(child.stdout), collect(child.stderr)]);
  return { code: await child.exited, out, err };
}
