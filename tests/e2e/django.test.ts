/** Django as it is deployed: a project with a database, an admin site, static files and uploads. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../harness/folders.ts";
import { frameworkPythons } from "../harness/pythons.ts";
import { start, type Server } from "../harness/server.ts";
import { test } from "../harness/test.ts";
import { admin, environment, makeProject } from "./django/project.ts";

const UPLOAD_BYTES = 30 * 1024 * 1024;
const MINUTES_MS = 60_000;

test("there is a Python with Django to test with", async () => {
  expect(frameworkPythons.length).toBeGreaterThan(0);
});

for (const python of frameworkPythons) {
  test(
    `Django on CPython ${python.version}: admin, static files, uploads, streams and downloads work`,
    async () => {
      using home = folder();
      await makeProject(python, home.path);
      const collected = join(home.path, "collected");
      await using server = await start(
        join(home.path, "shop", "wsgi.py"),
        [
          `--working-directory=${home.path}`,
          "--url-alias",
          "/static",
          collected,
          `--limit-request-body=${2 * UPLOAD_BYTES}`,
        ],
        { python, env: environment },
      );

      const cookies = await logIn(server);
      const index = await server.text("/admin/", { headers: { cookie: cookies } });
      expect(index).toContain("Site administration");
      await addNote(server, cookies, "barley & <water>");
      expect(await (await server.get("/notes/")).json()).toEqual({ notes: ["barley & <water>"] });

      const style = await server.get("/static/admin/css/base.css");
      expect(style.status).toBe(200);
      expect(style.headers.get("content-type")).toStartWith("text/css");
      expect(await style.text()).toBe(readFileSync(join(collected, "admin/css/base.css"), "utf8"));

      const file = crypto.getRandomValues(new Uint8Array(65_536));
      const upload = Buffer.concat(Array<Uint8Array>(UPLOAD_BYTES / file.length).fill(file));
      expect(await send(server, upload)).toEqual({
        bytes: UPLOAD_BYTES,
        sha256: new Bun.CryptoHasher("sha256").update(upload).digest("hex"),
        label: "größe",
      });

      const stream = await server.text("/stream/");
      expect(stream.length).toBe(131_072 * 8);
      expect(stream.endsWith("0131071\n")).toBeTrue();

      const download = await server.get("/download/");
      expect(download.headers.get("content-disposition")).toBe('attachment; filename="views.txt"');
      expect(await download.text()).toBe(readFileSync(join(home.path, "notes", "views.py"), "utf8"));

      const missing = await server.get("/nowhere/");
      expect(missing.status).toBe(404);
      expect(await missing.text()).toContain("Not Found");
    },
    3 * MINUTES_MS,
  );
}

/** Logs in through the form of the admin site, as a browser would. Returns what belongs into a Cookie field. */
async function logIn(server: Server): Promise<string> {
  const form = await server.get("/admin/login/?next=/admin/");
  expect(form.status).toBe(200);
  const csrf = cookiesOf(form);
  const body = new URLSearchParams({
    username: admin.name,
    password: admin.password,
    next: "/admin/",
    csrfmiddlewaretoken: token(await form.text()),
  });

  const forged = await server.get("/admin/login/", { method: "POST", body });
  expect(forged.status).toBe(403);

  const login = await server.get("/admin/login/", { method: "POST", body, headers: { cookie: csrf } });
  expect(login.status).toBe(302);
  expect(login.headers.get("location")).toBe("/admin/");
  return cookiesOf(login);
}

async function addNote(server: Server, cookies: string, text: string): Promise<void> {
  const form = await server.text("/admin/notes/note/add/", { headers: { cookie: cookies } });
  const body = new URLSearchParams({ text, csrfmiddlewaretoken: token(form) });
  const added = await server.get("/admin/notes/note/add/", { method: "POST", body, headers: { cookie: cookies } });
  expect(added.status).toBe(302);
}

async function send(server: Server, bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const form = new FormData();
  form.set("label", "größe");
  form.set("file", new Blob([bytes]), "random.bin");
  const answer = await server.get("/upload/", { method: "POST", body: form });
  expect(answer.status).toBe(200);
  return await answer.json();
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

function token(page: string): string {
  return /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(page)?.[1] ?? "";
}
