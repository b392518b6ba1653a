/** Users who log in by the Basic scheme, what the application hears of them, and their groups. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { edit } from "../process/sources.ts";
import { basic, environ, gate, seen, status } from "./gate.ts";

const echo = app("echo.py");

async function statuses(server: Server, users: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const user of users) found[user] = await status(server, "/", basic(user));
  return found;
}

/** A request by this user, but for its last line. */
function request(user: string): string {
  return `GET /${user} HTTP/1.1\r\nHost: h\r\nAuthorization: ${basic(user)}\r\n`;
}

test("--auth-user-script: whoever has no name that it knows gets 401 and a challenge, whatever is asked for", async () => {
  using home = folder();
  writeFileSync(join(home.path, "page.txt"), "a page");
  await using server = await start(echo, [`--auth-user-script=${gate}`, `--document-root=${home.path}`]);
  for (const path of ["/", "/page.txt"]) {
    const response = await server.get(path);
    await response.body?.cancel();
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="localhost:0"']);
  }
  expect(await status(server, "/page.txt", basic("me"))).toBe(200);
  const wrong = ["Bearer abc", "Basic", "Basic !", `Basic ${btoa("nocolon")}`, `Basic ${btoa("a\0b:c")}`, "Digest x=y"];
  for (const value of wrong) expect([value, await status(server, "/", value)]).toEqual([value, 401]);
});

test("--auth-user-script: its verdict is a status, and a text another name for the user", async () => {
  await using server = await start(echo, [`--auth-user-script=${gate}`, "--access-log"]);
  expect(await statuses(server, ["me", "true", "name", "false", "none", "number", "list", "raise", "exit"])).toEqual({
    me: 200,
    true: 200,
    name: 200,
    false: 401,
    none: 401,
    number: 500,
    list: 500,
    raise: 500,
    exit: 500,
  });
  expect(await status(server, "/", basic("me", "guess"))).toBe(401);
  await server.waitForLog(
    /\[client 127\.0\.0\.1:\d+\] AH01617: user me: authentication failure for "\/": Password Mismatch$/m,
  );
  await server.waitForLog(/AH01618: user none not found: \/$/m);
  expect(await environ(server, "/", basic("me"))).toMatchObject({
    REMOTE_USER: "me",
    AUTH_TYPE: "Basic",
    HTTP_AUTHORIZATION: basic("me"),
  });
  const renamed = await environ(server, "/", basic("name"));
  expect(Buffer.from(String(renamed["REMOTE_USER"]), "latin1").toString()).toBe("Renée");
  await server.waitForOutput(/ - me \[.*" 200 /);
  await server.waitForOutput(/ - - \[.*" 401 /);
  expect(server.log()).not.toContain("guess");
});

test("--auth-user-script: names and passwords may have any characters, in UTF-8 or latin-1", async () => {
  await using server = await start(echo, [`--auth-user-script=${gate}`]);
  await status(server, "/?show", basic("Jürgen \"'$ ✓"));
  expect(await seen(server)).toMatchObject({ user: "Jürgen \"'$ ✓", password: "päss:wörd" });
  const latin = `Basic ${Buffer.from("Jürgen:päss:wörd", "latin1").toString("base64")}`;
  expect(await status(server, "/", latin)).toBe(200);
  expect(await environ(server, "/", latin)).toMatchObject({ REMOTE_USER: "Jürgen" });
});

test("--auth-user-script: nobody can name himself in a header field, and one user is not the next one's", async () => {
  await using server = await start(echo, [`--auth-user-script=${gate}`]);
  using client = await server.connect();
  client.send(`${request("one")}Remote-User: evil\r\nAuth_Type: evil\r\n\r\n`);
  expect(await client.read(/"REMOTE_USER": "one"/)).not.toContain('"AUTH_TYPE": "evil"');
  client.send(`${request("two")}\r\n`);
  await client.read(/"REMOTE_USER": "two"/);
  client.send("GET /three HTTP/1.1\r\nHost: h\r\n\r\n");
  await client.read(/HTTP\/1\.1 401 /);
});

test("--auth-user-script: an edited script counts from the next request on", async () => {
  using home = folder();
  const script = join(home.path, "users.py");
  edit(script, "def check_password(environ, user, password): return True");
  await using server = await start(echo, [`--auth-user-script=${script}`]);
  expect(await status(server, "/", basic("me"))).toBe(200);
  edit(script, "def check_password(environ, user, password): return None");
  expect(await status(server, "/", basic("me"))).toBe(401);
  edit(script, "def get_realm_hash(environ, user, realm): return None");
  expect(await status(server, "/", basic("me"))).toBe(500);
  await server.waitForLog(/Target WSGI user authentication script '.*' does not provide 'Basic' auth provider\.$/m);
});

test("--auth-user-script: one that hangs is 500 after --request-timeout; who is refused by host is so before a login", async () => {
  const scripts = [`--auth-user-script=${gate}`, `--host-access-script=${gate}`];
  await using server = await start(echo, [...scripts, "--request-timeout=1"]);
  expect(await status(server, "/?false")).toBe(403);
  expect(await status(server, "/?true")).toBe(401);
  expect(await status(server, "/?false", basic("me"))).toBe(403);
  expect(await status(server, "/?true", basic("me"))).toBe(200);
  expect(await status(server, "/?true", basic("hang"))).toBe(500);
});

test("--auth-group-script: only members of the group are served, all others get 401", async () => {
  await using server = await start(echo, [`--auth-user-script=${gate}`, `--auth-group-script=${gate}`]);
  expect(await statuses(server, ["member", "bytes", "generator", "other", "nowhere", "mixed", "stranger"])).toEqual({
    member: 200,
    bytes: 200,
    generator: 200,
    other: 401,
    nowhere: 401,
    mixed: 401,
    stranger: 401,
  });
  const log = /Authorization of user 'other' to access '\/' failed\. User is not a member of designated groups\.$/m;
  await server.waitForLog(log);
  await server.waitForLog(/User is not a member of any groups\.$/m);
  await server.waitForLog(/\[client 127\.0\.0\.1:\d+\] AH01631: user other: authorization failure for "\/": $/m);
  await server.waitForLog(
    /Groups for user returned from '.*gate\.py' must be an iterable sequence of byte strings\.$/m,
  );
});

test("--auth-group: is the group that counts", async () => {
  const scripts = [`--auth-user-script=${gate}`, `--auth-group-script=${gate}`];
  await using server = await start(echo, [...scripts, "--auth-group=a"]);
  expect(await statuses(server, ["member", "other", "bytes"])).toEqual({ member: 200, other: 200, bytes: 401 });
});

test("--auth-group-script: without anybody who has to log in it is an error, as it would protect nothing", async () => {
  const { code, err } = await run([malt, "start-server", `--auth-group-script=${gate}`]);
  expect(code).toBe(2);
  expect(err).toContain("--auth-user-script");
});
