/** --embedded-mode: what an application sees that is a part of the server, and what is left away. */

import { expect } from "bun:test";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { here, inside, look } from "./inside.ts";
import { edit, said, sourceSaying } from "./sources.ts";

const EMBEDDED = ["--embedded-mode"];

test("--embedded-mode: the banner says so, and names no limits of daemons", async () => {
  await using server = await start(inside, [...EMBEDDED, "--processes=2", "--threads=3"]);
  await server.waitForOutput(/^Locale Setting/m);
  expect(server.output()).toMatch(/^Operating Mode +: embedded$/m);
  expect(server.output()).not.toMatch(/Timeout|Queue/);
  expect(server.output()).toMatch(/^Request Capacity +: 6 \(2 processes \* 3 threads\)$/m);
  expect(server.output()).toMatch(/^Server Capacity +: 6 \(event\/worker\), 6 \(prefork\)$/m);
});

test("--embedded-mode: requests belong to no process group, and were in no queue", async () => {
  await using server = await start(inside, EMBEDDED);
  const { environ } = await look(server);
  expect(environ).toMatchObject({
    "mod_wsgi.process_group": "",
    "mod_wsgi.application_group": "",
    "mod_wsgi.script_reloading": "0",
    "wsgi.multiprocess": false,
    "wsgi.multithread": true,
  });
  const times = Object.keys(environ).filter((name) => name.endsWith("_start"));
  expect(times.toSorted()).toEqual(["mod_wsgi.request_start", "mod_wsgi.script_start"]);
  expect(Object.keys(environ).filter((name) => name.startsWith("mod_wsgi.daemon_"))).toEqual([]);
});

test("--embedded-mode: several processes are what makes it multiprocess, not their being named", async () => {
  await using one = await start(inside, [...EMBEDDED, "--processes=1"]);
  expect((await look(one)).environ["wsgi.multiprocess"]).toBe(false);
  await using two = await start(inside, [...EMBEDDED, "--processes=2"]);
  expect((await look(two)).environ["wsgi.multiprocess"]).toBe(true);
});

test("--embedded-mode: an edit stays unseen, also for the monitor", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script, [...EMBEDDED, "--reload-on-changes"]);
  expect(server.log()).toContain("--reload-on-changes has no effect together with --embedded-mode");
  const { pid } = await said(server);
  edit(script, sourceSaying('"new"'));
  expect(await said(server)).toMatchObject({ text: "old", pid });
});

test("--embedded-mode: an application may be silent for longer than --socket-timeout, and ends by no --request-timeout", async () => {
  const args = [...EMBEDDED, "--socket-timeout=1", "--request-timeout=1", "--queue-timeout=1", "--threads=1"];
  await using server = await start(here("sleepy.py"), args);
  const [first, second] = await Promise.all([server.get("/?2.5"), server.get("/?0")]);
  expect([first.status, second.status]).toEqual([200, 200]);
});
