/** Which application is served, and where in the site. */

import { expect } from "bun:test";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { holding } from "./holding.ts";

/** Python source with a WSGI application called `name` that answers `text`, a Python expression. */
function answering(text: string, name = "application"): string {
  return `def ${name}(environ, start_response):
    body = str(${text}).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
`;
}

/** The environ that tests/apps/echo.py was called with. */
async function environOf(server: Server, path: string): Promise<Record<string, string>> {
  const response = await server.get(path);
  return ((await response.json()) as { environ: Record<string, string> }).environ;
}

test("--application-type: a script is a file of any name, run as the module __wsgi__", async () => {
  using home = holding({ "start.me": answering('(__name__, __file__, __name__ == "__main__")') });
  const script = join(home.path, "start.me");
  const expected = `('__wsgi__', '${script}', False)`;
  for (const args of [[], ["--application-type=script"]]) {
    await using server = await start(script, args);
    expect(await server.text("/")).toBe(expected);
  }
});

test("--application-type: a script may be named relative to where the server is started", async () => {
  using home = holding({ "here.py": answering("__file__") });
  await using server = await start(null, ["here.py"], { cwd: home.path });
  expect(await server.text("/")).toBe(join(home.path, "here.py"));
});

test("--application-type: a module is imported by its dotted name, from the working directory or --python-path", async () => {
  using home = holding({ "shop/__init__.py": "", "shop/wsgi.py": answering("__name__") });
  const module = ["--application-type=module", "shop.wsgi"];
  {
    await using server = await start(null, module, { cwd: home.path });
    expect(await server.text("/")).toBe("shop.wsgi");
  }
  await using server = await start(null, [...module, `--python-path=${home.path}`]);
  expect(await server.text("/")).toBe("shop.wsgi");
});

test("--application-type: paste gives the absolute path of a configuration to Paste Deploy", async () => {
  using home = holding({
    "lib/paste/__init__.py": "",
    "lib/paste/deploy.py": `def loadapp(uri):\n    ${answering("uri").replaceAll("\n", "\n    ")}\n    return application\n`,
    "site.ini": "[app:main]\n",
  });
  const args = ["--application-type=paste", "site.ini", `--python-path=${join(home.path, "lib")}`];
  await using server = await start(null, args, { cwd: home.path });
  expect(await server.text("/")).toBe(`config:${join(home.path, "site.ini")}`);
});

test("--application-type: static serves a folder and runs no Python", async () => {
  using home = holding({ "index.html": "<p>here</p>", "a/b.txt": "b" });
  await using server = await start(null, ["--application-type=static", home.path], { until: "banner" });
  expect(await server.text("/")).toBe("<p>here</p>");
  expect(await server.text("/a/b.txt")).toBe("b");
  expect((await server.get("/a/")).status).toBe(404);
  expect((await server.get("/missing")).status).toBe(404);
  expect(server.processes().workers).toEqual([]);
});

test("--application-type: static without a folder serves the one the server is started in", async () => {
  using home = holding({ "hello.txt": "hello" });
  await using server = await start(null, ["--application-type=static"], { until: "banner", cwd: home.path });
  expect(await server.text("/hello.txt")).toBe("hello");
});

test("--entry-point: names the application, and wins over a plain word", async () => {
  using home = holding({
    "one.py": answering('"one"'),
    "two.py": answering('"two"'),
    "three.py": answering('"three"'),
  });
  const file = (name: string): string => join(home.path, name);
  {
    await using server = await start(null, [`--entry-point=${file("two.py")}`]);
    expect(await server.text("/")).toBe("two");
  }
  await using server = await start(file("one.py"), [
    "--entry-point",
    file("two.py"),
    "--entry-point",
    file("three.py"),
  ]);
  expect(await server.text("/")).toBe("three");
});

