import { expect, test } from "bun:test";
import { createProxyHandler } from "../../lib/handlers/proxy/handler.ts";
import { response, targetOf, upstream } from "../behaviour/proxy/upstream.ts";
import { until } from "../harness/until.ts";
import { line } from "../http/h1/line.ts";
import { siteSettings } from "../static/sites.ts";

/** What the client gets of a request that a rule hands to `url`, and what the log says. */
async function handed(url: string): Promise<{ readonly received: string; readonly log: readonly string[] }> {
  const log: string[] = [];
  const bug = (error: Error): void => void log.push(`bug: ${error.message}`);
  const handler = createProxyHandler(siteSettings(), {
    complain: (_exchange, text) => void log.push(text),
    mention: (_exchange, text) => void log.push(text),
    bug,
  });
  const client = line((exchange) => handler.proxyTo(exchange, url));
  client.connection.receive(Buffer.from("GET /rewritten HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n"));
  await until("the answer", () => client.ends.length === 1);
  return { received: client.sent(), log };
}

test("a rule may hand a request to any URL, whose path and query are asked for as they are", async () => {
  using up = await upstream((head, socket) => {
    socket.write(response(targetOf(head), [`Location: http://127.0.0.1:${socket.localPort}/a`]));
  });
  const { received, log } = await handed(`${up.url}/a%2Fb/?c=%20d`);
  expect(received).toEndWith("\r\n\r\n/a%2Fb/?c=%20d");
  // Nothing is known of where it would be on this site.
  expect(received).toContain(`\r\nLocation: ${up.url}/a\r\n`);
  expect(up.heads()[0]).toContain("\r\nX-Forwarded-Host: site.test\r\nX-Forwarded-Server: localhost\r\n");
  expect(log).toEqual([]);
});

test("a rule that makes no URL of a server is 500, and the log has what it made", async () => {
  const { received, log } = await handed("http://user@host/\n");
  expect(received).toStartWith("HTTP/1.1 500 ");
  expect(log).toEqual([
    'a rule hands the request to "http://user@host/\\n", which is no URL of a server: answered 500',
  ]);
});
