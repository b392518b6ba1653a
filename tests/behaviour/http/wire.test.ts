/** HTTP/1 as clients see it on the wire: framing, persistence, order, and what is refused. */

import { expect } from "bun:test";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { bulkClient } from "./bulk.ts";
import { request, talk } from "./conversation.ts";
import { notes, site } from "./notes.ts";

test("a connection is kept for request after request", async () => {
  await using server = await start(site);
  using client = await talk(server);
  for (let n = 1; n <= 150; n++) {
    client.send(request(`GET /echo/${n}`));
    const { status, body, fields } = await client.answer();
    expect([status, body, fields["connection"]]).toEqual([200, `GET /echo/${n} `, undefined]);
  }
});

test("pipelined requests of all kinds are answered in their order, each with its own body", async () => {
  await using server = await start(site, ["--chunked-request", "--processes=2"]);
  using client = await talk(server);
  const chunked = ["Transfer-Encoding: chunked"];
  client.send(
    request("GET /echo/1") +
      request("POST /echo/2", [], "two") +
      request("HEAD /echo/3") +
      request("PUT /echo/4", chunked) +
      "2\r\nfo\r\n2\r\nur\r\n0\r\n\r\n" +
      request("POST /unread/5", [], "nobody reads this") +
      request("GET /nothing/of/the/kind") +
      request("DELETE /echo/7", ["Connection: close"]) +
      request("GET /echo/never"),
  );
  const bodies: string[] = [];
  for (const method of ["GET", "POST", "HEAD", "PUT", "POST", "GET", "DELETE"]) {
    const { status, body } = await client.answer(method);
    bodies.push(status === 200 ? body : `${status}`);
  }
  expect(bodies).toEqual([
    "GET /echo/1 ",
    "POST /echo/2 two",
    "",
    "PUT /echo/4 four",
    "unread",
    "500",
    "DELETE /echo/7 ",
  ]);
  expect(await client.end()).toBe("");
});

test("hundreds of pipelined requests in one go are all answered in order", async () => {
  await using server = await start(site, ["--processes=2", "--threads=2"]);
  using client = await talk(server);
  const numbers = Array.from({ length: 500 }, (_, n) => n);
  client.send(numbers.map((n) => request(`POST /echo/${n}`, [], "x".repeat(n))).join(""));
  for (const n of numbers) expect((await client.answer()).body).toBe(`POST /echo/${n} ${"x".repeat(n)}`);
});

test("a chunked request means the same however its bytes are cut, with extensions and trailers", async () => {
  await using server = await start(site, ["--chunked-request"]);
  using client = await talk(server);
  const body = '5;name="a;b"\r\nhello\r\n1\r\n \r\n00005\r\nworld\r\n0\r\nX-Trailer: 1\r\nGET: / HTTP/1.1\r\n\r\n';
  const text = request("POST /echo/", ["Transfer-Encoding: chunked"]) + body;
  for (const size of [text.length, 1, 2, 7, 64]) {
    for (let at = 0; at < text.length; at += size) client.send(text.slice(at, at + size));
    expect((await client.answer()).body).toBe("POST /echo/ hello world");
  }
  client.send(request("GET /echo/after"));
  expect((await client.answer()).body).toBe("GET /echo/after ");
});

