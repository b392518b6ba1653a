/** Proxying for clients that speak HTTPS. */

import { expect } from "bun:test";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { request } from "../http/conversation.ts";
import { makeAuthority } from "../tls/authority.ts";
import { pairOf, startSecure } from "../tls/secure-server.ts";
import { response, targetOf, upstream } from "./upstream.ts";

test("the upstream is told of HTTPS, Locations lead back to it, and tunnels pass with both halves", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const sent: string[] = [];
  using up = await upstream((head, socket) => {
    if (!head.includes("Upgrade")) {
      socket.write(response(targetOf(head), [`Location: http://127.0.0.1:${socket.localPort}/next`]));
      return;
    }
    socket.write("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nhi");
    let received = "";
    socket.on("data", (bytes) => void (received += bytes.toString()));
    socket.on("end", () => {
      sent.push(received);
      socket.end(`got ${received}`);
    });
  });
  const names = ["--server-name=localhost", "--https-only", "--proxy-virtual-host", "vh.test", up.url];
  const args = [...names, "--proxy-mount-point", "/px", up.url];
  await using server = await startSecure(app("hello.py"), [...args, ...pairOf(await authority.issue("localhost"))]);
  const ask = async (host: string): Promise<string> => {
    using client = await server.secure(server.tls(authority));
    client.send(`GET /px/a HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Scheme: http\r\nConnection: close\r\n\r\n`);
    return await client.readToEnd();
  };
  const site = await ask("localhost:8443");
  expect(site).toContain("\r\nLocation: https://localhost:8443/px/next\r\n");
  expect(site).toEndWith("\r\n\r\n/a");
  expect(up.heads()[0]).toContain("\r\nX-Forwarded-Port: 8443\r\nX-Forwarded-Scheme: https");
  expect(up.heads()[0]).not.toContain("X-Forwarded-Scheme: http\r\n");
  const host = await ask("vh.test");
  expect(host).toContain("\r\nLocation: https://vh.test/next\r\n");
  expect(host).toEndWith("\r\n\r\n/px/a");

  using client = await server.secure(server.tls(authority));
  client.send(request("GET /px/", ["Connection: Upgrade", "Upgrade: echo/1"]).replace("malt.test", "localhost"));
  await client.read(/hi$/);
  client.send("hello");
  client.end();
  await until("the upstream to have it all", () => sent.length === 1);
  expect(await client.readToEnd()).toEndWith("\r\n\r\nhigot hello");
  expect(sent).toEqual(["hello"]);
});
