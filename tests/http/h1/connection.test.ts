import { describe, expect, test } from "bun:test";
import type { Exchange } from "../../../lib/http/exchange.ts";
import { responseHead } from "../../../lib/http/response-head.ts";
import { echoMethod, line, type Line } from "./line.ts";

const ok = responseHead(200, []);

/** Takes the body in memory, whatever its size, and then answers with it. */
function collect(exchange: Exchange): void {
  if (exchange.body === null) return echoMethod(exchange);
  const parts: Buffer[] = [];
  exchange.owner = {
    bodyComplete: () => undefined,
    bodyArrived(_exchange, bytes, last) {
      parts.push(Buffer.from(bytes));
      if (last) exchange.send(ok, Buffer.concat(parts));
      else exchange.body?.pull(bytes.length);
    },
    bodyFailed: () => undefined,
    sent: () => undefined,
    gone: () => undefined,
    stalled: () => undefined,
  };
  exchange.body.pull(1000);
}

describe("persistence", () => {
  const cases: [name: string, head: string, closes: boolean, header: string | null][] = [
    ["HTTP/1.1 keeps the connection and says nothing", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, null],
    [
      "a client that says keep-alive is told for how long",
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
      false,
      "Keep-Alive: timeout=2",
    ],
    ["Connection: close closes", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true, "Connection: close"],
    ["HTTP/1.0 closes", "GET / HTTP/1.0\r\n\r\n", true, "Connection: close"],
    [
      "HTTP/1.0 with keep-alive is kept",
      "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
      false,
      "Connection: Keep-Alive",
    ],
  ];
  for (const [name, head, closes, header] of cases) {
    test(name, () => {
      const server = line(echoMethod);
      server.connection.receive(Buffer.from(head));
      expect(server.socket.state).toBe(closes ? "closed" : "open");
      if (header === null) expect(server.sent()).not.toContain("Connection");
      else expect(server.sent()).toContain(header);
    });
  }

  test("an idle connection is closed after the keep-alive timeout, a fresh one after the header timeout", () => {
    const server = line(echoMethod);
    server.connection.tick(15_900);
    expect(server.socket.state).toBe("open");
    server.clock.nowMs = 15_900;
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    server.connection.tick(17_800);
    expect(server.socket.state).toBe("open");
    server.connection.tick(17_901);
    expect(server.socket.state).toBe("closed");
    expect(server.refusals).toEqual([]);
  });

  test("a request line that is none is answered before the rest of the head", () => {
    for (const [text, status] of [
      ["GET /\r\n", 400],
      ["\r\nGET / HTTP/1.1 \r\nHost: a\r\n", 400],
      ["GET / HTTP/2.0\r\nHost", 505],
    ] as const) {
      const server = line(echoMethod);
      for (const character of text) server.connection.receive(Buffer.from(character));
      expect(server.refusals).toEqual([status]);
    }
  });

  test("empty lines behind a request leave the connection idle", () => {
    const server = line(echoMethod);
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    server.connection.receive(Buffer.from("\r\n"));
    expect(server.connection.idle).toBe(true);
    server.connection.tick(3001);
    expect(server.socket.state).toBe("closed");
    expect(server.refusals).toEqual([]);
  });

  test("a head that comes too slowly is answered with 408", () => {
    const server = line(echoMethod);
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\n"));
    server.connection.tick(16_500);
    expect(server.refusals).toEqual([408]);
    expect(server.socket.state).toBe("half");
  });

  test("the time for a head begins with its first byte, however long the connection was idle before", () => {
    const limits = {
      head: { firstMs: 15_000, ceilingMs: 30_000, minRateBytes: 500 },
      body: { firstMs: 15_000, ceilingMs: 0, minRateBytes: 500 },
      keepAliveMs: 60_000,
      writeMs: 0,
      answerMs: 0,
    };
    const server = line(echoMethod, { limits });
    const at = (nowMs: number) => {
      server.clock.nowMs = nowMs;
      server.connection.tick(nowMs);
    };
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    at(40_000);
    // The empty line that some clients send behind a body is one of the bytes.
    server.connection.receive(Buffer.from("\r\n"));
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\n"));
    at(54_900);
    expect(server.refusals).toEqual([]);
    at(55_200);
    expect(server.refusals).toEqual([408]);
  });

  test("every 500 bytes earn a second, up to the ceiling", () => {
    const server = line(echoMethod);
    server.connection.receive(Buffer.from(`GET / HTTP/1.1\r\nX: ${"a".repeat(4980)}`));
    server.connection.tick(25_000);
    expect(server.refusals).toEqual([]);
    server.connection.tick(26_100);
    expect(server.refusals).toEqual([408]);
  });
});

