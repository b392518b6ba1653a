/** What clients get for errors: the server's own page, what --error-document names, and --error-override. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { request, talk } from "./conversation.ts";
import { holding } from "./holding.ts";

const errors = join(import.meta.dir, "apps", "errors.py");

/** Words for one --error-document each. */
function documents(...pairs: readonly (readonly [status: number, document: string])[]): string[] {
  return pairs.flatMap(([status, document]) => ["--error-document", `${status}`, document]);
}

test("--error-document: a file of the site has the status of the error, whole and for HEAD too", async () => {
  using home = holding({ "pages/404.html": "<h1>Lost</h1>", "there.txt": "there", "dir.txt/x": "" });
  const args = [`--document-root=${home.path}`, "--application-type=static"];
  await using server = await start(null, [...args, ...documents([404, "/pages/404.html"], [405, "/pages/404.html"])], {
    until: "banner",
  });
  const lost = await server.get("/nothing", { headers: { Range: "bytes=0-1", "If-None-Match": "*" } });
  expect([lost.status, lost.statusText, lost.headers.get("content-type")]).toEqual([404, "Not Found", "text/html"]);
  expect(await lost.text()).toBe("<h1>Lost</h1>");
  const head = await server.get("/nothing", { method: "HEAD" });
  expect([head.status, head.headers.get("content-length")]).toEqual([404, "13"]);
  // What the error itself has to say is kept.
  const refused = await server.get("/there.txt", { method: "DELETE", body: "unread" });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET,POST,OPTIONS,HEAD"]);
  expect(await refused.text()).toBe("<h1>Lost</h1>");
  // The connection goes on as if nothing had happened, and the page itself is a page.
  expect((await server.get("/pages/404.html")).status).toBe(200);
  await server.stop();
  expect(server.output()).not.toContain('/pages/404.html HTTP/1.1" 404');
});

test("--error-document: the application is told of the request that failed, and answers with its own status", async () => {
  using home = holding({ "file.txt": "x" });
  const args = [`--document-root=${home.path}`, ...documents([500, "/203/told?why=broken"], [405, "/404/told"])];
  await using server = await start(errors, args);
  const told = await server.get("/200/raise?a=1", { method: "POST", body: "sent" });
  expect([told.status, told.statusText]).toEqual([203, "As I Say"]);
  expect(await told.json()).toEqual({
    REQUEST_METHOD: "GET",
    PATH_INFO: "/203/told",
    QUERY_STRING: "why=broken",
    REQUEST_URI: "/200/raise?a=1",
    REDIRECT_STATUS: "500",
    REDIRECT_URL: "/200/raise",
    REDIRECT_QUERY_STRING: "a=1",
    REDIRECT_REQUEST_METHOD: "POST",
    body: "",
  });
  // An error of the application's own is no reason to look any further.
  expect((await server.get("/file.txt", { method: "PUT" })).status).toBe(404);
  // Nothing of it sticks to the connection.
  using conversation = await talk(server);
  conversation.send(request("GET /200/raise"));
  expect(JSON.parse((await conversation.answer()).body)).toMatchObject({ REDIRECT_URL: "/200/raise" });
  conversation.send(request("GET /200/told"));
  const { body } = await conversation.answer();
  expect(Object.keys(JSON.parse(body) as object).filter((key) => key.startsWith("REDIRECT_"))).toEqual([]);
});

test("--error-document: when the page fails too, the client gets the first error's page, and the log both", async () => {
  const args = documents([500, "/200/raise"], [404, "/gone"], [403, "/gone"]);
  await using server = await start(errors, args);
  const failed = await server.get("/200/raise");
  expect(failed.status).toBe(500);
  const page = await failed.text();
  expect(page).toContain("<h1>Internal Server Error</h1>");
  expect(page).toContain("(500 Internal Server Error)");
  await server.waitForLog(/the page \/200\/raise for errors 500 was answered 500 itself: GET \/200\/raise/);
});