test("a response without a length is sent in chunks as the application makes it, to HTTP/1.0 until the close", async () => {
  using told = notes();
  await using server = await start(site, [], { env: told.env });
  using client = await talk(server);
  client.send(request("GET /words?second"));
  await client.client.read(/one\r\n$/);
  told.open("second");
  const answer = await client.answer();
  expect(answer.body).toBe("onetwothree");
  expect(answer.fields["content-length"]).toBeUndefined();
  client.send(request("GET /echo/next"));
  expect((await client.answer()).status).toBe(200);

  using old = await talk(server);
  old.send("GET /words?second HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const { body, fields } = await old.answer();
  expect([body, fields["connection"], fields["transfer-encoding"]]).toEqual(["onetwothree", "close", undefined]);
  expect(await old.end()).toBe("");
});

test("Expect: 100-continue is answered when the application first reads, not before", async () => {
  using told = notes();
  await using server = await start(site, [], { env: told.env });
  using client = await talk(server);
  client.send(request("POST /late/?read", ["Expect: 100-continue", "Content-Length: 5"]));
  await told.line(/^at read$/);
  // By now a 100 that doesn't wait would be here.
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
  expect(client.rest()).toBe("");
  told.open("read");
  expect((await client.answer()).status).toBe(100);
  client.send("hello");
  expect((await client.answer()).body).toBe("POST /late/ hello");

  client.send(request("GET /echo/next"));
  expect((await client.answer()).body).toBe("GET /echo/next ");
});

test("Expect: 100-continue with a large body, or a chunked one, is answered once", async () => {
  await using server = await start(site, ["--chunked-request"]);
  using client = await talk(server);
  const large = "x".repeat(300_000);
  client.send(request("POST /echo/", ["Expect: 100-continue", `Content-Length: ${large.length}`]));
  expect((await client.answer()).status).toBe(100);
  client.send(large);
  expect((await client.answer()).body).toBe(`POST /echo/ ${large}`);

  client.send(request("POST /echo/", ["Expect: 100-continue", "Transfer-Encoding: chunked"]));
  expect((await client.answer()).status).toBe(100);
  client.send("3\r\nabc\r\n0\r\n\r\n");
  expect((await client.answer()).body).toBe("POST /echo/ abc");
});

test("Expect: 100-continue gets no 100 when nobody will read: the answer comes at once and the connection closes", async () => {
  await using server = await start(site, ["--limit-request-body=1000"]);
  const expecting = ["Expect: 100-continue"];
  const refused = new Map([
    [request("POST /unread/", [...expecting, "Content-Length: 5"]), 200],
    [request("POST /echo/", [...expecting, "Content-Length: 1001"]), 413],
    [request("POST /echo/", [...expecting, "Transfer-Encoding: chunked"]), 411],
    [request("POST /echo/", ["Expect: the unexpected", "Content-Length: 5"]), 417],
  ]);
  for (const [text, expected] of refused) {
    using client = await talk(server);
    client.send(text);
    const { status, fields } = await client.answer();
    expect([status, fields["connection"]]).toEqual([expected, "close"]);
    client.client.end();
    expect(await client.end()).toBe("");
  }
});

test("HEAD, 204 and 304 have no body, and the next response follows on the same connection", async () => {
  await using server = await start(site);
  using client = await talk(server);
  client.send(request("HEAD /echo/") + request("HEAD /parts?3x5") + request("GET /status?204%20No%20Content"));
  client.send(request("GET /status?304%20Not%20Modified") + request("GET /echo/next"));

  const head = await client.answer("HEAD");
  expect([head.status, head.fields["content-length"]]).toEqual([200, `${"HEAD /echo/ ".length}`]);
  expect((await client.answer("HEAD")).status).toBe(200);
  const empty = await client.answer();
  expect([empty.status, empty.fields["content-length"], empty.fields["transfer-encoding"]]).toEqual([
    204,
    undefined,
    undefined,
  ]);
  const same = await client.answer();
  expect([same.status, same.fields["transfer-encoding"]]).toEqual([304, undefined]);
  expect((await client.answer()).body).toBe("GET /echo/next ");
});

test("HTTP/1.0 closes after the response, unless the client asks to keep the connection", async () => {
  await using server = await start(site);
  using client = await talk(server);
  const keeping = "GET /echo/ HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
  for (let n = 0; n < 3; n++) {
    client.send(keeping);
    const { body, fields } = await client.answer();
    expect([body, fields["connection"]]).toEqual(["GET /echo/ ", "Keep-Alive"]);
  }
  client.send("GET /echo/ HTTP/1.0\r\n\r\n");
  expect((await client.answer()).fields["connection"]).toBe("close");
  expect(await client.end()).toBe("");
  expect(client.client.wasReset()).toBe(false);
});

test("the reason phrase is the application's, also an unusual or an empty one", async () => {
  await using server = await start(site);
  using client = await talk(server);
  for (const [status, reason] of [
    [200, "Very Well"],
    [404, "Gone Fishing"],
    [299, "caf\xe9 (\xe9)"],
    [599, ""],
  ] as const) {
    client.send(request(`GET /status?${status}%20${escape(reason)}`));
    expect(await client.answer()).toMatchObject({ status, reason, body: "body" });
  }
});

test("every method that is a token reaches the application as it was sent", async () => {
  await using server = await start(site);
  using client = await talk(server);
  for (const method of [
    "GET",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "PROPFIND",
    "M-SEARCH",
    "FOO",
    "get",
    "x!#$%&'*+.^_`|~1",
  ]) {
    client.send(request(`${method} /echo/`));
    expect((await client.answer()).body).toBe(`${method} /echo/ `);
  }
});

test("a client that closes its half after the request gets its answer", async () => {
  using told = notes();
  await using server = await start(site, [], { env: told.env });
  using client = await talk(server);
  client.send(request("GET /gate?answer"));
  client.client.end();
  await told.line(/^at answer$/);
  told.open("answer");
  expect((await client.answer()).body).toBe("through");
  expect(await client.end()).toBe("");
  expect(client.client.wasReset()).toBe(false);
});

test("a client that closes its half behind pipelined requests gets all its answers", async () => {
  using told = notes();
  await using server = await start(site, [], { env: told.env });
  using client = await talk(server);
  client.send(request("GET /gate?first") + request("POST /echo/2", [], "two") + request("GET /echo/3"));
  client.client.end();
  await told.line(/^at first$/);
  told.open("first");
  expect((await client.answer()).body).toBe("through");
  expect((await client.answer()).body).toBe("POST /echo/2 two");
  const last = await client.answer();
  expect([last.body, last.fields["connection"]]).toEqual(["GET /echo/3 ", "close"]);
  expect(await client.end()).toBe("");
});

test("what is none of the application's business is answered by the server", async () => {
  using told = notes();
  await using server = await start(site, [], { env: told.env });
  const answers = new Map([
    [request(`GET /run?${"x".repeat(8200)}`), 414],
    [
      request(
        "GET /run?fields",
        Array.from({ length: 101 }, (_, n) => `X-${n}: 1`),
      ),
      400,
    ],
    [request("GET /run?field", [`X-Long: ${"x".repeat(8200)}`]), 400],
    ["GET /run?http2 HTTP/2.0\r\nHost: malt.test\r\n\r\n", 505],
    [request("GET /run/a%2fb?slash"), 404],
    [request("GET /run/a%00b?nul"), 404],
    [request("TRACE /run?trace"), 405],
    [request("OPTIONS *"), 200],
  ]);
  for (const [text, expected] of answers) {
    using client = await talk(server);
    client.send(text);
    const line = text.slice(0, 30);
    expect([line, (await client.answer()).status]).toEqual([line, expected]);
  }
  expect(told.lines()).toEqual([]);
});

test("an answer that comes before a large body was read reaches a client that sends on", async () => {
  await using server = await start(site);
  using client = await bulkClient(server);
  const size = 5 * 1024 * 1024;
  await client.send(request("POST /unread", [`Content-Length: ${size}`]));
  await client.send(new Uint8Array(size));
  client.read();
  expect(await client.ended).toBe(false);
  expect(client.tail()).toEndWith("\r\n\r\nunread");
});

/** Each would be read in different ways by different servers, or by nobody. */
const hostile: Readonly<Record<string, string>> = {
  "length and chunked": request("POST /run?1", ["Content-Length: 5", "Transfer-Encoding: chunked"]) + "0\r\n\r\n",
  "two lengths": request("POST /run?2", ["Content-Length: 0", "Content-Length: 40"]),
  "a list of lengths": request("POST /run?3", ["Content-Length: 0, 0"]),
  "a negative length": request("POST /run?4", ["Content-Length: -1"]),
  "a length with a sign": request("POST /run?5", ["Content-Length: +0"]),
  "another coding": request("POST /run?6", ["Transfer-Encoding: xchunked"]) + "0\r\n\r\n",
  "a coding twice": request("POST /run?7", ["Transfer-Encoding: chunked, chunked"]) + "0\r\n\r\n",
  "a space before the colon": request("POST /run?8", ["Content-Length : 0"]),
  "a folded line": request("POST /run?9", ["X-Long: a", " b"]),
  "a line without a colon": request("GET /run?10", ["X-Long"]),
  "a bare line feed": "GET /run?11 HTTP/1.1\nHost: malt.test\n\n",
  "a bare carriage return": request("GET /run?12", ["X-A: a\rX-B: b"]),
  "a NUL": request("GET /run?13", ["X-A: a\0b"]),
  "no Host": "GET /run?14 HTTP/1.1\r\n\r\n",
  "two Hosts": request("GET /run?15", ["Host: other.test"]),
  "a path in Host": "GET /run?16 HTTP/1.1\r\nHost: malt.test/evil\r\n\r\n",
  "a space in the target": request("GET /run ?17"),
  "a bad escape": request("GET /run/%zz?18"),
  "a way above the root": request("GET /run/../../../etc/passwd?19"),
  "no version": "GET /run?20\r\nHost: malt.test\r\n\r\n",
  "the head of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
};

test("a hostile head is 400 and the end of the connection: what follows it is not answered, and nothing is run", async () => {
  using told = notes();
  await using server = await start(site, ["--chunked-request"], { env: told.env });
  for (const [what, text] of Object.entries(hostile)) {
    using client = await talk(server);
    client.send(text + request("GET /run?after"));
    const { status, fields } = await client.answer();
    expect([what, status, fields["connection"]]).toEqual([what, 400, "close"]);
    client.client.end();
    expect([what, await client.end()]).toEqual([what, ""]);
  }
  expect(told.lines()).toEqual([]);
  expect(await server.text("/run?clean")).toBe("ran");
});

const brokenChunks = ["x\r\n", "-1\r\n", "1\r\nab\r\n", "1\nx\n0\n\n", "1 \r\nx\r\n0\r\n\r\n", "fffffffffffffffff\r\n"];

test("a chunked body that breaks its framing is 400 and the end of the connection, and an error for who reads it", async () => {
  using told = notes();
  await using server = await start(site, ["--chunked-request"], { env: told.env });
  const notesLike = (pattern: RegExp): number => told.lines().filter((line) => pattern.test(line)).length;
  for (const [index, body] of brokenChunks.entries()) {
    using client = await talk(server);
    client.send(`${request("POST /count", ["Transfer-Encoding: chunked"])}2\r\nok\r\n`);
    await until("the application to read", () => notesLike(/^counting/) === index + 1);
    client.send(body + request("GET /run?after"));
    const { status, fields } = await client.answer();
    expect([body, status, fields["connection"]]).toEqual([body, 400, "close"]);
    client.client.end();
    expect([body, await client.end()]).toEqual([body, ""]);
    await until("the application to notice", () => notesLike(/^cut after [02]$/) === index + 1);
  }
  expect(notesLike(/^ran/)).toBe(0);
});
