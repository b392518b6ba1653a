/** Users who log in by the Digest scheme. */

import { expect } from "bun:test";
import { app } from "../../harness/apps.ts";
import { run } from "../../harness/binary.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { challenge, prove, readChallenge, type Proof } from "./digest.ts";
import { environ, gate, status } from "./gate.ts";

const echo = app("echo.py");
const ARGS = ["--auth-type=digest", `--auth-user-script=${gate}`];

/** Asks with a fresh nonce. */
async function prover(server: Server, proof: Proof): Promise<number> {
  return await status(server, proof.target ?? "/", prove(await challenge(server), proof));
}

test("--auth-type: with Digest the password is not sent, and the user is known by its hash", async () => {
  await using server = await start(echo, [...ARGS, "--access-log"]);
  const asked = await challenge(server);
  expect(asked).toMatchObject({ realm: "localhost:0", stale: false });
  const authorization = prove(asked, { target: "/a?b=c" });
  expect(await environ(server, "/a?b=c", authorization)).toMatchObject({
    REMOTE_USER: "member",
    AUTH_TYPE: "Digest",
    HTTP_AUTHORIZATION: authorization,
  });
  await server.waitForOutput(/ - member \[.*"GET \/a\?b=c HTTP\/1\.1" 200 /);
  expect(await prover(server, { user: "bytes" })).toBe(200);
  expect(await prover(server, { user: "Jürgen" })).toBe(200);
  expect(await prover(server, { password: "guess" })).toBe(401);
  expect(await prover(server, { user: "none" })).toBe(401);
  expect(await prover(server, { user: "raise" })).toBe(500);
  expect(await prover(server, { user: "number" })).toBe(500);
  await server.waitForLog(/\[client 127\.0\.0\.1:\d+\] AH01794: user member: password mismatch: \/$/m);
  await server.waitForLog(/AH01790: user `none' in realm `localhost:0' not found: \/$/m);
});

test("--auth-type: a proof is good for one request, one page and one method", async () => {
  await using server = await start(echo, ARGS);
  const asked = await challenge(server);
  const first = prove(asked, { count: 1 });
  expect(await status(server, "/", first)).toBe(200);
  // Who has listened gets nothing for it, and the user himself isn't asked for his password again.
  const again = await server.get("/", { headers: { authorization: first } });
  expect([again.status, readChallenge(again).stale]).toEqual([401, true]);
  expect(await status(server, "/", prove(asked, { count: 3 }))).toBe(200);
  expect(await status(server, "/", prove(asked, { count: 2 }))).toBe(200);
  expect(await status(server, "/", prove(readChallenge(again)))).toBe(200);
  expect(await status(server, "/other", prove(asked, { count: 4 }))).toBe(400);
  const posted = await server.get("/", { method: "POST", headers: { authorization: prove(asked, { count: 5 }) } });
  expect(posted.status).toBe(401);
  // A count is only used up by who could prove something with it.
  expect(await status(server, "/", prove(asked, { count: 6, password: "guess" }))).toBe(401);
  expect(await status(server, "/", prove(asked, { count: 6 }))).toBe(200);
  expect(await status(server, "/", prove({ ...asked, nonce: "mine" }))).toBe(401);
  expect(await status(server, "/", "Digest nonsense")).toBe(401);
});

test("--auth-type: of many copies of one proof that come at the same time, one is let in", async () => {
  await using server = await start(echo, ARGS);
  const authorization = prove(await challenge(server));
  const all = await Promise.all(Array.from({ length: 20 }, () => status(server, "/", authorization)));
  expect(all.toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
});

test("--auth-type: after a restart of the front end a browser proves itself anew without asking its user", async () => {
  await using server = await start(echo, ARGS);
  const asked = await challenge(server);
  expect(await status(server, "/", prove(asked))).toBe(200);
  const [frontEnd] = server.processes().frontEnds;
  process.kill(frontEnd as number, "SIGKILL");
  await server.waitForLog(/front end \(pid \d+\) died unexpectedly/);
  const stale = await challenge(server, prove(asked, { count: 2 }));
  expect(stale.stale).toBe(true);
  expect(await status(server, "/", prove(stale))).toBe(200);
});

test("--auth-type: with several front ends each takes the nonces of the others", async () => {
  await using server = await start(echo, [...ARGS, "--frontends=2"]);
  const asked = await challenge(server);
  const counts = Array.from({ length: 20 }, (_, i) => i + 1);
  const all = await Promise.all(counts.map((count) => status(server, "/", prove(asked, { count }))));
  expect(all).toEqual(counts.map(() => 200));
});

test("--auth-type: groups count with Digest too, and curl knows how to log in", async () => {
  await using server = await start(echo, [...ARGS, `--auth-group-script=${gate}`]);
  expect(await prover(server, { user: "member" })).toBe(200);
  expect(await prover(server, { user: "other" })).toBe(401);
  const curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} ", "--digest"];
  const urls = [`${server.url}/`, "-o", "/dev/null", `${server.url}/page?a=b`];
  expect((await run([...curl, "-u", "member:secret", ...urls])).out).toBe("200 200 ");
  expect((await run([...curl, "-u", "member:guess", ...urls])).out).toBe("401 401 ");
});