test("--callable-object: is the name of the application in a script or module", async () => {
  using home = holding({ "named.py": answering('"mine"', "my_app") + answering('"other"') });
  {
    await using server = await start(join(home.path, "named.py"), ["--callable-object=my_app"]);
    expect(await server.text("/")).toBe("mine");
  }
  const module = ["--application-type=module", "named", "--callable-object=my_app"];
  await using server = await start(null, module, { cwd: home.path });
  expect(await server.text("/")).toBe("mine");
});

test("--callable-object: one that is not there is 500, and the log says so", async () => {
  await using server = await start(app("hello.py"), ["--callable-object=missing"]);
  expect((await server.get("/")).status).toBe(500);
  await server.waitForLog(/AttributeError.*missing/);
});

for (const [written, meant] of [
  ["/api", "/api"],
  ["api", "/api"],
  ["/api/", "/api"],
  ["/deep/er", "/deep/er"],
] as const) {
  test(`--mount-point: ${written} puts the application at ${meant}, and nothing of it elsewhere`, async () => {
    await using server = await start(app("echo.py"), [`--mount-point=${written}`]);
    const inside = await environOf(server, `${meant}/x/y?q=1`);
    expect([inside["SCRIPT_NAME"], inside["PATH_INFO"], inside["QUERY_STRING"]]).toEqual([meant, "/x/y", "q=1"]);
    const root = await environOf(server, `${meant}/`);
    expect([root["SCRIPT_NAME"], root["PATH_INFO"]]).toEqual([meant, "/"]);

    const bare = await server.get(meant);
    expect([bare.status, bare.headers.get("location")]).toEqual([301, `${server.url}${meant}/`]);
    for (const path of ["/", `${meant}x`, `${meant}x/y`, "/other"]) expect((await server.get(path)).status).toBe(404);
  });
}

test("--mount-point: outside of it the document root is served", async () => {
  using home = holding({ "index.html": "front page", "api/logo.txt": "a file in front of the application" });
  await using server = await start(app("echo.py"), ["--mount-point=/api", `--document-root=${home.path}`]);
  expect(await server.text("/")).toBe("front page");
  expect(await server.text("/api/logo.txt")).toBe("a file in front of the application");
  expect((await environOf(server, "/api/other.txt"))["PATH_INFO"]).toBe("/other.txt");
});

test("--mount-point: / is the whole site", async () => {
  await using server = await start(app("echo.py"), ["--mount-point=/"]);
  const environ = await environOf(server, "/a/b");
  expect([environ["SCRIPT_NAME"], environ["PATH_INFO"]]).toEqual(["", "/a/b"]);
});

test("a Location of this site in an answer of status 200 is answered by that place; with another status it is the client's", async () => {
  using home = holding({
    "site.py": `def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/elsewhere":
        start_response("200 OK", [("Location", "/" + query), ("Content-Type", "text/plain"), ("Content-Length", "6")])
        return [b"unseen"]
    if path == "/loop":
        start_response("200 OK", [("Location", path)])
        return []
    if path == "/moved":
        start_response("302 Found", [("Location", "/page"), ("Content-Length", "4")])
        return [b"seen"]
    body = " ".join([environ["REQUEST_METHOD"], path, query, environ.get("REDIRECT_URL", "-")]).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
`,
    "root/file.txt": "a file",
  });
  await using server = await start(join(home.path, "site.py"), [`--document-root=${join(home.path, "root")}`]);
  expect(await server.text("/elsewhere?page?a=1")).toBe("GET /page a=1 /elsewhere");
  expect(await server.text("/elsewhere?file.txt")).toBe("a file");
  const posted = await fetch(`${server.url}/elsewhere?page`, { method: "POST", body: "x".repeat(200_000) });
  expect(await posted.text()).toBe("GET /page  /elsewhere");
  const moved = await server.get("/moved", { redirect: "manual" });
  expect([moved.status, moved.headers.get("location"), await moved.text()]).toEqual([302, "/page", "seen"]);
  expect(await server.text("/elsewhere?elsewhere?elsewhere?elsewhere")).toBe("GET /  /elsewhere");
  expect((await server.get("/loop")).status).toBe(500);
  await server.waitForLog(/exceeded the limit of 10 internal redirects/);
});
