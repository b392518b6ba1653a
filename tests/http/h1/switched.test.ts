import { describe, expect, test } from "bun:test";
import type { Exchange } from "../../../lib/http/exchange.ts";
import type { H1Exchange } from "../../../lib/http/h1/exchange.ts";
import { responseHead } from "../../../lib/http/response-head.ts";
import { line, type Line } from "./line.ts";

const SWITCH = responseHead(101, [["Upgrade", "echo"]], "Go");
const REQUEST = Buffer.from("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");

interface Switched {
  readonly server: Line;
  /** What the owner was told. */
  readonly told: string[];
  exchange(): H1Exchange;
}

/** A connection whose first request waits to be switched. */
function switchable(early = ""): Switched {
  const told: string[] = [];
  const server = line((exchange) => {
    exchange.owner = {
      bodyComplete: () => undefined,
      bodyArrived: (_exchange, bytes, last) => void told.push(`${bytes.toString("latin1")}${last ? " last" : ""}`),
      bodyFailed: (_exchange, why) => void told.push(`failed: ${why}`),
      sent: (_exchange, bytes) => void told.push(`sent ${bytes}`),
      gone: () => void told.push("gone"),
      stalled: () => void told.push("stalled"),
    };
  });
  server.connection.receive(Buffer.concat([REQUEST, Buffer.from(early)]));
  return { server, told, exchange: () => server.seen[0] as H1Exchange };
}

describe("a connection that changed its protocol", () => {
  test("says so, and gives what the client sends to whoever asks for it, also what came early", () => {
    const { server, told, exchange } = switchable("ear");
    server.connection.receive(Buffer.from("ly"));
    const body = exchange().switchProtocols(SWITCH);
    expect(server.sent().replace(/Date: .*\r\n/, "")).toBe(
      "HTTP/1.1 101 Go\r\nServer: Malt\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n",
    );
    expect(told).toEqual([]);
    body.pull(3);
    body.pull(100);
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    expect(told).toEqual(["ear", "ly", "GET / HTTP/1.1\r\n\r\n"]);
    expect(server.seen).toHaveLength(1);
  });

  test("stops reading when nobody asks, and goes on when somebody does", () => {
    const { server, told, exchange } = switchable();
    const body = exchange().switchProtocols(SWITCH);
    server.connection.receive(Buffer.alloc(200_000));
    expect(server.socket.paused).toBe(true);
    body.pull(150_000);
    expect(server.socket.paused).toBe(false);
    expect(told.map((text) => text.length)).toEqual([150_000]);
  });

  test("is no request with a body: --limit-request-body and --body-timeout are not for it", () => {
    const { server, told, exchange } = switchable();
    const body = exchange().switchProtocols(SWITCH);
    body.pull(10_000_000);
    server.connection.receive(Buffer.alloc(2_000_000));
    expect(told).toHaveLength(1);
    server.clock.nowMs += 59_000;
    server.connection.tick(server.clock.nowMs);
    expect(server.socket.state).toBe("open");
    server.clock.nowMs += 2000;
    server.connection.tick(server.clock.nowMs);
    expect(told.at(-1)).toBe("stalled");
  });

  test("is half closed by the client first, and then from here", () => {
    const { server, told, exchange } = switchable();
    exchange().switchProtocols(SWITCH).pull(100);
    server.connection.ended();
    expect(told).toEqual([" last"]);
    expect(server.socket.state).toBe("open");
    exchange().write(Buffer.from("bye"));
    exchange().end();
    expect(server.sent()).toEndWith("\r\n\r\nbye");
    expect(server.socket.state).toBe("closed");
    expect(server.ends).toEqual([{ whole: true, bodyBytes: 3 }]);
  });

  test("is half closed from here first, once all has left, and then by the client", () => {
    const { server, told, exchange } = switchable();
    exchange().switchProtocols(SWITCH).pull(100);
    server.socket.room = 2;
    exchange().write(Buffer.from("bye"));
    exchange().end();
    expect(server.socket.state).toBe("open");
    server.socket.room = 100;
    server.connection.drain();
    expect(server.socket.state).toBe("half");
    server.connection.receive(Buffer.from("x"));
    server.connection.ended();
    expect(told).toEqual(["sent 3", "x", " last"]);
    exchange().end();
    expect(server.socket.state).toBe("closed");
    expect(server.ends).toEqual([{ whole: true, bodyBytes: 3 }]);
  });

  test("is over with its socket once it was half closed from here, but what came is still given", () => {
    const { server, told, exchange } = switchable();
    const body = exchange().switchProtocols(SWITCH);
    exchange().end();
    server.connection.receive(Buffer.from("rest"));
    server.connection.lost();
    expect(told).toEqual([]);
    body.pull(100);
    expect(told).toEqual(["rest last"]);
    exchange().end();
    expect(server.ends).toEqual([{ whole: true, bodyBytes: 0 }]);
  });

  test("whose client has closed its half before it was switched ends at once for whoever asks", () => {
    const { server, told, exchange } = switchable("x");
    server.connection.ended();
    exchange().switchProtocols(SWITCH).pull(100);
    expect(told).toEqual(["x last"]);
  });

  test("is told of a client that has gone, and noted once", () => {
    const { server, told, exchange } = switchable();
    exchange().switchProtocols(SWITCH).pull(100);
    server.connection.lost();
    expect(told).toEqual(["gone"]);
    expect(server.ends).toEqual([{ whole: false, bodyBytes: 0 }]);
  });
});

function informing(exchange: Exchange): void {
  exchange.inform?.(responseHead(103, [["Link", "</a>"]], "Early Hints"));
  exchange.send(responseHead(200, []), "x");
  exchange.inform?.(responseHead(103, []));
}

describe("an interim response", () => {
  test("comes before the response, and only from a client of HTTP/1.1", () => {
    const current = line(informing);
    current.connection.receive(REQUEST);
    expect(current.sent()).toStartWith("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n");
    expect(current.sent()).toEndWith("\r\n\r\nx");
    const old = line(informing);
    old.connection.receive(Buffer.from("GET / HTTP/1.0\r\n\r\n"));
    expect(old.sent()).toStartWith("HTTP/1.1 200 OK\r\n");
  });
});

test("a response of another server keeps its Date and Server", () => {
  const fields = [
    ["Date", "Thu, 01 Jan 2026 00:00:00 GMT"],
    ["Server", "other"],
  ] as const;
  const server = line((exchange) => exchange.send(responseHead(200, fields, "OK", true), ""));
  server.connection.receive(REQUEST);
  expect(server.sent()).toBe(
    "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nServer: other\r\nContent-Length: 0\r\n\r\n",
  );
});
