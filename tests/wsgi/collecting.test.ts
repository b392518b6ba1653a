import { expect, test } from "bun:test";
import type { Mapping } from "../../lib/handlers/wsgi/environ.ts";
import { createWsgiHandler } from "../../lib/handlers/wsgi/handler.ts";
import { WorkerPool } from "../../lib/handlers/wsgi/pool.ts";
import type { Exchange } from "../../lib/http/exchange.ts";
import { line } from "../http/h1/line.ts";
import { Traffic } from "../../lib/metrics/traffic.ts";
import { settingsIn } from "../supervisor/settings.ts";

const limits = { capacity: 10, spare: 1, shared: false, backlog: 10, connectMs: 0, queueMs: 0 };
const mapping: Mapping = {
  pathInfo: "/",
  scriptFilename: "/srv/htdocs/",
  pathTranslated: null,
  handlerScriptName: "/",
  handlerPathInfo: "",
};

/** A connection whose requests go to a pool without workers, `late` ones when they are told to. */
function site(late: boolean): { receive: (...parts: string[]) => void; handle: () => void; waiting: () => number } {
  const pool = new WorkerPool(limits, { nowMs: 1 }, new Traffic());
  const handle = createWsgiHandler(
    settingsIn("/srv"),
    pool,
    () => undefined,
    () => undefined,
  );
  const kept: Exchange[] = [];
  const server = line((exchange) => (late ? void kept.push(exchange) : handle(exchange, mapping)));
  return {
    receive(...parts) {
      for (const part of parts) server.connection.receive(Buffer.from(part));
    },
    handle: () => kept.splice(0).forEach((exchange) => handle(exchange, mapping)),
    waiting: () => pool.waiting,
  };
}

function post(length: number): string {
  return `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n`;
}

// What is kept of a body that nobody asks for ends somewhere between these two.
const SOME = "x".repeat(1000);
const MUCH = "x".repeat(200_000);

test.each([
  ["a small body with its head", [post(1000) + SOME], 1],
  ["a small body behind its head", [post(1000), SOME], 1],
  ["the beginning of a large body with its head", [post(500_000) + MUCH], 1],
  ["the beginning of a large body behind its head", [post(500_000), MUCH], 1],
  ["a large body as a whole", [post(200_000) + MUCH], 1],
  ["less of a large body", [post(500_000) + SOME], 0],
  ["less of a small body", [post(1001) + SOME], 0],
])("a worker is wanted for a request once there is %s", (_what, parts, waiting) => {
  const atOnce = site(false);
  atOnce.receive(...parts);
  expect(atOnce.waiting()).toBe(waiting);
  // The same when somebody had to be asked about the request, and all came meanwhile.
  const late = site(true);
  late.receive(...parts);
  late.handle();
  expect(late.waiting()).toBe(waiting);
});
