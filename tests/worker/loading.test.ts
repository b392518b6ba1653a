/** How an application is found, and what happens when it can't be. */

import { expect } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReturnFlag } from "../../lib/channel/frames.ts";
import { forEachPython } from "./each-python.ts";

const hello = (text: string): string =>
  `def application(environ, start_response):\n    start_response("200 OK", [])\n    return [${text}]\n`;

function site(files: Readonly<Record<string, string | Uint8Array>>): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "malt-site-")));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

forEachPython(({ start, it }) => {
  it("a script runs as module __wsgi__, whatever its name, in surroundings of its own", async () => {
    using folder = site({ "lib/extra.pth": "more\n", "lib/more/found.py": "", "own/json5.py": "" });
    await using worker = await start({
      app: "metrics.py",
      config: {
        workingDirectory: folder.path,
        pythonPath: [join(folder.path, "lib")],
        processEnvironment: { MALT_TEST: "value" },
        maximumProcesses: 3,
      },
      environment: { PYTHONPATH: join(folder.path, "own") },
    });
    const answer = JSON.parse((await (await worker.connect()).fetch("/")).body.toString());
    const path = (answer.path as string[]).slice(0, 4);
    expect(path).toEqual(["", "/lib", "/lib/more", "/own"].map((part) => folder.path + part));
    expect((answer.path as string[]).some((entry) => entry.endsWith("lib/worker"))).toBe(false);
    expect(answer).toMatchObject({
      cwd: folder.path,
      umask: 0o22,
      environment: "value",
      thread: expect.stringMatching(/^malt-request-\d$/),
      mod_wsgi: [[4, 9, 4], "localhost:8000", ""],
      sizes: [3, 5],
      same_wrapper: true,
      apache: [[2, 4, 62], 3, 5, "event"],
    });
    expect(answer.module[0]).toBe("__wsgi__");
    expect(answer.module[1]).toBe(answer.module[2]);
    expect(answer.metrics).toMatchObject({ pid: worker.pid, request_count: 0, active_requests: 1, request_threads: 5 });
    expect(Object.keys(answer.metrics).toSorted()).toEqual([
      "active_requests",
      "cpu_system_time",
      "cpu_user_time",
      "current_time",
      "memory_max_rss",
      "memory_rss",
      "pid",
      "request_busy_time",
      "request_count",
      "request_threads",
      "restart_time",
      "running_time",
      "threads",
    ]);
  });

  it("source is decoded as `python FILE` does: byte order mark, PEP 263, UTF-8", async () => {
    const text = hello('"\xe9".encode("utf-8")');
    using folder = site({
      "bom.wsgi": `\ufeff${text}`,
      "latin.wsgi": Buffer.from(`# coding: latin-1\n${text}`, "latin1"),
      "plain.txt": text,
    });
    for (const name of ["bom.wsgi", "latin.wsgi", "plain.txt"]) {
      await using worker = await start({ app: join(folder.path, name), environment: { LC_ALL: "C" } });
      const answer = await (await worker.connect()).fetch("/");
      expect([name, answer.body.toString(), worker.log()]).toEqual([name, "\xe9", []]);
    }
  });

  it("a module is imported from the working directory, a callable taken by its name", async () => {
    using folder = site({ "package/__init__.py": "", "package/site.py": `${hello('b"module"')}app = application\n` });
    const application = { type: "module", entryPoint: "package.site", callableObject: "app" } as const;
    await using worker = await start({ config: { application, workingDirectory: folder.path } });
    expect((await (await worker.connect()).fetch("/")).body.toString()).toBe("module");
  });

  it("a paste configuration is given to paste.deploy", async () => {
    using folder = site({
      "paste/__init__.py": "",
      "paste/deploy.py": `def loadapp(uri):\n${hello("uri.encode()").replace(/^/gm, "    ")}\n    return application\n`,
      "site.ini": "",
    });
    const entryPoint = join(folder.path, "site.ini");
    const application = { type: "paste", entryPoint, callableObject: "application" } as const;
    await using worker = await start({ config: { application, workingDirectory: folder.path } });
    expect((await (await worker.connect()).fetch("/")).body.toString()).toBe(`config:${entryPoint}`);
  });

  it("without an application there is a page that says so, complete in itself", async () => {
    const application = { type: "welcome", entryPoint: "", callableObject: "application" } as const;
    await using worker = await start({ config: { application } });
    const front = await worker.connect();
    const page = (await front.fetch("/anything")).body.toString();
    expect(page).toStartWith("<!DOCTYPE html>");
    // A link to the server itself is loaded by nobody but the reader.
    expect(page).not.toMatch(/src=|href="(?!\/__wsgi__\/docs\/")|url\(|@import/);
    for (const tag of ["html", "head", "title", "style", "body", "h1", "p", "pre", "code"]) {
      expect(page.split(`<${tag}`).length).toBeGreaterThanOrEqual(page.split(`</${tag}>`).length);
    }
    expect((await front.fetch("/", { method: "POST" })).status).toBe("405 Method Not Allowed");
  });

  it("a broken script leaves the worker running: 500 for each request, until the file is repaired", async () => {
    using folder = site({ "app.wsgi": "import sys\nraise ValueError('not yet')\n" });
    const path = join(folder.path, "app.wsgi");
    await using worker = await start({ app: path, config: { reloading: false } });
    expect((await worker.message("ready")).loaded).toBe(false);
    const prefix = `mod_wsgi (pid=${worker.pid}): `;
    expect(worker.log()).toEqual([
      `${prefix}Failed to exec Python script file '${path}'.`,
      `${prefix}Exception occurred processing WSGI script '${path}'.`,
      "Traceback (most recent call last):",
      `  File "${path}", line 2, in <module>`,
      "    raise ValueError('not yet')",
      "ValueError: not yet",
    ]);
    const front = await worker.connect();
    const answer = await front.fetch("/");
    expect([answer.how, answer.reason]).toEqual(["abort", "the application could not be loaded, see the error log"]);
    await worker.logged("ValueError: not yet", 2);
    writeFileSync(path, hello('b"repaired"'));
    expect((await front.fetch("/")).body.toString()).toBe("repaired");
  });

  it("where reloading is on, the request after the repair is handed back for a new process, which is asked for", async () => {
    using folder = site({ "app.wsgi": "import sys\nraise ValueError('not yet')\n" });
    const path = join(folder.path, "app.wsgi");
    await using worker = await start({ app: path });
    const front = await worker.connect();
    expect((await front.fetch("/")).how).toBe("abort");
    writeFileSync(path, hello('b"repaired"'));
    const { how, frames } = await front.fetch("/");
    const both = ReturnFlag.LEAVING | ReturnFlag.RESTART;
    expect([how, frames.map(({ flags }) => flags)]).toEqual(["return", [both]]);
    expect(await worker.message("leave")).toMatchObject({ reason: "script_reload", serving: false });
  });

  it("sys.exit() while loading, a missing callable and broken syntax count as failures", async () => {
    for (const [text, message] of [
      ["import sys; sys.exit(1)\n", "SystemExit exception raised when doing exec of Python script file"],
      ["pass\n", "AttributeError: module '__wsgi__' has no attribute 'application'"],
      ["def broken(:\n", "SyntaxError"],
    ] as const) {
      using folder = site({ "app.wsgi": text });
      await using worker = await start({ app: join(folder.path, "app.wsgi") });
      expect((await worker.message("ready")).loaded).toBe(false);
      await worker.logged(message);
      expect((await (await worker.connect()).fetch("/")).how).toBe("abort");
    }
  });

  it("sys.exit() with a reason while loading: the log has the reason and where it was said", async () => {
    using folder = site({ "app.wsgi": "import sys\nsys.exit('DATABASE_URL is not set')\n" });
    const path = join(folder.path, "app.wsgi");
    await using worker = await start({ app: path });
    expect((await worker.message("ready")).loaded).toBe(false);
    await worker.logged("SystemExit: DATABASE_URL is not set");
    expect(worker.log()).toContain(`  File "${path}", line 2, in <module>`);
  });

  for (const [promise, text, hint] of [
    [
      "an object under another name",
      "class Site:\n    def __call__(self, environ, start_response): pass\napp = Site()\n",
      "hint: if 'app' is meant: --callable-object app",
    ],
    [
      "a function with a name that is usual for it",
      "import os\ndef index(): pass\ndef wsgi(environ, start_response): pass\n",
      "hint: if 'wsgi' is meant: --callable-object wsgi",
    ],
    [
      "only what makes one",
      "class Config: pass\ndef create_app(): pass\n",
      "hint: if 'create_app' makes it, add a line: application = create_app()",
    ],
    [
      "nothing of that kind",
      "import os\nx = 1\n",
      "hint: nothing in there looks like an application; --callable-object says what it is called",
    ],
  ] as const) {
    it(`a missing callable is explained: ${promise}`, async () => {
      using folder = site({ "app.wsgi": text });
      await using worker = await start({ app: join(folder.path, "app.wsgi") });
      await worker.logged("AttributeError: module '__wsgi__' has no attribute 'application'");
      const prefix = `mod_wsgi (pid=${worker.pid}): `;
      await worker.logged(hint);
      expect(worker.log().filter((line) => line.includes("hint: "))).toEqual([prefix + hint]);
    });
  }

  for (const [promise, text, hint] of [
    ["an ASGI function", "async def application(scope, receive, send): pass\n", "'application' is asynchronous"],
    [
      "an ASGI object",
      "class Site:\n    async def __call__(self, scope, receive, send): pass\napplication = Site()\n",
      "'application' is asynchronous",
    ],
    ["a number", "application = 5\n", "'application' is of the type int, which can't be called"],
  ] as const) {
    it(`what can't answer requests is told when it is loaded, and not again with each: ${promise}`, async () => {
      using folder = site({ "app.wsgi": text });
      await using worker = await start({ app: join(folder.path, "app.wsgi") });
      await worker.message("ready");
      await worker.logged(hint);
      const front = await worker.connect();
      expect((await front.fetch("/")).how).toBe("abort");
      await worker.logged("TypeError");
      expect(worker.log().filter((line) => line.includes(hint))).toHaveLength(1);
    });
  }

  it("a module that isn't found is explained: search path, folder, user", async () => {
    const application = { type: "module", entryPoint: "no_such_module", callableObject: "application" } as const;
    await using worker = await start({ config: { application } });
    await worker.logged("No module named 'no_such_module'");
    await worker.logged("hint: modules are searched in sys.path = ['");
    await worker.logged(`the user id is ${process.geteuid?.()}`);
  });

  it("modules with the names of ours or of a standard one are the application's own business", async () => {
    using folder = site({
      "channel.py": "answer = b'own channel'\n",
      "selectors.py": "raise RuntimeError('imported by the worker')\n",
      "app.wsgi": `import channel\n${hello("channel.answer")}`,
    });
    await using worker = await start({
      app: join(folder.path, "app.wsgi"),
      config: { workingDirectory: folder.path },
    });
    expect((await (await worker.connect()).fetch("/")).body.toString()).toBe("own channel");
  });
});
