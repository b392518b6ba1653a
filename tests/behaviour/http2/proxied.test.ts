/** Requests by HTTP/2 that another server answers. */

import { expect } from "bun:test";
import { test } from "../../harness/test.ts";
import { proxy } from "../proxy/upstream.ts";
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
