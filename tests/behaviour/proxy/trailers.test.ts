/** Fields behind the body of another server's response: they reach the clients that can take them. */

import { expect } from "bun:test";
import type { IncomingHttpHeaders } from "node:http2";
import { test } from "../../harness/test.ts";
import { http2Client } from "../http2/client.ts";
import { request } from "../http/conversation.ts";
import { proxy, targetOf, upstream, type Upstream } from "./upstream.ts";

const HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n";

/** What may stand there, and what no recipient may believe there (RFC 9110 §6.5.1). */
const FIELDS = "X-Sum:  12 \r\nContent-Length: 99\r\nSet-Cookie: a=b\r\nServer-Timing: db;dur=5\r\n";

/** The content is as long as the target says. */
async function trailing(): Promise<Upstream> {
  return await upstream((head, socket) => {
    const length = Number(targetOf(head).slice(1));
    const content = length === 0 ? "" : `${length.toString(16)}\r\n${"a".repeat(length)}\r\n`;
    socket.write(`${HEAD}${content}0\r\n${FIELDS}\r\n`);
  });
}

for (const length of [0, 3, 1_000_000]) {
  test(`trailers behind ${length} bytes go to a client of HTTP/1.1 that takes them, and to no other`, async () => {
    using up = await trailing();
    await using server = await proxy(["--proxy-mount-point=/px", up.url]);
    const ask = async (lines: readonly string[], version = "1.1"): Promise<string> => {
      using client = await server.connect();
      client.send(request(`GET /px/${length}`, [...lines, "Connection: close"]).replace("HTTP/1.1", `HTTP/${version}`));
      return await client.readToEnd();
    };
    const taken = await ask(["TE: gzip;q=0.5, Trailers"]);
    expect(taken).toContain("\r\nTrailer: X-Sum\r\n");
    expect(taken.slice(-200)).toEndWith("0\r\nX-Sum: 12\r\nServer-Timing: db;dur=5\r\n\r\n");
    expect(up.heads().at(-1)).toContain("\r\nTE: trailers\r\nConnection: TE");
    for (const other of [await ask([]), await ask(["TE: trailers"], "1.0")]) {
      expect(other.slice(0, 17)).toBe("HTTP/1.1 200 OK\r\n");
      expect(/X-Sum|Server-Timing/.test(other)).toBe(false);
      expect(other.includes("chunked") ? other.endsWith("\r\n0\r\n\r\n") : /\r\n\r\na*$/.test(other)).toBe(true);
    }
  });

  test(`trailers behind ${length} bytes go to clients of HTTP/2`, async () => {
    using up = await trailing();
    await using server = await proxy(["--proxy-mount-point=/px", up.url, "--http2"]);
    using client = await http2Client(server.url);
    const ask = async (method: string): Promise<[number, IncomingHttpHeaders | null]> => {
      const stream = client.stream(`/px/${length}`, { method });
      let trailers: IncomingHttpHeaders | null = null;
      let received = 0;
      stream.on("trailers", (fields: IncomingHttpHeaders) => (trailers = fields));
      stream.on("data", (bytes: Buffer) => (received += bytes.length));
      const closed = Promise.withResolvers<void>();
      stream.on("close", closed.resolve);
      await closed.promise;
      expect(stream.rstCode).toBe(0);
      return [received, trailers];
    };
    const [received, trailers] = await ask("GET");
    expect(received).toBe(length);
    expect(JSON.stringify(trailers)).toBe('{"x-sum":"12","server-timing":"db;dur=5"}');
  });
}

test("trailers of a response that is compressed on its way are dropped: they tell of another body", async () => {
  using up = await upstream((_head, socket) => {
    const content = "a".repeat(5000);
    const head = HEAD.replace("Trailer", "Content-Type: text/plain\r\nTrailer");
    socket.write(`${head}${content.length.toString(16)}\r\n${content}\r\n0\r\n${FIELDS}\r\n`);
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url, "--compress-responses"]);
  using client = await server.connect();
  client.send(request("GET /px/", ["TE: trailers", "Accept-Encoding: gzip", "Connection: close"]));
  const received = await client.readToEnd();
  expect(received).toContain("\r\nContent-Encoding: gzip\r\n");
  expect(received).toEndWith("\r\n0\r\n\r\n");
});
