/** The built-in documentation, and the welcome page that leads there. */

import { expect } from "bun:test";
import { app } from "../../harness/apps.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";

test("--enable-docs: the documentation is served, and only with it", async () => {
  await using server = await start(app("hello.py"), ["--enable-docs"]);
  const moved = await server.get("/__wsgi__/docs");
  expect([moved.status, moved.headers.get("location")]).toEqual([301, `${server.url}/__wsgi__/docs/`]);
  const first = await server.get("/__wsgi__/docs/");
  expect([first.status, first.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const page = await server.get("/__wsgi__/docs/reference.html");
  const text = await page.text();
  expect(text).toContain("--enable-docs");
  const head = await server.get("/__wsgi__/docs/reference.html", { method: "HEAD" });
  expect(Number(head.headers.get("content-length"))).toBe(Buffer.byteLength(text));
  expect((await server.get("/__wsgi__/docs/nothing.html")).status).toBe(404);
  expect((await server.get("/__wsgi__/docs/", { method: "POST" })).status).toBe(405);
  expect(await server.text("/__wsgi__/other")).toBe("Hello, World!\n");
  await using without = await start(app("hello.py"));
  expect(await without.text("/__wsgi__/docs/")).toBe("Hello, World!\n");
});

test("--enable-docs: the welcome page brings the documentation it speaks of", async () => {
  await using server = await start(null);
  const welcome = await server.text("/");
  const link = /<a href="([^"]+)">documentation<\/a>/.exec(welcome)?.[1];
  expect(link).toBe("/__wsgi__/docs/");
  expect(await server.text(`${link}`)).toContain("<h1>Malt</h1>");
});