test("--error-document: text is sent as it is, a URL is redirected to, and the last one counts", async () => {
  using home = holding({ "file.txt": "x", ".htaccess": "" });
  const args = [`--document-root=${home.path}`, "--application-type=static"];
  const given = documents(
    [404, "/unused.html"],
    [404, "<em>Ünauffindbar</em>"],
    [405, "https://status.example.test/a b?x=1"],
    [403, "text"],
    [403, "default"],
    [400, "<b>What?</b>"],
    [414, "https://status.example.test/ü"],
  );
  await using server = await start(null, [...args, ...given], { until: "banner" });
  const missing = await server.get("/missing");
  expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  expect(await missing.text()).toBe("<em>Ünauffindbar</em>");
  const moved = await server.get("/file.txt", { method: "DELETE" });
  expect([moved.status, moved.headers.get("location")]).toEqual([302, "https://status.example.test/a%20b?x=1"]);
  expect(await server.text("/.htaccess")).toContain("<h1>Forbidden</h1>");
  // What was no request at all gets texts too.
  expect(await server.raw("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n")).toEndWith("\r\n\r\n<b>What?</b>");
  const long = await server.raw(`GET /${"x".repeat(9000)} HTTP/1.1\r\nHost: h\r\n\r\n`);
  expect(long).toStartWith("HTTP/1.1 302 Found\r\n");
  expect(long).toContain("\r\nLocation: https://status.example.test/%C3%BC\r\n");
});

