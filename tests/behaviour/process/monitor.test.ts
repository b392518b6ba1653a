/** --reload-on-changes: workers are replaced when any of their files changes, without waiting for a request. */

import { expect } from "bun:test";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { pythons } from "../../harness/pythons.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { inside, look } from "./inside.ts";
import { edit, said, sourceSaying } from "./sources.ts";

const ON = ["--reload-on-changes"];

/** Waits until the monitor of the only worker has seen what there is. */
async function watching(server: Server): Promise<number> {
  const [pid = 0] = server.processes().workers;
  await server.waitForLog(new RegExp(`monitor \\(pid=${pid}\\): Starting change monitor\\.$`, "m"));
  return pid;
}

/** Waits until the monitor of `pid` has replaced its worker because of `path`. */
async function replaced(server: Server, pid: number, path: string): Promise<void> {
  const changed = `monitor \\(pid=${pid}\\): Change detected to "${path.replaceAll(".", "\\.")}"\\.$`;
  await server.waitForLog(new RegExp(`\\[wsgi:error\\].*${changed}`, "m"));
  await server.waitForLog(
    new RegExp(`\\[wsgi:error\\].*monitor \\(pid=${pid}\\): Triggering process restart\\.$`, "m"),
  );
  await until("another worker", () => {
    const { workers } = server.processes();
    return workers.length === 1 && workers[0] !== pid;
  });
  await server.ready();
}

for (const python of pythons) {
  test(`--reload-on-changes: the worker is replaced when a module that it imported changes, under Python ${python.version}`, async () => {
    using home = folder();
    const helper = join(home.path, "helper.py");
    const script = join(home.path, "app.wsgi");
    edit(helper, 'TEXT = "old"\n');
    edit(script, sourceSaying("helper.TEXT", "import helper"));
    await using server = await start(script, [...ON, `--working-directory=${home.path}`], { python });
    const pid = await watching(server);
    expect((await said(server)).text).toBe("old");
    edit(helper, 'TEXT = "new"\n');
    await replaced(server, pid, helper);
    expect(await said(server)).toMatchObject({ text: "new", restarts: "0" });
  });
}

test("--reload-on-changes: also for a file that is replaced by another, as editors do, and one that vanishes", async () => {
  using home = folder();
  const helper = join(home.path, "helper.py");
  const script = join(home.path, "app.wsgi");
  edit(helper, 'TEXT = "old"\n');
  edit(script, sourceSaying("helper.TEXT", "import helper"));
  await using server = await start(script, [...ON, `--working-directory=${home.path}`]);
  const first = await watching(server);
  await said(server);
  edit(join(home.path, "next"), 'TEXT = "new"\n');
  renameSync(join(home.path, "next"), helper);
  await replaced(server, first, helper);
  expect((await said(server)).text).toBe("new");

  const second = await watching(server);
  rmSync(helper);
  await replaced(server, second, helper);
  expect((await server.get("/")).status).toBe(500);
});

test("--reload-on-changes: also for files that the application names, by either of the two modules", async () => {
  for (const module of ["mod_wsgi.server", "mod_wsgi.express.reloader"]) {
    using home = folder();
    const data = join(home.path, "data.json");
    const script = join(home.path, "app.wsgi");
    edit(data, "1");
    const before = `from ${module} import track_changes\ntrack_changes(${JSON.stringify(data)})`;
    edit(script, sourceSaying(`open(${JSON.stringify(data)}).read()`, before));
    await using server = await start(script, ON);
    const pid = await watching(server);
    await said(server);
    edit(data, "2");
    await replaced(server, pid, data);
  }
});

test("--reload-on-changes: also when the application could not be loaded, because of the file that failed", async () => {
  using home = folder();
  const helper = join(home.path, "helper.py");
  const script = join(home.path, "app.wsgi");
  edit(helper, "TEXT = undefined\n");
  edit(script, sourceSaying("helper.TEXT", "import helper"));
  await using server = await start(script, [...ON, `--working-directory=${home.path}`]);
  await server.waitForLog(/NameError/);
  const pid = await watching(server);
  // Nobody asks: it is the monitor that mends it.
  edit(helper, 'TEXT = "mended"\n');
  await replaced(server, pid, helper);
  expect((await said(server)).text).toBe("mended");
});

test("--reload-on-changes: the variable that tells of it is set, and the script itself is looked at, too", async () => {
  await using told = await start(inside, ON);
  const { threads, variables } = await look(told);
  expect(threads).toContain("malt-monitor");
  expect(variables["MOD_WSGI_RELOADER_ENABLED"]).toBe("true");
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script, ON);
  const pid = await watching(server);
  edit(script, sourceSaying('"new"'));
  await replaced(server, pid, script);
  expect(await said(server)).toMatchObject({ text: "new", restarts: "0" });
});

test("without --reload-on-changes nobody looks at other files than the application's own", async () => {
  await using server = await start(inside);
  const { threads, variables } = await look(server);
  expect(threads).not.toContain("malt-monitor");
  expect(variables).not.toHaveProperty("MOD_WSGI_RELOADER_ENABLED");
});
