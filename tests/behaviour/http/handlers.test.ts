/** Files for which a script answers. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder, readable } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { edit } from "../process/sources.ts";

const echo = app("echo.py");
const tmpl = await readable(join(import.meta.dir, "..", "access", "apps", "tmpl.py"));

/** A document root in `home` with the files of these names. */
function documents(home: string, ...names: string[]): string {
  const root = join(home, "documents");
  mkdirSync(join(root, "dir"), { recursive: true });
  for (const name of names) writeFileSync(join(root, name), `the file ${name}`);
  return root;
}

async function shown(server: Server, target: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const response = await server.get(target, init);
  expect([target, response.status]).toEqual([target, 200]);
  return (await response.json()) as Record<string, unknown>;
}

test("--add-handler: a script answers for existing files with the extension, and knows which", async () => {
  using home = folder();
  const root = documents(home.path, "a.tmpl", "dir/index.tmpl", "b.TMPL", "c.tmpl.en", "d.html", ".tmpl", "tmpl");
  const args = [`--document-root=${root}`, "--add-handler", ".tmpl", tmpl, "--directory-index=index.tmpl"];
  await using server = await start(echo, [...args, "--mount-point=/", "--url-alias", "/alias", root]);
  expect(await shown(server, "/a.tmpl?q=1")).toMatchObject({
    file: "the file a.tmpl",
    SCRIPT_NAME: "/a.tmpl",
    PATH_INFO: "",
    QUERY_STRING: "q=1",
    SCRIPT_FILENAME: join(root, "a.tmpl"),
    "mod_wsgi.request_handler": "wsgi-resource",
    "mod_wsgi.handler_script": join(server.root, "resource.wsgi"),
    module: ["__wsgi_resource_tmpl__"],
  });
  expect(await shown(server, "/a.tmpl/more/of%20it")).toMatchObject({
    SCRIPT_NAME: "/a.tmpl",
    PATH_INFO: "/more/of it",
    SCRIPT_FILENAME: join(root, "a.tmpl"),
    PATH_TRANSLATED: join(root, "more/of it"),
  });
  expect(await shown(server, "/dir/")).toMatchObject({
    SCRIPT_NAME: "/dir/index.tmpl",
    file: "the file dir/index.tmpl",
  });
  expect(await shown(server, "/b.TMPL")).toMatchObject({ SCRIPT_NAME: "/b.TMPL" });
  expect(await shown(server, "/c.tmpl.en")).toMatchObject({ SCRIPT_NAME: "/c.tmpl.en" });
  expect(await shown(server, "/alias/a.tmpl")).toMatchObject({
    SCRIPT_NAME: "/alias/a.tmpl",
    SCRIPT_FILENAME: join(root, "a.tmpl"),
  });
  const posted = await shown(server, "/a.tmpl", { method: "POST", body: "a body" });
  expect(posted).toMatchObject({ REQUEST_METHOD: "POST", body: "a body" });
  // Everything else is as it was.
  expect(await server.text("/d.html")).toBe("the file d.html");
  expect(await server.text("/.tmpl")).toBe("the file .tmpl");
  expect(await server.text("/tmpl")).toBe("the file tmpl");
  expect((await server.get("/d.html/more")).status).toBe(404);
  const { environ } = (await shown(server, "/missing.tmpl")) as { environ: Record<string, string> };
  expect(environ).toMatchObject({ PATH_INFO: "/missing.tmpl", "mod_wsgi.request_handler": "wsgi-handler" });
  expect(environ).not.toHaveProperty(["malt.resource"]);
});

test("--add-handler: each extension has its script, which may be a plain application; a broken one is 500 alone", async () => {
  using home = folder();
  const root = documents(home.path, "a.tmpl", "a.txt", "a.bad", "a.none");
  const [plain, bad, none] = ["plain.py", "bad.py", "none.py"].map((name) => join(home.path, name));
  edit(
    plain as string,
    `def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"plain"]
`,
  );
  edit(bad as string, "1 / 0");
  edit(none as string, "");
  const handlers = { ".tmpl": tmpl, txt: plain as string, ".bad": bad as string, ".none": none as string };
  const args = Object.entries(handlers).flatMap(([extension, script]) => ["--add-handler", extension, script]);
  await using server = await start(null, ["--application-type=static", `--document-root=${root}`, ...args]);
  expect(await server.text("/a.txt")).toBe("plain");
  expect(await shown(server, "/a.tmpl")).toMatchObject({ SCRIPT_NAME: "/a.tmpl" });
  expect((await server.get("/a.bad")).status).toBe(500);
  await server.waitForLog(/ZeroDivisionError/);
  expect((await server.get("/a.none")).status).toBe(500);
  await server.waitForLog(/has no attribute 'application'/);
  expect(await server.text("/a.txt")).toBe("plain");
  expect((await server.get("/missing.tmpl")).status).toBe(404);
});

test("--add-handler: a script that wants to be loaded anew for a file answers in a new process", async () => {
  using home = folder();
  const root = documents(home.path);
  edit(join(root, "a.tmpl"), "old");
  const args = [`--document-root=${root}`, "--add-handler", ".tmpl", tmpl];
  await using server = await start(echo, args);
  const before = await shown(server, "/a.tmpl");
  expect(before).toMatchObject({ file: "old", "mod_wsgi.daemon_restarts": "0" });
  edit(join(root, "a.tmpl"), "new");
  const body = "x".repeat(300_000);
  const after = await shown(server, "/a.tmpl", { method: "POST", body });
  expect(after).toMatchObject({ file: "new", body, "mod_wsgi.daemon_restarts": "1" });
  expect(after["pid"]).not.toBe(before["pid"]);
  expect(await shown(server, "/a.tmpl")).toMatchObject({ pid: after["pid"], "mod_wsgi.daemon_restarts": "0" });
});

test("--add-handler: no worker answers with what it knew before, and one that always wants another is no circle", async () => {
  using home = folder();
  const root = documents(home.path, "b.never");
  const never = join(home.path, "never.py");
  edit(
    never,
    `def reload_required(resource): return True
def handle_request(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["mod_wsgi.daemon_restarts"].encode()]
`,
  );
  edit(join(root, "a.tmpl"), "old");
  const args = [`--document-root=${root}`, "--add-handler", ".tmpl", tmpl, "--add-handler", ".never", never];
  await using server = await start(echo, [...args, "--processes=2", "--threads=1"]);
  await until("both workers to have seen the file", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => shown(server, "/a.tmpl")));
    return new Set(answers.map(({ pid }) => pid)).size === 2;
  });
  edit(join(root, "a.tmpl"), "new");
  const old = server.processes().workers;
  const answers = await Promise.all(Array.from({ length: 8 }, () => shown(server, "/a.tmpl")));
  expect(answers.filter(({ pid }) => old.includes(pid as number))).toEqual([]);
  expect(await server.text("/b.never")).toBe("5");
});
