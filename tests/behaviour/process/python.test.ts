/** Which Python runs the application, and what it finds there. */

import { expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { python, pythons } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { inside, look, refusal } from "./inside.ts";

/** What makes a folder a virtual environment of {@link python}. Returns its interpreter. */
function makeEnvironment(home: string): string {
  mkdirSync(join(home, "bin"));
  symlinkSync(python.path, join(home, "bin", "python3"));
  mkdirSync(join(home, "lib", `python${python.version}`, "site-packages"), { recursive: true });
  writeFileSync(join(home, "pyvenv.cfg"), `home = ${dirname(python.path)}\nversion = ${python.version}\n`);
  return join(home, "bin", "python3");
}

for (const each of pythons) {
  test(`--python: version ${each.version} runs the application when it is named`, async () => {
    await using server = await start(inside, [], { python: each });
    const { version, executable } = await look(server);
    expect({ version, executable }).toEqual({ version: each.version, executable: each.path });
  });
}

test("--python: the interpreter of a virtual environment brings its packages along", async () => {
  using home = folder();
  const interpreter = makeEnvironment(home.path);
  await using server = await start(inside, [`--python=${interpreter}`]);
  const { prefix, path } = await look(server);
  expect(prefix).toBe(home.path);
  expect(path).toContain(join(home.path, "lib", `python${python.version}`, "site-packages"));
});

test("--python: without it the active virtual environment comes first", async () => {
  using home = folder();
  const interpreter = makeEnvironment(home.path);
  await using server = await start(inside, [], { without: ["--python"], env: { VIRTUAL_ENV: home.path } });
  expect((await look(server)).executable).toBe(interpreter);
});

test("--python: a name without a slash is looked for on the PATH, and a relative path from the current directory", async () => {
  using home = folder();
  symlinkSync(python.path, join(home.path, "my-python"));
  const env = { PATH: `/no/such/folder:${home.path}:/usr/bin:/bin` };
  await using named = await start(inside, ["--python=my-python"], { env });
  expect((await look(named)).executable).toBe(join(home.path, "my-python"));
  await using relative = await start(inside, ["--python=./my-python"], { cwd: home.path });
  expect((await look(relative)).executable).toBe(join(home.path, "my-python"));
});

test("--python: what is no interpreter, or not there, keeps the server from starting", async () => {
  for (const [args, text] of [
    [
      ["--python=/no/such/python"],
      "there is no program at the path of the Python interpreter\n  --python  /no/such/python",
    ],
    [["--python=no-such-python"], "no program no-such-python was found on the PATH"],
    [["--python=/bin/false"], "the Python interpreter does not work\n  --python  /bin/false"],
  ] as const) {
    const { code, err, out } = await refusal(args);
    expect({ code, out, err }).toEqual({ code: 1, out: "", err: expect.stringContaining(`malt: error: ${text}`) });
  }
});

test("--working-directory: it is where the application runs, and the first place it finds modules", async () => {
  using home = folder();
  using elsewhere = folder();
  writeFileSync(
    join(home.path, "site_module.py"),
    `from runpy import run_path\napplication = run_path(${JSON.stringify(inside)})["application"]\n`,
  );
  const args = ["--application-type=module", "site_module", `--working-directory=${home.path}/./`];
  await using server = await start(null, args, { cwd: elsewhere.path });
  const { cwd, path, variables } = await look(server);
  expect([cwd, path[0], variables["MOD_WSGI_WORKING_DIRECTORY"]]).toEqual([home.path, home.path, home.path]);
});

test("--working-directory: without it the server runs where it was started, and a script is found from there all the same", async () => {
  using home = folder();
  writeFileSync(
    join(home.path, "site.wsgi"),
    `from runpy import run_path\napplication = run_path(${JSON.stringify(inside)})["application"]\n`,
  );
  await using usual = await start(null, ["site.wsgi"], { cwd: home.path });
  const { cwd, path } = await look(usual);
  expect([cwd, path[0]]).toEqual([home.path, home.path]);
  await using moved = await start(null, ["site.wsgi", "--working-directory=/"], { cwd: home.path });
  const { cwd: there, path: search } = await look(moved);
  expect([there, search[0]]).toEqual(["/", "/"]);
  expect(search).not.toContain(home.path);
});

test("--working-directory: one that is missing keeps the server from starting", async () => {
  const { code, err } = await refusal(["--working-directory=/no/such/folder"]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("there is no directory /no/such/folder") });
});

test("--python-path: its folders follow the working directory in order, each with what its .pth files add", async () => {
  using home = folder();
  const places = ["first", "first-extra", "second", "site"].map((name) => join(home.path, name));
  const [first = "", extra = "", second = "", site = ""] = places;
  for (const place of places) mkdirSync(place);
  writeFileSync(join(first, "extra.pth"), `${extra}\nimport os; os.environ["PTH_RAN"] = "yes"\n`);
  const args = [`--python-path=${first}`, `--python-path=${second}`, `--working-directory=${site}`];
  await using server = await start(inside, args, { env: { PYTHONPATH: "/from/the/environment" } });
  const { path, variables } = await look(server);
  expect(path.slice(0, 5)).toEqual([site, first, extra, second, "/from/the/environment"]);
  expect(variables["PTH_RAN"]).toBe("yes");
});

