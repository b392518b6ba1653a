/** How HTTP/2 connections end: idle, slow, flooding, and when the server restarts or stops. */

import { join } from "node:path";
import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { Flag, frame, FrameType, PREFACE, resetFrame, settingsFrame } from "../../../lib/http/h2/frames.ts";
import { encodeField } from "../../../lib/http/h2/hpack/encoder.ts";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { http2Client, type Client } from "./client.ts";

const NOTHING = Buffer.alloc(0);
const NO_ERROR = 0;
const CALM = 11;

const block = Buffer.concat(
  [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "malt"],
  ].map(([name = "", value = ""]) => encodeField(name, value)),
);

const request = (id: number): Buffer => frame(FrameType.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, id, block);

/** The code of the last GOAWAY in what was received, latin-1. */
function goAwayCode(received: string): number | undefined {
  const bytes = Buffer.from(received, "latin1");
  let code: number | undefined;
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    if (bytes[at + 3] === FrameType.GOAWAY) code = bytes.readUInt32BE(at + 13);
  }
  return code;
}

test("a connection that is idle for --keep-alive-timeout ends, with GOAWAY", async () => {
  await using server = await start(app("hello.py"), ["--http2", "--keep-alive-timeout=1"]);
  using client = await http2Client(server.url);
  expect((await client.ask("/")).status).toBe(200);
  await client.closed;
  expect(client.farewells).toEqual([NO_ERROR]);
});

test("a client that begins and goes no further is let go after --header-timeout, a slow body is 408", async () => {
  const limits = ["--header-timeout=1", "--header-max-timeout=1", "--body-timeout=1", "--body-max-timeout=1"];
  await using server = await start(app("echo.py"), ["--http2", ...limits]);
  using silent = await server.connect();
  silent.send(Buffer.concat([PREFACE, settingsFrame([])]));
  expect(goAwayCode(await silent.readToEnd())).toBe(NO_ERROR);
  using stuck = await server.connect();
  stuck.send(Buffer.concat([PREFACE, settingsFrame([]), frame(FrameType.HEADERS, 0, 1, block)]));
  expect(goAwayCode(await stuck.readToEnd())).toBe(CALM);
  using client = await http2Client(server.url);
  const slow = client.stream("/", { method: "POST", fields: { "content-length": "10" } });
  slow.on("error", () => undefined);
  slow.write("some");
  const status = Promise.withResolvers<number>();
  slow.on("response", (fields) => status.resolve(fields[":status"] ?? 0));
  expect(await status.promise).toBe(408);
});

const floods: Readonly<Record<string, (n: number) => Buffer>> = {
  "rapid resets": (n) => Buffer.concat([request(2 * n + 1), resetFrame(2 * n + 1, 8)]),
  pings: () => frame(FrameType.PING, 0, 0, Buffer.alloc(8)),
  settings: () => settingsFrame([[4, 100]]),
  continuations: (n) => frame(n === 0 ? FrameType.HEADERS : FrameType.CONTINUATION, 0, 1, n === 0 ? block : NOTHING),
};

test("floods end their own connections, and the others never notice", async () => {
  await using server = await start(app("hello.py"), ["--http2", "--log-level=info", "--keep-alive-timeout=30"]);
  using other = await http2Client(server.url);
  for (const flood of Object.values(floods)) {
    using attacker = await server.connect();
    attacker.send(Buffer.concat([PREFACE, settingsFrame([]), ...Array.from({ length: 20_000 }, (_, n) => flood(n))]));
    expect(goAwayCode(await attacker.readToEnd())).toBe(CALM);
    expect((await other.ask("/")).status).toBe(200);
  }
  expect(server.log().match(/the client broke the protocol: /g)).toHaveLength(Object.keys(floods).length);
});

test("requests beyond --max-clients wait for their turn like any others", async () => {
  await using server = await start(app("hello.py"), ["--http2", "--threads=1", "--max-clients=2"]);
  using client = await http2Client(server.url);
  const answers = await Promise.all(Array.from({ length: 80 }, () => client.ask("/")));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

/** Asks again and again, with a new connection when one has said farewell. */
function press(server: Server): { stop(): Promise<{ asked: number; wrong: string[]; connections: number }> } {
  const state = { stopping: false };
  const wrong: string[] = [];
  let asked = 0;
  let connections = 0;
  async function run(): Promise<void> {
    let client: Client | null = null;
    while (!state.stopping) {
      if (client === null || client.farewells.length > 0) {
        client = await http2Client(server.url);
        connections++;
      }
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => (client as Client).ask(`/${n}`)));
      asked += answers.length;
      // Refused is not lost: the client knows that nobody has seen it.
      for (const { status, reset } of answers) if (status !== 200 && reset !== 7) wrong.push(`${status} ${reset}`);
    }
    client?.[Symbol.dispose]();
  }
  const running = Promise.all([run(), run()]);
  return {
    async stop() {
      state.stopping = true;
      await running;
      return { asked, wrong, connections };
    },
  };
}

test("a restart announces its end to clients, and no request is lost", async () => {
  await using server = await start(app("hello.py"), ["--http2", "--processes=2"]);
  const pressure = press(server);
  for (let restarts = 1; restarts <= 2; restarts++) {
    const before = server.processes().frontEnds;
    process.kill(server.pid, restarts === 1 ? "SIGHUP" : "SIGUSR1");
    await until("the restart", () => server.processes().frontEnds.every((pid) => !before.includes(pid)));
  }
  const { asked, wrong, connections } = await pressure.stop();
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(50);
  expect(connections).toBeGreaterThan(2);
});

test("a request under way is finished when the server stops", async () => {
  using home = folder();
  const gate = join(home.path, "go");
  await using server = await start(app("slow.py"), ["--http2", "--shutdown-timeout=20"]);
  using client = await http2Client(server.url);
  const slow = client.ask(gate);
  await server.waitForLog(/waiting/);
  const stopped = server.stop();
  await until("the farewell", () => client.farewells.length > 0);
  writeFileSync(gate, "");
  expect((await slow).body.toString()).toBe("done");
  await client.closed;
  expect(await stopped).toBe(0);
});