test("--error-document: what was no request gets files of the site, too, and none of its applications", async () => {
  using home = holding({
    "bad.html": "<h1>What?</h1>",
    "slow.txt": "too slow",
    "large.html": "x".repeat(1024 * 1024),
    "here.txt": "",
  });
  const given = documents(
    [400, "/bad.html?v=2"],
    [404, "/bad.html"],
    [408, "/slow.txt"],
    [411, "/203/told"],
    [413, "/bad.html"],
    [414, "/large.html"],
    [501, "/203/told"],
    [505, "/gone.html"],
  );
  const limits = ["--header-timeout=1", "--header-min-rate=0", "--limit-request-body=10"];
  await using server = await start(errors, [`--document-root=${home.path}`, ...limits, ...given]);
  const silent = server.raw("GET / HTTP/1.1\r\nHost: h\r\n");
  for (const [sent, status] of [
    ["GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["nonsense\r\n\r\n", 400],
    ["GET /a%2Fb HTTP/1.1\r\nHost: h\r\n\r\n", 404],
    ["POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhalf", 413],
  ] as const) {
    const [head, body] = (await server.raw(sent)).split("\r\n\r\n");
    expect(head).toStartWith(`HTTP/1.1 ${status} `);
    expect(head).toContain("\r\nContent-Type: text/html\r\nContent-Length: 14\r\nConnection: close");
    expect(body).toBe("<h1>What?</h1>");
  }
  // HEAD gets the fields alone.
  expect(await server.raw("HEAD /%zz HTTP/1.1\r\nHost: h\r\n\r\n")).toMatch(/\r\nContent-Length: 14\r\n[^]*\r\n\r\n$/);
  // The application is not asked, what is too large is not sent, and what isn't there neither.
  for (const [sent, title] of [
    ["GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501 Not Implemented"],
    [`GET /${"x".repeat(9000)} HTTP/1.1\r\nHost: h\r\n\r\n`, "414 URI Too Long"],
    ["GET / HTTP/3.1\r\nHost: h\r\n\r\n", "505 HTTP Version Not Supported"],
  ]) {
    expect(await server.raw(sent as string)).toContain(`<title>${title}</title>`);
  }
  expect(await silent).toEndWith("Content-Type: text/plain\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo slow");
});

for (const way of ["raise", "stream", "endless", "file", "told"]) {
  test(`--error-override: of an error of the application the status is left (${way})`, async () => {
    await using server = await start(errors, ["--error-override", ...documents([404, "/200/told"], [503, "closed"])]);
    const teapot = await server.get(`/418/${way}`);
    const status = way === "raise" ? 500 : 418;
    expect([teapot.status, teapot.headers.get("x-own")]).toEqual([status, null]);
    expect(teapot.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await teapot.text()).toContain(`<title>${status} `);
    if (way === "raise") return;
    const challenge = await server.get(`/401/${way}`);
    expect(challenge.headers.get("www-authenticate")).toBe('Basic realm="r"');
    const closed = await server.get(`/503/${way}`);
    expect([closed.status, closed.headers.get("retry-after"), await closed.text()]).toEqual([503, "7", "closed"]);
    const told = await server.get(`/404/${way}`);
    expect([told.status, told.headers.get("x-own")]).toEqual([200, "yes"]);
    expect(await told.json()).toMatchObject({ REDIRECT_STATUS: "404", REDIRECT_URL: `/404/${way}` });
    // Its threads are free again.
    expect((await server.get("/299/told")).status).toBe(299);
  });
}

test("--error-override: without it errors of the application are its own, whatever --error-document says", async () => {
  await using server = await start(errors, documents([404, "never"]));
  const own = await server.get("/404/stream");
  expect([own.status, own.statusText, await own.text()]).toEqual([404, "As I Say", "one two three"]);
});

test("ErrorDocument is for errors of the application, too, with what else directives say", async () => {
  using home = holding({ "500.html": "<h1>Broken</h1>", "pages/400.txt": "nothing understood" });
  const rules = `ErrorDocument 500 /500.html
Alias /told ${home.path}/pages
ErrorDocument 400 /told/400.txt
ErrorDocument 411 "no length"
ErrorDocument 414 "tôo long"
ErrorDocument 418 /203/told
Header always add X-Marked once
`;
  writeFileSync(join(home.path, "rules.conf"), rules);
  const include = `--include-file=${join(home.path, "rules.conf")}`;
  const args = [`--document-root=${home.path}`, include, "--error-override", ...documents([404, "by option"])];
  await using server = await start(errors, args);
  const broken = await server.get("/200/raise", { method: "POST", body: "x" });
  expect([broken.status, broken.headers.get("x-marked"), await broken.text()]).toEqual([
    500,
    "once",
    "<h1>Broken</h1>",
  ]);
  const told = await server.get("/418/stream?a=1");
  expect([told.status, told.headers.get("x-marked")]).toEqual([203, "once"]);
  expect(await told.json()).toMatchObject({ PATH_INFO: "/203/told", REDIRECT_STATUS: "418", body: "" });
  const chunked =
    "POST /200/told HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n";
  expect(await server.raw(chunked)).toEndWith("\r\n\r\nno length");
  // What was no request never comes to any section.
  expect(await server.raw("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n")).toEndWith("\r\n\r\nnothing understood");
  const long = await server.raw(`GET /${"x".repeat(9000)} HTTP/1.1\r\nHost: h\r\n\r\n`);
  expect(Buffer.from(long, "latin1").toString()).toEndWith("\r\n\r\ntôo long");
  expect(await server.text("/404/told")).toBe("by option");
});

test("--error-document: an upstream that can't be reached is an error of the server's own", async () => {
  using home = holding({ "down.html": "x".repeat(300_000) });
  const args = [`--document-root=${home.path}`, "--application-type=static"];
  // Nobody listens on port 1.
  const proxied = ["--proxy-mount-point", "/up", "http://127.0.0.1:1/", ...documents([503, "/down.html"])];
  await using server = await start(null, [...args, ...proxied], { until: "banner" });
  const answer = await server.get("/up/x");
  expect([answer.status, (await answer.text()).length]).toEqual([503, 300_000]);
});

test("--error-document: whoever is not let in gets the page for that, and nothing else of the site", async () => {
  using home = holding({ "401.html": "<h1>Who are you?</h1>", "secret.txt": "secret", "401.css": "no" });
  writeFileSync(
    join(home.path, "check.py"),
    "def check_password(environ, user, password):\n    return (user, password) == ('a', 'b')\n",
  );
  const script = ["--auth-user-script", join(home.path, "check.py")];
  const args = [`--document-root=${home.path}`, ...script, ...documents([401, "/401.html"]), "--compress-responses"];
  await using server = await start(errors, args);
  for (const path of ["/secret.txt", "/200/told", "/401.css"]) {
    const denied = await server.get(path);
    expect([denied.status, denied.headers.get("www-authenticate")?.slice(0, 5)]).toEqual([401, "Basic"]);
    expect(await denied.text()).toBe("<h1>Who are you?</h1>");
  }
  const headers = { Authorization: `Basic ${btoa("a:b")}` };
  expect(await server.text("/secret.txt", { headers })).toBe("secret");
});
