/** Upstreams that break the rules, or break off: a client never gets half a response for a whole one, nor two for one. */

import { expect } from "bun:test";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { random } from "../../support/random.ts";
import { request, talk } from "../http/conversation.ts";
import { proxy, response, targetOf, upstream } from "./upstream.ts";

const OK = "HTTP/1.1 200 OK\r\n";

/** What an upstream sends before it closes, and what the log says of it. */
const refused: readonly (readonly [name: string, bytes: string, why: string])[] = [
  ["nothing", "", "the connection was closed without one"],
  ["half a head", "HTTP/1.1 200 OK\r\nContent-Len", "it ended within the head"],
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "its status line is malformed"],
  ["bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "a line of its head ends without CR"],
  [
    "a length and chunks",
    `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    "it has both Content-Length and Transfer-Encoding",
  ],
  ["two lengths", `${OK}Content-Length: 3\r\nContent-Length: 0\r\n\r\nabc`, "its Content-Length is not a number"],
  ["another coding", `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, "its transfer coding is not chunked"],
  ["a folded line", `${OK}X: a\r\n Content-Length: 3\r\n\r\nabc`, "it has a malformed field name"],
  ["a space before a colon", `${OK}Content-Length : 3\r\n\r\nabc`, "it has a malformed field name"],
  ["a bare CR", `${OK}X: a\rSet-Cookie: evil\r\n\r\n`, "its field X has control characters"],
  ["a malformed chunk at once", `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, "its chunked body is malformed"],
  ["a head without end", `${OK}X: ${"a".repeat(200_000)}`, "its head is larger than 128 KiB"],
  [
    "101 that nobody asked for",
    "HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "it changed the protocol",
  ],
];

test("a malformed response is 502, and the log says what is wrong with it", async () => {
  using up = await upstream(
    (head, socket) => void socket.end(refused[Number(targetOf(head).slice(1))]?.[1] ?? "", "latin1"),
  );
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  for (const [index, [name, , why]] of refused.entries()) {
    using client = await talk(server);
    client.send(request(`GET /px/${index}`));
    expect([name, (await client.answer()).status]).toEqual([name, 502]);
    const escaped = why.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    await server.waitForLog(new RegExp(`proxying to ${up.url}: .*${escaped}.*: answered 502: GET /px/${index}\\n`));
    // The client's connection is as good as before.
    client.send(request("GET /elsewhere"));
    expect((await client.answer()).status).toBe(404);
  }
});

test("a response that is cut, or turns bad behind its head, ends in a reset", async () => {
  const cut: readonly (readonly [bytes: string, how: "end" | "reset"])[] = [
    [`${OK}Content-Length: 100\r\n\r\nabc`, "end"],
    [`${OK}Content-Length: 100\r\n\r\nabc`, "reset"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, "end"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, "reset"],
    [`${OK}\r\nabc`, "reset"],
  ];
  const gates = new Map<string, () => void>();
  using up = await upstream((head, socket) => {
    const [bytes = "", how] = cut[Number(targetOf(head).slice(1))] ?? [];
    socket.write(bytes);
    gates.set(targetOf(head), () => (how === "end" ? socket.end() : socket.resetAndDestroy()));
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  for (const index of cut.keys()) {
    for (const version of ["1.1", "1.0"]) {
      using client = await server.connect();
      client.send(`GET /px/${index} HTTP/${version}\r\nHost: a\r\n\r\n`);
      await client.read(/abc/);
      gates.get(`/${index}`)?.();
      const received = await client.readToEnd();
      expect([index, version, client.wasReset()]).toEqual([index, version, true]);
      expect(received).not.toContain("\r\n0\r\n\r\n");
    }
  }
  await server.waitForLog(/it ended within the body: the response was cut and the connection reset: GET \/px\/0/);
  await server.waitForLog(/the connection was reset: the response was cut and the connection reset: GET \/px\/4/);
});

test("bytes behind a response are nobody's: the connection they came on is not used again", async () => {
  const evil = response("evil");
  using up = await upstream((head, socket) => {
    if (targetOf(head) === "/late") setImmediate(() => socket.write(evil));
    socket.write(response("good") + (targetOf(head) === "/surplus" ? evil : ""));
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  expect(await server.text("/px/surplus")).toBe("good");
  expect(await server.text("/px/a")).toBe("good");
  expect(up.accepted()).toBe(2);
  expect(await server.text("/px/late")).toBe("good");
  await until("the connection to be dropped", () => up.ends().length === 2);
  expect(await server.text("/px/a")).toBe("good");
  expect(up.accepted()).toBe(3);
});

test("whatever bytes an upstream sends, the client gets a whole response or an end, and the server goes on", async () => {
  const dice = random(23);
  const good = [
    `${OK}Content-Length: 5\r\nX: y\r\n\r\nhello`,
    `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    `HTTP/1.1 103 E\r\nLink: x\r\n\r\n${OK}\r\nhello`,
  ];
  using up = await upstream((_head, socket) => {
    const bytes = [...(good[dice(good.length)] ?? "")];
    for (let change = dice(4); change > 0; change--) {
      bytes.splice(dice(bytes.length), dice(2), ["\r", "\n", "\0", ":", "0", "9", " ", "\xff"][dice(8)] ?? "");
    }
    const at = dice(bytes.length);
    socket.write(bytes.slice(0, at).join(""), "latin1");
    setImmediate(() => socket.end(bytes.slice(at).join(""), "latin1"));
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  for (let round = 0; round < 120; round++) {
    using client = await server.connect();
    client.send(`GET /px/${round} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const received = await client.readToEnd();
    const [, status] = /^(?:HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)*HTTP\/1\.1 (\d{3}) /.exec(received) ?? [];
    if (!client.wasReset()) expect([round, received, status !== undefined]).toEqual([round, received, true]);
  }
  expect((await server.get("/elsewhere")).status).toBe(404);
  expect(server.log()).not.toContain("a bug");
});
