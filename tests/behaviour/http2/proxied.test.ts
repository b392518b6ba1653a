/** Requests by HTTP/2 that another server answers. */

import { expect } from "bun:test";
import { constants, type ClientHttp2Stream } from "node:http2";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { growthDuring } from "../http/growth.ts";
import { proxy, upstream } from "../proxy/upstream.ts";
import { http2Client } from "./client.ts";

const MIB = 1024 * 1024;

test("bodies of HTTP/2 go through to a server behind and back, with a length and without, and its fields too", async () => {
  const behind = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(asked) {
      let count = 0;
      for await (const bytes of asked.body ?? []) count += bytes.length;
      const fields = { "X-Protocol": asked.headers.get("x-list") ?? "", Server: "Behind", Connection: "keep-alive" };
      return new Response(asked.method === "POST" ? `${count}` : new Uint8Array(3 * MIB), { headers: fields });
    },
  });
  try {
    const args = ["--http2", "--limit-request-body=0", "--chunked-request"];
    await using server = await proxy(["--proxy-mount-point=/px", `http://127.0.0.1:${behind.port}`, ...args]);
    using client = await http2Client(server.url);
    const body = Buffer.alloc(5 * MIB);
    const [sized, unsized, small, down] = await Promise.all([
      client.ask("/px/", { method: "POST", body, fields: { "content-length": `${body.length}` } }),
      client.ask("/px/", { method: "POST", body }),
      client.ask("/px/", { method: "POST", body: "small" }),
      client.ask("/px/", { fields: { "x-list": ["a", "b"] } }),
    ]);
    expect([sized.body.toString(), unsized.body.toString(), small.body.toString()]).toEqual([
      `${body.length}`,
      `${body.length}`,
      "5",
    ]);
    expect([down.body.length, down.fields["x-protocol"], down.fields["server"]]).toEqual([3 * MIB, "a, b", "Behind"]);
    expect(down.fields).not.toHaveProperty("connection");
  } finally {
    await behind.stop(true);
  }
});

test("a hundred streams that nobody reads hold little of what a server behind would send", async () => {
  const endless = Buffer.alloc(MIB);
  let asked = 0;
  using behind = await upstream((_head, socket) => {
    asked++;
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n");
    const more = (): void => {
      while (socket.write(endless));
    };
    socket.on("drain", more);
    more();
  });
  await using server = await proxy(["--proxy-mount-point=/px", behind.url, "--http2"]);
  using client = await http2Client(server.url);
  await client.ask("/nothing");
  const streams: ClientHttp2Stream[] = [];
  const growth = await growthDuring(server, async () => {
    const begun = Array.from({ length: 100 }, async () => {
      const stream = client.stream("/px/");
      streams.push(stream);
      stream.on("error", () => undefined);
      await new Promise((resolve) => stream.on("response", resolve));
    });
    await Promise.all(begun);
    await until("all to be asked for", () => asked === 100);
  });
  for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
  await until("nobody to send anything more", () => behind.ends().length === 100);
  expect(growth["front end"]).toBeLessThan(40 * MIB);
});
