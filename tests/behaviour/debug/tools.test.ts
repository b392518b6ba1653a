/** The tools of debug mode that leave files: coverage, profiles, recordings. */

import { expect } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { run } from "../../harness/binary.ts";
import { frameworkPythons, python, pythons } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { about, atTerminal, CTRL_C, debugged } from "./debugged.ts";

/** The files of a folder by their ending, each with its number as the name. */
function filesIn(path: string): Map<string, string> {
  return new Map(readdirSync(path).map((name) => [name.replace(/^\d{16}-\d+-/, ""), join(path, name)]));
}

for (const each of frameworkPythons) {
  test(`--enable-coverage: Ctrl-C leaves a report of the lines that were run (python ${each.version})`, async () => {
    await using server = await atTerminal(["--enable-coverage"], { python: each });
    expect(server.output()).toMatch(/^Coverage Output +: .*\/root\/htmlcov\/index.html\r$/m);
    expect((await about(server)).variables).toMatchObject({ MOD_WSGI_COVERAGE_ENABLED: "true" });
    server.type(CTRL_C);
    expect(await server.exited).toBe(0);
    const report = join(server.root, "htmlcov");
    const index = readFileSync(join(report, "index.html"), "utf8");
    expect(index).toContain("debugged.py");
    expect(index).not.toContain("_malt");
    const page = readdirSync(report).find((name) => name.endsWith("debugged_py.html")) ?? "";
    const lines = readFileSync(join(report, page), "utf8").split("\n");
    expect(lines.find((line) => line.includes("json"))).toMatch(/class="run"/);
    expect(lines.find((line) => line.includes("in the call"))).toMatch(/class="mis/);
  });
}

test("--enable-coverage: without the package the server ends, and says how to get it", async () => {
  await using server = await start(debugged, ["--enable-coverage"], { until: "banner" });
  expect(await server.exited).toBe(1);
  expect(server.log()).toMatch(
    /^malt: --enable-coverage needs the package coverage.*\n.*python[\d.]* -m pip install coverage$/m,
  );
});

test("--coverage-directory: a folder that the workers' user cannot write to is refused", async () => {
  using home = folder();
  if (python.user !== "nobody") return;
  const args = ["--enable-coverage", `--coverage-directory=${home.path}`];
  await using server = await start(debugged, args, { until: "banner" });
  expect(await server.exited).toBe(1);
  expect(server.log()).toContain(`cannot write to ${home.path}\n  give another --coverage-directory`);
});

for (const each of pythons) {
  test(`--enable-profiler: --profiler-directory: the start and each request leave a profile (python ${each.version})`, async () => {
    await using server = await atTerminal(["--enable-profiler", "--profiler-directory=profiles"], { python: each });
    expect((await about(server)).variables).toMatchObject({ MOD_WSGI_PROFILER_ENABLED: "true" });
    expect(await server.text("/stream")).toBe("one, two");
    await server.text("/call");
    const files = filesIn(join(server.root, "..", "profiles"));
    expect([...files.keys()].toSorted()).toEqual(["0.pstats", "1.pstats", "2.pstats", "3.pstats"]);
    const show = async (name: string) => {
      const script = "import pstats, sys; pstats.Stats(sys.argv[1]).print_stats()";
      return (await run([each.path, "-c", script, files.get(name) ?? ""])).out;
    };
    expect(await show("0.pstats")).toMatch(/\(<module>\)/);
    expect(await show("1.pstats")).toMatch(/debugged.py:\d+\(about\)/);
    const streamed = await show("2.pstats");
    expect(streamed).toMatch(/3 .*debugged.py:\d+\(__next__\)/);
    expect(streamed).toMatch(/debugged.py:\d+\(close\)/);
    expect(await show("3.pstats")).toMatch(/debugged.py:\d+\(application\)/);
  });

  test(`--enable-recorder: --recorder-directory: each request leaves what came and what went (python ${each.version})`, async () => {
    await using server = await atTerminal(["--enable-recorder", "--recorder-directory=tape"], { python: each });
    const body = "x".repeat(200_000);
    expect(await server.text("/echo", { method: "POST", body })).toBe(`you said: ${body}`);
    expect((await about(server)).variables).toMatchObject({ MOD_WSGI_RECORDER_ENABLED: "true" });
    const tape = join(server.root, "..", "tape");
    const read = (name: string) => readFileSync(filesIn(tape).get(name) ?? name, "utf8");
    const kinds = ["icontent", "iheaders", "oaexcept", "ocontent", "ofexcept", "oheaders", "orexcept"];
    expect([...filesIn(tape).keys()].toSorted()).toEqual([1, 2].flatMap((n) => kinds.map((kind) => `${n}.${kind}`)));
    expect(read("1.iheaders")).toContain("'PATH_INFO': '/echo'");
    expect(read("1.icontent")).toBe(body);
    expect(read("1.oheaders")).toBe("('200 OK', [('Content-Type', 'text/plain'), ('X-Made', 'by hand')])\n");
    expect(read("1.ocontent")).toBe(`you said: ${body}`);
    expect(["oaexcept", "orexcept", "ofexcept"].map((kind) => read(`1.${kind}`))).toEqual(["", "", ""]);
  });
}

test("--enable-recorder: exceptions are kept by where they came from, and go on to the client", async () => {
  await using server = await atTerminal(["--enable-recorder"]);
  expect(server.output()).toMatch(/^Recorder Output +: .*\/root\/archive\r$/m);
  for (const [path, status] of [
    ["/call", 500],
    ["/iteration", 500],
    ["/close", 200],
    ["/exit", 500],
  ] as const) {
    const response = await server.get(path);
    // Its end comes after close().
    await response.text();
    expect(response.status).toBe(status);
  }
  const archive = join(server.root, "archive");
  const said = Object.fromEntries(
    [...filesIn(archive)].flatMap(([name, path]) => {
      const last = name.endsWith("except") && readFileSync(path, "utf8").trim().split("\n").at(-1);
      return last ? [[name, last]] : [];
    }),
  );
  expect(said).toEqual({
    "1.oaexcept": "ValueError: in the call",
    "2.orexcept": "KeyError: 'in the iteration'",
    "3.ofexcept": "LookupError: in close",
    "4.oaexcept": "SystemExit: 3",
  });
  // They hold cookies and passwords.
  expect(statSync(archive).mode & 0o777).toBe(0o700);
  expect([...filesIn(archive).values()].map((path) => statSync(path).mode & 0o777)).toEqual(Array(28).fill(0o600));
});

test("--enable-recorder: a file is sent as one, and kept", async () => {
  await using server = await atTerminal(["--enable-recorder"]);
  const file = readFileSync(debugged, "utf8");
  const response = await server.get("/file");
  expect(response.headers.get("content-length")).toBe(`${file.length}`);
  expect(await response.text()).toBe(file);
  expect(readFileSync(filesIn(join(server.root, "archive")).get("1.ocontent") ?? "", "utf8")).toBe(file);
});

test("--enable-profiler: together with the other tools, what the operator does at a prompt is in no profile", async () => {
  await using server = await atTerminal(["--enable-recorder", "--enable-debugger", "--enable-profiler"]);
  const response = server.get("/iteration");
  await server.waitForOutput(/\(Pdb\) $/);
  server.type("c\n");
  expect((await response).status).toBe(500);
  const script = "import pstats, sys; pstats.Stats(sys.argv[1]).print_stats()";
  const profile = filesIn(join(server.root, "pstats")).get("1.pstats") ?? "";
  const { out } = await run([python.path, "-c", script, profile]);
  expect(out).toContain("(__next__)");
  expect(out).not.toContain("pdb.py");
  expect(readFileSync(filesIn(join(server.root, "archive")).get("1.orexcept") ?? "", "utf8")).toContain("KeyError");
});

test("--profiler-directory: alone it does nothing, which is said", async () => {
  await using server = await start(debugged, ["--profiler-directory=/nowhere/at/all", "--recorder-directory=tape"]);
  expect(server.log()).toContain("--profiler-directory has no effect without --enable-profiler");
  expect(server.log()).toContain("--recorder-directory has no effect without --enable-recorder");
  expect(server.output()).toMatch(/^Operating Mode +: daemon$/m);
});
