/** An edited application is loaded anew: when it notices, what it does with requests, and how a broken edit ends. */

import { expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { inside, look } from "./inside.ts";
import { edit, said, shared, sourceSaying } from "./sources.ts";

test("the first request after an edit is answered by the new code, in a new process", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script, ["--log-level=info"]);
  const before = await said(server);
  expect(before).toMatchObject({ text: "old", connects: "1", restarts: "0" });

  edit(script, sourceSaying('"new"'));
  const noticed = await said(server, { method: "POST", body: "not lost" });
  expect(noticed).toMatchObject({ text: "new", connects: "2", restarts: "1", body: "not lost" });
  expect(noticed.pid).not.toBe(before.pid);
  await server.waitForLog(/mod_wsgi \(pid=\d+\): Force restart of process 'localhost:\d+'\.$/m);
  expect(await said(server)).toEqual({ ...noticed, connects: "1", restarts: "0", body: "" });
});

test("a body that is still on its way when the edit is noticed reaches the new code", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script);
  edit(script, sourceSaying('"new"'));
  const body = "0123456789".repeat(100_000);
  expect(await said(server, { method: "POST", body })).toMatchObject({ text: "new", body });
});

test("a file that was put back to an older one counts as edited", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"text"'));
  await using server = await start(script);
  const { pid } = await said(server);
  utimesSync(script, 1000, 1000);
  expect((await said(server)).pid).not.toBe(pid);
  utimesSync(script, 1000, 1000.25);
  expect((await said(server)).restarts).toBe("1");
});

test("an edit that changes nothing but what was read is no edit", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"text"'));
  await using server = await start(script);
  const { pid } = await said(server);
  for (let count = 0; count < 5; count += 1) expect((await said(server)).pid).toBe(pid);
});

test("each of several workers notices with its own next request, and no answer comes from old code", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script, ["--processes=3"]);
  const old = server.processes().workers;
  edit(script, sourceSaying('"new"'));
  for (let round = 0; round < 30; round += 1) {
    const answers = await Promise.all(Array.from({ length: 12 }, () => said(server)));
    for (const { text, pid } of answers) {
      expect(text).toBe("new");
      expect(old).not.toContain(pid);
    }
  }
});

test("requests that come without a break lose nothing to edits, and the last one is what they end with", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying("0"));
  await using server = await start(script, ["--processes=2"]);
  let version = 0;
  const state = { going: true };
  const clients = Array.from({ length: 8 }, async () => {
    let count = 0;
    for (; state.going; count += 1) {
      const sent = version;
      expect(Number((await said(server)).text)).toBeGreaterThanOrEqual(sent);
    }
    return count;
  });
  for (let next = 1; next <= 4; next += 1) {
    edit(script, sourceSaying(`${next}`));
    version = next;
    await until(`version ${next}`, async () => (await said(server)).text === (next as unknown));
  }
  state.going = false;
  expect(Math.min(...(await Promise.all(clients)))).toBeGreaterThan(0);
});

test("a broken edit is 500 with its traceback in the log, the server lives on, and the next edit mends it", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script);
  expect((await said(server)).text).toBe("old");

  edit(script, sourceSaying('"never"', "the barley is wet"));
  expect((await server.get("/")).status).toBe(500);
  await server.waitForLog(/SyntaxError/);
  expect((await server.get("/")).status).toBe(500);

  edit(script, sourceSaying('"mended"'));
  expect((await said(server)).text).toBe("mended");
  expect((await said(server)).text).toBe("mended");
});

test("what a failed load leaves behind does not make the mended one fail", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  const once = 'import sys\nassert not hasattr(sys, "registered"), "registered twice"\nsys.registered = True\n';
  edit(script, sourceSaying('"never"', `${once}raise ValueError("broken")`));
  await using server = await start(script);
  expect((await server.get("/")).status).toBe(500);
  edit(script, sourceSaying('"mended"', once));
  expect((await said(server)).text).toBe("mended");
});

test("a file that has vanished is 500 until it is there again", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"here"'));
  await using server = await start(script);
  expect((await said(server)).text).toBe("here");
  rmSync(script);
  expect((await server.get("/")).status).toBe(500);
  edit(script, sourceSaying('"again"'));
  expect((await said(server)).text).toBe("again");
});

test("a module is loaded anew when its file changes, also when that is the one of a package", async () => {
  using home = folder();
  const args = ["--application-type=module", "site_package", `--working-directory=${home.path}`];
  const named = join(home.path, "site_package");
  mkdirSync(named);
  edit(join(named, "__init__.py"), sourceSaying('"old"'));
  await using server = await start(null, args);
  expect((await said(server)).text).toBe("old");
  edit(join(named, "__init__.py"), sourceSaying('"new"'));
  expect(await said(server)).toMatchObject({ text: "new", restarts: "1" });
});

test("the running request of old code is finished, and answered, before its worker ends", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  const place = shared(home.path, "place");
  const gate = join(place, "gate");
  const waiting = `
import os, time
def wait(environ):
    if environ["QUERY_STRING"]: open(${JSON.stringify(join(place, "running"))}, "w").close()
    while environ["QUERY_STRING"] and not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.002)
    return "old"
`;
  edit(script, sourceSaying("wait(environ)", waiting));
  await using server = await start(script, ["--threads=2"]);
  const { pid } = await said(server);
  const slow = server.text("/?slow").then((text) => JSON.parse(text) as { text: string; pid: number });
  await until("the request to run", () => existsSync(join(place, "running")));
  edit(script, sourceSaying('"new"'));
  const next = await said(server);
  expect(next).toMatchObject({ text: "new", restarts: "1" });
  edit(gate, "");
  expect(await slow).toMatchObject({ text: "old", pid });
});

test("subscribers are told that the process ends for new code", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  const note = join(shared(home.path, "place"), "note");
  const before = `
import mod_wsgi
@mod_wsgi.subscribe_shutdown
def stopping(name, shutdown_reason):
    with open(${JSON.stringify(note)}, "w") as file: file.write(shutdown_reason)
`;
  edit(script, sourceSaying('"old"', before));
  await using server = await start(script);
  edit(script, sourceSaying('"new"'));
  expect((await said(server)).text).toBe("new");
  await until("the note", () => existsSync(note) && readFileSync(note, "utf8") === "script_reload");
});

test("--disable-reloading: an edit stays unseen, and requests are told so", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script, ["--disable-reloading"]);
  const { pid } = await said(server);
  edit(script, sourceSaying('"new"'));
  for (let count = 0; count < 3; count += 1) expect(await said(server)).toMatchObject({ text: "old", pid });
  await using told = await start(inside, ["--disable-reloading", "--reload-on-changes"]);
  const { environ, threads, variables } = await look(told);
  expect(environ["mod_wsgi.script_reloading"]).toBe("0");
  expect(threads).not.toContain("malt-monitor");
  expect(variables).not.toHaveProperty("MOD_WSGI_RELOADER_ENABLED");
});