test("--python-path: what PYTHONPATH has as well comes first all the same, and relative folders begin at the working directory", async () => {
  using home = folder();
  mkdirSync(join(home.path, "lib"));
  const args = ["--python-path=lib", "--python-path=/usr/share", `--working-directory=${home.path}`];
  await using server = await start(inside, args, { env: { PYTHONPATH: "/usr/share" } });
  expect((await look(server)).path.slice(0, 3)).toEqual([home.path, join(home.path, "lib"), "/usr/share"]);
});

test("--python-eggs: the folder is made for the user of the workers, and named in PYTHON_EGG_CACHE", async () => {
  using home = folder();
  const eggs = join(home.path, "eggs");
  await using usual = await start(inside);
  await using server = await start(inside, [`--python-eggs=${eggs}`]);
  for (const [one, path] of [
    [usual, join(usual.root, "python-eggs")],
    [server, eggs],
  ] as const) {
    const { variables, uids } = await look(one);
    expect(variables["PYTHON_EGG_CACHE"]).toBe(path);
    expect(statSync(path).uid).toBe(uids[1] ?? -1);
    expect(statSync(path).mode & 0o777).toBe(0o755);
  }
  expect(existsSync(join(server.root, "python-eggs"))).toBeFalse();
});

test("--python-eggs: a folder that is there is used as it is", async () => {
  using home = folder();
  const eggs = join(home.path, "eggs");
  mkdirSync(eggs);
  chmodSync(eggs, 0o700);
  const { uid } = statSync(eggs);
  await using server = await start(inside, [`--python-eggs=${eggs}`]);
  expect((await look(server)).variables["PYTHON_EGG_CACHE"]).toBe(eggs);
  expect(statSync(eggs)).toMatchObject({ uid, mode: 0o40700 });
});

test("--python-eggs: one that cannot be made keeps the server from starting", async () => {
  const { code, err } = await refusal(["--python-eggs=/no/such/folder"]);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringContaining("--python-eggs /no/such/folder cannot be made"),
  });
});

test("--locale: it is LANG and LC_ALL of the application, which Python follows, and the banner names it", async () => {
  await using server = await start(inside, ["--locale=C.UTF-8"], { env: { LANG: "en_GB.UTF-8", LC_ALL: "POSIX" } });
  const { variables, locale } = await look(server);
  expect(variables).toMatchObject({ LANG: "C.UTF-8", LC_ALL: "C.UTF-8" });
  expect(locale).toMatch(/^C\.utf-?8$/i);
  expect(server.output()).toContain("Locale Setting     : C.UTF-8\n");
});

test("--locale: one that the system does not have is told in the log, and the application runs all the same", async () => {
  await using server = await start(inside, ["--locale=xx_YY.UTF-8"]);
  expect((await look(server)).variables).toMatchObject({ LANG: "xx_YY.UTF-8", LC_ALL: "xx_YY.UTF-8" });
  expect(server.log()).toMatch(/\[wsgi:warn\].*xx_YY\.UTF-8.*--locale C\.UTF-8/);
});

test("--lang: it is the locale unless --locale says another", async () => {
  await using server = await start(inside, ["--lang=C.UTF-8"], { env: { LANG: "en_GB.UTF-8", LC_ALL: "en_GB.UTF-8" } });
  expect((await look(server)).variables).toMatchObject({ LANG: "C.UTF-8", LC_ALL: "C.UTF-8" });
  await using both = await start(inside, ["--lang=xx_YY.UTF-8", "--locale=C.UTF-8"]);
  expect((await look(both)).variables).toMatchObject({ LANG: "C.UTF-8", LC_ALL: "C.UTF-8" });
});

test("without a locale, that of the environment is used, and one that can encode everything in place of C", async () => {
  await using given = await start(inside, [], { env: { LC_ALL: "xx_YY.UTF-8", LANG: "C" } });
  expect((await look(given)).variables["LC_ALL"]).toBe("xx_YY.UTF-8");
  await using none = await start(inside, [], { env: { LC_ALL: "", LC_CTYPE: "", LANG: "POSIX" } });
  const { variables } = await look(none);
  expect(variables["LC_ALL"]).toMatch(/^(en_US|C)\.UTF-8$/);
  expect(variables["LANG"]).toBe(variables["LC_ALL"] ?? "");
});

test("the process around the application is that of a daemon: no arguments, no input, umask 022", async () => {
  await using server = await start(app("printing.py"));
  expect(await server.text("/facts")).toBe("ok");
  await server.waitForLog(/ False utf-8 True \['mod_wsgi'\]$/im);
  await using other = await start(inside);
  expect((await look(other)).umask).toBe(0o022);
});