describe("pipelining", () => {
  test("requests are answered in order, however they are cut", () => {
    const requests = Array.from({ length: 20 }, (_, i) => `GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
    const bytes = Buffer.from(requests);
    const server = line(echoMethod);
    server.connection.receive(bytes.subarray(0, 100));
    server.connection.receive(bytes.subarray(100));
    const targets = [...server.sent().matchAll(/GET \/(\d+)/g)].map((match) => Number(match[1]));
    expect(targets).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test("what is pipelined behind a request waits until it is answered, and is bounded", () => {
    let first: Exchange | undefined;
    const server = line((exchange) => {
      if (exchange.head.path === "/slow") first = exchange;
      else echoMethod(exchange);
    });
    server.connection.receive(
      Buffer.from("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n"),
    );
    expect(server.seen.length).toBe(1);
    server.connection.receive(Buffer.from("GET /more HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3000)));
    expect(server.socket.paused).toBe(true);
    first?.send(ok, "slow");
    expect(server.seen.length).toBe(3002);
    expect(server.socket.paused).toBe(false);
  });

  test("thousands of pipelined requests don't nest", () => {
    const server = line(echoMethod);
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20_000)));
    expect(server.seen.length).toBe(20_000);
  });
});

describe("bodies", () => {
  const expectContinue = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";

  test("100 Continue is sent when the body is first wanted, once", () => {
    const server = line(collect);
    server.connection.receive(Buffer.from(expectContinue));
    expect(server.sent()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    server.connection.receive(Buffer.from("abc"));
    expect(server.sent()).toEndWith("\r\n\r\nabc");
    expect(server.sent().split("100 Continue").length).toBe(2);
  });

  test("a refusal without reading sends no 100 and closes", () => {
    const server = line((exchange) => exchange.send(responseHead(403, []), "no"));
    server.connection.receive(Buffer.from(expectContinue));
    expect(server.sent()).toStartWith("HTTP/1.1 403");
    expect(server.sent()).toContain("Connection: close");
    expect(server.socket.state).toBe("half");
  });

  test("a small unread body is swallowed and the connection kept", () => {
    const server = line(echoMethod);
    server.connection.receive(Buffer.from("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234"));
    server.connection.receive(Buffer.from("56789GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"));
    expect(server.seen.map((exchange) => exchange.head.path)).toEqual(["/1", "/2"]);
    expect(server.socket.state).toBe("open");
  });

  test("nobody reads: the client is stopped after a bounded amount", () => {
    const server = line(() => undefined);
    server.connection.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n"));
    server.connection.receive(Buffer.alloc(200_000));
    expect(server.socket.paused).toBe(true);
    server.seen[0]?.body?.pull(200_000);
    expect(server.socket.paused).toBe(false);
  });

  test("a body announced as too long is refused before anything sees it", () => {
    const server = line(collect);
    server.connection.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n"));
    expect(server.refusals).toEqual([413]);
    expect(server.seen).toEqual([]);
  });

  test("a chunked body that grows too long is refused", () => {
    const server = line(collect);
    server.connection.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    server.connection.receive(Buffer.from(`f4241\r\n${"a".repeat(1_000_001)}`));
    expect(server.refusals).toEqual([413]);
  });

  test("a body that stalls is answered with 408", () => {
    const server = line(collect);
    server.connection.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"));
    server.connection.tick(16_200);
    expect(server.refusals).toEqual([408]);
  });

  test("a client that closes in the middle is reported to whoever reads", () => {
    const failures: string[] = [];
    const server = line((exchange) => {
      collect(exchange);
      if (exchange.owner !== null) exchange.owner.bodyFailed = (_exchange, why) => void failures.push(why);
    });
    server.connection.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"));
    server.connection.ended();
    expect(failures).toEqual(["the client closed the connection in the middle of the body"]);
  });
});

const streamed = (status: number, fields: [string, string][]) => (exchange: Exchange) => {
  exchange.start(responseHead(status, fields), Buffer.from("he"));
  exchange.write(Buffer.from("llo"));
  exchange.end();
};
const bodyOf = (server: Line) => server.sent().slice(server.sent().indexOf("\r\n\r\n") + 4);

describe("responses", () => {
  const get = Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  test("of unknown length are chunked", () => {
    const server = line(streamed(200, []));
    server.connection.receive(get);
    expect(server.sent()).toContain("Transfer-Encoding: chunked");
    expect(bodyOf(server)).toBe("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
  });

  test("of unknown length to HTTP/1.0 end with the connection", () => {
    const server = line(streamed(200, []));
    server.connection.receive(Buffer.from("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    expect(bodyOf(server)).toBe("hello");
    expect(server.socket.state).toBe("closed");
  });

  test("of known length are sent as they are, and no more than that", () => {
    const server = line(streamed(200, [["Content-Length", "4"]]));
    server.connection.receive(get);
    expect(bodyOf(server)).toBe("hell");
    expect(server.socket.state).toBe("open");
  });

  test("shorter than their length are reset", () => {
    const server = line(streamed(200, [["Content-Length", "9"]]));
    server.connection.receive(get);
    expect(server.socket.state).toBe("reset");
    expect(server.ends).toEqual([{ whole: false, bodyBytes: 5 }]);
  });

  test("that fail are reset without a last chunk", () => {
    const server = line((exchange) => {
      exchange.start(ok, Buffer.from("half"));
      exchange.fail();
    });
    server.connection.receive(get);
    expect(server.socket.state).toBe("reset");
    expect(server.sent()).toEndWith("4\r\nhalf\r\n");
  });

  for (const status of [204, 304]) {
    test(`with ${status} have no body and no framing`, () => {
      const server = line(streamed(status, [["Content-Length", "5"]]));
      server.connection.receive(get);
      expect(bodyOf(server)).toBe("");
      expect(server.sent()).not.toContain("Content-Length");
      expect(server.socket.state).toBe("open");
    });
  }

  test("to HEAD keep the length and lose the body", () => {
    const server = line(streamed(200, [["Content-Length", "5"]]));
    server.connection.receive(Buffer.from("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"));
    expect(server.sent()).toContain("Content-Length: 5");
    expect(bodyOf(server)).toBe("");
  });

  test("that the socket does not take are kept, and their bytes reported when they have left", () => {
    const sent: number[] = [];
    const server = line((exchange) => {
      exchange.owner = {
        bodyComplete: () => undefined,
        bodyArrived: () => undefined,
        bodyFailed: () => undefined,
        sent: (_exchange, bytes) => void sent.push(bytes),
        gone: () => undefined,
        stalled: () => undefined,
      };
      exchange.start(responseHead(200, [["Content-Length", "1000"]]), null);
      server.socket.room = 100;
      exchange.write(Buffer.alloc(600, "x"));
    });
    server.connection.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"));
    expect(sent).toEqual([]);
    server.socket.room = Infinity;
    server.connection.drain();
    expect(sent).toEqual([600]);
  });

  test("that the client does not take for too long are reset", () => {
    const server = line((exchange) => {
      server.socket.room = 10;
      exchange.send(ok, "x".repeat(1000));
    });
    server.connection.receive(get);
    server.connection.tick(2000);
    server.connection.tick(63_000);
    expect(server.socket.state).toBe("reset");
  });

  test("are announced as the last while the server drains", () => {
    const server = line(echoMethod, { state: { draining: true } });
    server.connection.receive(get);
    expect(server.sent()).toContain("Connection: close");
    expect(server.socket.state).toBe("closed");
  });
});

test("a client that half-closes after its request still gets the answer", () => {
  let pending: Exchange | undefined;
  const server = line((exchange) => void (pending = exchange));
  server.connection.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  server.connection.ended();
  expect(server.socket.state).toBe("open");
  pending?.send(ok, "late");
  expect(server.sent()).toEndWith("late");
  expect(server.socket.state).toBe("closed");
});

const getOf = (path: string) => `GET /${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe("a client that pipelines and half-closes", () => {
  const cut = "POST /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc";
  for (const [name, rest, answered] of [
    ["gets all its answers", getOf("2") + getOf("3"), ["/1", "/2", "/3"]],
    ["gets none for half a head", `${getOf("2")}GET /never HTTP/1.1\r\n`, ["/1", "/2"]],
    ["gets none for half a body", getOf("2") + cut, ["/1", "/2"]],
  ] as const) {
    test(name, () => {
      const pending: Exchange[] = [];
      const server = line((exchange) => {
        if (exchange.body === null) return void pending.push(exchange);
        collect(exchange);
        if (exchange.owner !== null) exchange.owner.bodyFailed = () => exchange.fail();
      });
      server.connection.receive(Buffer.from(getOf("1") + rest));
      server.connection.ended();
      for (let next = pending.shift(); next !== undefined; next = pending.shift()) next.send(ok, next.head.path);
      expect([...server.sent().matchAll(/\r\n\r\n(\/\d)/g)].map((match) => match[1])).toEqual([...answered]);
      expect(server.socket.state).not.toBe("open");
    });
  }
});

test.each([7, 100, 150, 400])("and one that takes %d bytes at a time, all that are ready at once", (room) => {
  const server = line(echoMethod);
  server.socket.room = room;
  server.connection.receive(Buffer.from([1, 2, 3, 4, 5].map((number) => getOf(`${number}`)).join("")));
  server.connection.ended();
  for (let turns = 0; turns < 1000 && server.socket.state === "open"; turns++) {
    server.socket.room = room;
    server.connection.drain();
  }
  expect(server.seen.map(({ head }) => head.path)).toEqual(["/1", "/2", "/3", "/4", "/5"]);
  expect(server.sent().match(/Connection: close/g)).toHaveLength(1);
  expect(server.sent()).toEndWith("GET /5");
  expect(server.socket.state).toBe("closed");
});

test("a client that goes away is reported to whoever answers", () => {
  let gone = 0;
  const server = line((exchange) => {
    collect(exchange);
    exchange.owner ??= {
      bodyComplete: () => undefined,
      bodyArrived: () => undefined,
      bodyFailed: () => undefined,
      sent: () => undefined,
      gone: () => void gone++,
      stalled: () => undefined,
    };
  });
  server.connection.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na"));
  const [exchange] = server.seen;
  if (exchange?.owner) exchange.owner.gone = () => void gone++;
  server.connection.lost();
  expect(gone).toBe(1);
  expect(exchange?.open).toBe(false);
});

test("HEAD is told a length only when somebody knows it", () => {
  const head = Buffer.from("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  for (const [given, body, expected] of [
    [[], "", null],
    [[], "hello", "Content-Length: 5"],
    [[["Content-Length", "7"]], "", "Content-Length: 7"],
  ] as [[string, string][], string, string | null][]) {
    const server = line((exchange) => exchange.send(responseHead(200, given), body));
    server.connection.receive(head);
    if (expected === null) expect(server.sent()).not.toContain("Content-Length");
    else expect(server.sent()).toContain(expected);
    expect(server.sent()).toEndWith("\r\n\r\n");
  }
});

test("a body that is full when its head is handed on says so, since nobody has heard of it", () => {
  const gathered: (boolean | undefined)[] = [];
  const { connection, socket } = line((exchange) => void gathered.push(exchange.body?.gathered), { maxBodyBytes: 0 });
  const head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
  connection.receive(Buffer.from(head + "x".repeat(200_000)));
  expect(gathered).toEqual([true]);
  expect(socket.paused).toBe(true);
});
