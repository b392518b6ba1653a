/** Access scripts and logins over HTTP/2, where many are asked about at once on one connection. */

import { expect } from "bun:test";
import { app } from "../../harness/apps.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { http2Client } from "../http2/client.ts";
import { challenge, prove } from "./digest.ts";
import { basic, gate } from "./gate.ts";

const echo = app("echo.py");

interface Echoed {
  readonly environ: Readonly<Record<string, unknown>>;
  readonly size: number;
}

test("each stream of a connection has its own user and its own verdict, whatever the others have", async () => {
  await using server = await start(echo, [
    "--http2",
    `--auth-user-script=${gate}`,
    `--host-access-script=${gate}`,
    "--access-log",
  ]);
  using client = await http2Client(server.url);
  const body = "0123456789".repeat(30_000);
  const users = Array.from({ length: 30 }, (_, i) => `user${i}`);
  const answers = await Promise.all(
    users.map((user, i) => {
      const login = i % 3 === 0 ? {} : { authorization: basic(user) };
      const target = i % 3 === 1 ? "/?false" : "/?true";
      if (i % 5 !== 1) return client.ask(target, { fields: login });
      return client.ask(target, { fields: { ...login, "content-length": `${body.length}` }, method: "POST", body });
    }),
  );
  for (const [i, answer] of answers.entries()) {
    expect([i, answer.status, answer.reset]).toEqual([i, [401, 403, 200][i % 3] as number, 0]);
    if (i % 3 !== 2) continue;
    const { environ, size } = JSON.parse(answer.body.toString()) as Echoed;
    expect(environ).toMatchObject({ REMOTE_USER: `user${i}`, AUTH_TYPE: "Basic" });
    expect(size).toBe(i % 5 === 1 ? body.length : 0);
  }
  expect(answers[0]?.fields["www-authenticate"]).toBe('Basic realm="localhost:0"');
  await server.waitForOutput(/ - user2 \[.*"GET \/\?true HTTP\/2\.0" 200 /);
});

test("a proof of Digest is good for one stream of many", async () => {
  await using server = await start(echo, ["--http2", `--auth-user-script=${gate}`, "--auth-type=Digest"]);
  const asked = await challenge(server);
  using client = await http2Client(server.url);
  const same = { fields: { authorization: prove(asked) } };
  const copies = await Promise.all(Array.from({ length: 10 }, () => client.ask("/", same)));
  expect(copies.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
  const counts = Array.from({ length: 50 }, (_, i) => i + 2);
  const others = await Promise.all(
    counts.map((count) => client.ask("/", { fields: { authorization: prove(asked, { count }) } })),
  );
  expect(others.filter(({ status }) => status !== 200)).toEqual([]);
});

test("a stream that is reset while a script hangs about it leaves the others alone", async () => {
  await using server = await start(echo, ["--http2", `--host-access-script=${gate}`, "--access-log"]);
  using client = await http2Client(server.url);
  const stuck = client.stream("/?hang");
  stuck.on("error", () => undefined);
  expect((await client.ask("/?true")).status).toBe(200);
  stuck.close(8);
  await server.waitForOutput(/"GET \/\?hang HTTP\/2\.0" /);
  expect((await client.ask("/?false")).status).toBe(403);
  expect((await client.ask("/?true")).status).toBe(200);
});
