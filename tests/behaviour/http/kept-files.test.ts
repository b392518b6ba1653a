/** Files that the server keeps: the same bytes by every way in, with what stages add, also after clients that broke off. */

import { expect } from "bun:test";
import { statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { rawClient, type RawClient } from "../../harness/raw.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { makeAuthority } from "../tls/authority.ts";
import { pairOf, startSecure } from "../tls/secure-server.ts";
import { holding } from "./holding.ts";

const PROXY = "PROXY TCP4 192.0.2.1 198.51.100.2 55555 8443\r\n";
const GET = "GET /kept.bin HTTP/1.1\r\nHost: localhost\r\n\r\n";
const LAST = GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");

/** What a connection brings: heads of responses, of bodies only whether they are what the file holds. */
async function bodies(client: RawClient, content: string): Promise<readonly string[]> {
  const parts = (await client.readToEnd()).split(content);
  expect(parts.at(-1)).toBe("");
  return parts.slice(0, -1);
}

for (const options of [[], ["--enable-sendfile"]]) {
  test(`--enable-sendfile: what is kept is the same by TCP, a socket in the file system, and proxies (${options.join()})`, async () => {
    using home = holding({});
    const path = join(home.path, "kept.bin");
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 2_654_435_761) >>> 13));
    const text = content.toString("latin1");
    writeFileSync(path, content);
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(path, longAgo, longAgo);
    // Nothing is kept of a file that changed just now.
    await until("the file to have settled", () => Date.now() - statSync(path).ctimeMs > 1100);
    using place = folder();
    const socket = join(place.path, "site.sock");
    const args = [`--host=127.0.0.1,unix:${socket}`, `--document-root=${home.path}`, "--proxy-protocol=127.0.0.1"];
    await using server = await start(app("hello.py"), [...args, ...options]);

    for (let round = 0; round < 3; round++) {
      using clear = await server.connect();
      clear.send(PROXY + GET + GET.replace("GET", "HEAD") + LAST);
      const [first, second, ...none] = await bodies(clear, text);
      expect(none).toEqual([]);
      expect(first).toStartWith("HTTP/1.1 200 OK\r\n");
      // The head of HEAD is before that of the second GET.
      expect(second?.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(2);

      using local = await rawClient(0, socket);
      local.send(GET.repeat(9));
      local.end();
      expect(await bodies(local, text)).toHaveLength(9);

      using old = await server.connect();
      old.send(`${PROXY}GET /kept.bin HTTP/1.0\r\n\r\n`);
      expect(await bodies(old, text)).toHaveLength(1);

      // In the middle of an answer, and of those that wait behind it.
      using gone = await server.connect();
      gone.send(PROXY + GET.repeat(50));
      await gone.read(/\r\n\r\n/);
      gone.reset();
    }
  });

  test(`--enable-sendfile: what is kept goes through TLS as anything else does (${options.join()})`, async () => {
    using home = holding({});
    const path = join(home.path, "kept.bin");
    const text = "0123456789abcdef".repeat(6250);
    writeFileSync(path, text);
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(path, longAgo, longAgo);
    await until("the file to have settled", () => Date.now() - statSync(path).ctimeMs > 1100);
    using keys = folder();
    const authority = await makeAuthority(keys.path, "ca");
    const own = await authority.issue("localhost");
    const args = [
      `--document-root=${home.path}`,
      "--https-only",
      "--hsts-policy=max-age=10",
      "--server-name=localhost",
    ];
    await using server = await startSecure(app("hello.py"), [...args, ...options, ...pairOf(own)]);
    using client = await server.secure(server.tls(authority));
    client.send(GET.repeat(9) + LAST);
    const heads = await bodies(client, text);
    expect(heads).toHaveLength(10);
    for (const head of heads) expect(head).toContain("\r\nStrict-Transport-Security: max-age=10\r\n");
  });
}
