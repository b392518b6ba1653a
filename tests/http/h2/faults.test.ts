/** What breaks an HTTP/2 connection, what floods it, and that no bytes at all can do more than that. */

import { describe, expect, test } from "bun:test";
import type { Exchange } from "../../../lib/http/exchange.ts";
import {
  Flag,
  frame,
  FrameType,
  PREFACE,
  resetFrame,
  settingsFrame,
  windowUpdateFrame,
} from "../../../lib/http/h2/frames.ts";
import { responseHead } from "../../../lib/http/response-head.ts";
import { random } from "../../support/random.ts";
import { data, get, headers, hello, line, post, silentLine, type Line } from "./line.ts";

const NOTHING = Buffer.alloc(0);
const OPEN = Flag.END_HEADERS;
const PROTOCOL = 1;
const FLOW_CONTROL = 3;
const CLOSED = 5;
const SIZE = 6;
const COMPRESSION = 9;
const CALM = 11;

const many = (frames: (n: number) => Buffer): Buffer[] => Array.from({ length: 5000 }, (_, n) => frames(n));

/** The code of the GOAWAY that ended the connection; null while it is open. */
function faultOf(client: Line): number | null {
  const last = client.frames().findLast(({ type }) => type === FrameType.GOAWAY);
  return client.socket.state === "open" ? null : (last?.payload.readUInt32BE(4) ?? -1);
}

describe("faults of the connection", () => {
  const cases: [string, number, Buffer[]][] = [
    ["DATA on no stream", PROTOCOL, [data(0, "x")]],
    ["DATA on a stream that has not begun", PROTOCOL, [data(1, "x")]],
    [
      "padding longer than its frame",
      PROTOCOL,
      [headers(1, post, OPEN), frame(0, Flag.PADDED, 1, Buffer.from([5, 0]))],
    ],
    ["HEADERS on no stream", PROTOCOL, [headers(0, get)]],
    ["HEADERS on an even stream", PROTOCOL, [headers(2, get)]],
    ["streams in falling order", PROTOCOL, [headers(5, get), headers(3, get)]],
    ["HEADERS on a stream that is over", CLOSED, [headers(1, get), headers(1, get)]],
    ["HEADERS padded beyond their end", PROTOCOL, [frame(1, OPEN | Flag.PADDED, 1, Buffer.from([9, 0]))]],
    ["a priority that is cut", PROTOCOL, [frame(1, OPEN | Flag.PRIORITY, 1, Buffer.from([0, 0]))]],
    ["a header block that can't be decoded", COMPRESSION, [frame(1, OPEN, 1, Buffer.from([0x80]))]],
    [
      "a header block that is interrupted",
      PROTOCOL,
      [headers(1, get, 0), frame(FrameType.PING, 0, 0, Buffer.alloc(8))],
    ],
    ["a header block that goes on elsewhere", PROTOCOL, [headers(1, get, 0), frame(9, 4, 3, NOTHING)]],
    ["CONTINUATION of nothing", PROTOCOL, [frame(FrameType.CONTINUATION, 4, 1, NOTHING)]],
    ["PRIORITY on no stream", PROTOCOL, [frame(FrameType.PRIORITY, 0, 0, Buffer.alloc(5))]],
    ["PRIORITY of the wrong size", SIZE, [frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(4))]],
    ["PRIORITY of a stream on itself", PROTOCOL, [frame(FrameType.PRIORITY, 0, 1, Buffer.from([0, 0, 0, 1, 0]))]],
    ["RST_STREAM on no stream", PROTOCOL, [resetFrame(0, 8)]],
    ["RST_STREAM on a stream that has not begun", PROTOCOL, [resetFrame(1, 8)]],
    ["RST_STREAM of the wrong size", SIZE, [headers(1, get), frame(FrameType.RST_STREAM, 0, 1, Buffer.alloc(3))]],
    ["SETTINGS on a stream", PROTOCOL, [frame(FrameType.SETTINGS, 0, 1, NOTHING)]],
    ["SETTINGS that are no list", SIZE, [frame(FrameType.SETTINGS, 0, 0, Buffer.alloc(5))]],
    ["an acknowledgement with settings", SIZE, [frame(FrameType.SETTINGS, Flag.ACK, 0, Buffer.alloc(6))]],
    ["ENABLE_PUSH that is neither", PROTOCOL, [settingsFrame([[2, 2]])]],
    ["too large a window in SETTINGS", FLOW_CONTROL, [settingsFrame([[4, 2 ** 31]])]],
    ["too small a frame size", PROTOCOL, [settingsFrame([[5, 100]])]],
    ["too large a frame size", PROTOCOL, [settingsFrame([[5, 2 ** 24]])]],
    ["PUSH_PROMISE", PROTOCOL, [frame(FrameType.PUSH_PROMISE, 4, 1, Buffer.alloc(4))]],
    ["PING on a stream", PROTOCOL, [frame(FrameType.PING, 0, 1, Buffer.alloc(8))]],
    ["PING of the wrong size", SIZE, [frame(FrameType.PING, 0, 0, Buffer.alloc(7))]],
    ["GOAWAY on a stream", PROTOCOL, [frame(FrameType.GOAWAY, 0, 1, Buffer.alloc(8))]],
    ["GOAWAY that is cut", SIZE, [frame(FrameType.GOAWAY, 0, 0, Buffer.alloc(7))]],
    ["WINDOW_UPDATE of the wrong size", SIZE, [frame(FrameType.WINDOW_UPDATE, 0, 0, Buffer.alloc(3))]],
    ["WINDOW_UPDATE of nothing", PROTOCOL, [windowUpdateFrame(0, 0)]],
    ["WINDOW_UPDATE on a stream that has not begun", PROTOCOL, [windowUpdateFrame(1, 1)]],
    ["a frame that is too large", SIZE, [frame(0, 0, 1, Buffer.alloc(16_385))]],
  ];
  test.each(cases)("%s", async (_name, code, frames) => {
    const client = await line(hello);
    await client.send(...frames);
    expect(faultOf(client)).toBe(code);
    expect(client.faults).toHaveLength(1);
  });

  test.each([
    ["another protocol", [Buffer.from("GET / HTTP/1.1\r\n\r\n")]],
    ["a preface with a slip", [Buffer.from("PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n")]],
    ["no SETTINGS behind the preface", [PREFACE, headers(1, get)]],
  ])("%s", async (_name, said) => {
    const client = silentLine(hello);
    await client.send(...said);
    expect(faultOf(client)).toBe(PROTOCOL);
  });

  test("ends every stream, and nothing is taken after it", async () => {
    let gone = 0;
    const client = await line((exchange) => {
      exchange.owner = { gone: () => void gone++ } as unknown as Exchange["owner"];
    });
    await client.send(headers(1, get), headers(3, get), headers(2, get), headers(5, get));
    expect([gone, client.seen.length]).toEqual([2, 2]);
  });
});

describe("faults of a stream", () => {
  test.each([
    ["DATA behind its end", [headers(1, get), data(1, "x")], "RST_STREAM 1 5"],
    ["HEADERS behind its end", [headers(1, get), headers(1, get)], "RST_STREAM 1 5"],
    ["WINDOW_UPDATE of nothing", [headers(1, get), windowUpdateFrame(1, 0)], "RST_STREAM 1 1"],
    [
      "a stream that depends on itself",
      [
        frame(
          1,
          OPEN | Flag.END_STREAM | Flag.PRIORITY,
          1,
          Buffer.concat([Buffer.from([0, 0, 0, 1, 0]), headers(1, get).subarray(9)]),
        ),
      ],
      "RST_STREAM 1 1",
    ],
  ])("%s", async (_name, frames, said) => {
    const client = await line(() => undefined);
    await client.send(...frames);
    expect(client.said()).toEqual([said]);
    expect(client.socket.state).toBe("open");
  });

  test("frames for a stream that is over are no fault, or one of that stream", async () => {
    const client = await line(hello);
    await client.send(headers(1, get), windowUpdateFrame(1, 1), resetFrame(1, 8), frame(2, 0, 1, Buffer.alloc(5)));
    client.said();
    await client.send(data(1, "x"));
    expect(client.said()).toEqual(["RST_STREAM 1 5"]);
    expect(client.socket.state).toBe("open");
  });

  test("frames and settings that are not known are ignored", async () => {
    const client = await line(hello, {}, [[99, 1]]);
    await client.send(frame(99, 255, 7, Buffer.from("?")), headers(1, get));
    expect(client.said()).toHaveLength(2);
  });
});

describe("floods end the connection before they cost anything", () => {
  const cases: [string, Buffer[]][] = [
    ["pings", many(() => frame(FrameType.PING, 0, 0, Buffer.alloc(8)))],
    ["settings", many(() => settingsFrame([[4, 1]]))],
    ["acknowledgements", many(() => frame(FrameType.SETTINGS, Flag.ACK, 0, NOTHING))],
    ["priorities", many(() => frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(5)))],
    ["unknown frames", many(() => frame(200, 0, 0, NOTHING))],
    ["empty DATA", [headers(1, post, OPEN), ...many(() => data(1, ""))]],
    [
      "padding without DATA",
      [headers(1, post, OPEN), ...many(() => frame(0, Flag.PADDED, 1, Buffer.from([3, 0, 0, 0])))],
    ],
    ["windows that grow by a byte", many(() => windowUpdateFrame(0, 1))],
    ["windows of a stream that grow by a byte", [headers(1, get), ...many(() => windowUpdateFrame(1, 1))]],
    ["empty CONTINUATION", [headers(1, get, 0), ...many(() => frame(FrameType.CONTINUATION, 0, 1, NOTHING))]],
    [
      "large CONTINUATION",
      [headers(1, get, 0), ...many(() => frame(FrameType.CONTINUATION, 0, 1, Buffer.alloc(16_384)))],
    ],
    ["rapid resets", many((n) => Buffer.concat([headers(2 * n + 1, get), resetFrame(2 * n + 1, 8)]))],
    ["streams that we have to reset", many((n) => headers(2 * n + 1, [...get, ["connection", "x"]]))],
    [
      "resets made by WINDOW_UPDATE",
      many((n) => Buffer.concat([headers(2 * n + 1, get), windowUpdateFrame(2 * n + 1, 0)])),
    ],
    ["streams beyond the limit", many((n) => headers(2 * n + 1, get))],
    [
      "a header list from a small block",
      [
        headers(1, [...get, ["x", "y".repeat(3000)]]),
        frame(
          1,
          OPEN,
          3,
          Buffer.concat([
            Buffer.from([0x40, 1, 97, 0x7f, 0x81, 0x17]),
            Buffer.alloc(3072, 120),
            Buffer.alloc(12_000, 0xbe),
          ]),
        ),
      ],
    ],
  ];
  test.each(cases)("%s", async (_name, frames) => {
    const client = await line(() => undefined);
    let most = 0;
    for (const bytes of frames) {
      await client.send(bytes);
      if (client.socket.state !== "open") break;
      most++;
    }
    expect(faultOf(client)).toBe(CALM);
    expect(most).toBeLessThan(1200);
    expect(client.seen.length).toBeLessThan(600);
  });

  test("what comes over a long time is none", async () => {
    const client = await line(hello);
    for (let second = 1; second <= 300; second++) {
      client.clock.nowMs += 1000;
      const id = 2 * second - 1;
      await client.send(
        ...Array.from({ length: 20 }, () => frame(FrameType.PING, 0, 0, Buffer.alloc(8))),
        headers(id, get),
      );
    }
    expect(client.seen).toHaveLength(300);
    expect(client.socket.state).toBe("open");
  });

  test("clients that open their windows for each frame that they get go on for ever", async () => {
    const client = await line((exchange) => exchange.send(responseHead(200, []), Buffer.alloc(100)));
    for (let n = 0; n < 3000; n++) {
      await client.send(headers(2 * n + 1, get), windowUpdateFrame(0, 100), windowUpdateFrame(2 * n + 1, 100));
    }
    expect(client.seen).toHaveLength(3000);
    expect(client.socket.state).toBe("open");
  });

  test("a client that takes nothing is stopped, not written for", async () => {
    const fields = Array.from({ length: 20 }, (_, n) => [`x-${n}`, "~".repeat(500)] as const);
    const client = await line((exchange) => exchange.send(responseHead(204, fields), ""));
    client.socket.room = 0;
    let sent = 0;
    while (!client.socket.paused && sent < 10_000) await client.send(headers(2 * sent++ + 1, get));
    expect(sent).toBeLessThan(100);
    client.socket.room = Infinity;
    client.connection.drain();
    expect(client.socket.paused).toBe(false);
  });

  test("windows of one byte cost one small frame each", async () => {
    const client = await line((exchange) => exchange.send(responseHead(200, []), Buffer.alloc(10_000)), {}, [[4, 0]]);
    await client.send(headers(1, get));
    client.frames();
    for (let n = 0; n < 100; n++) await client.send(windowUpdateFrame(1, 1));
    expect(client.frames().map(({ payload }) => payload.length)).toEqual(Array.from({ length: 100 }, () => 1));
  });
});

test("whatever frames come, however they are cut, the connection stays sane", async () => {
  const dice = random(9113);
  for (let round = 0; round < 400; round++) {
    const client = await line((exchange) => (dice(2) === 0 ? hello(exchange) : undefined));
    const bytes = Buffer.concat(
      Array.from({ length: 1 + dice(30) }, () => {
        const id = dice(12);
        switch (dice(8)) {
          case 0:
            return headers(id | 1, dice(4) === 0 ? get.slice(dice(4)) : get, dice(64));
          case 1:
            return headers(id | 1, post, OPEN);
          case 2:
            return data(id, Buffer.alloc(dice(300)), dice(16));
          case 3:
            return windowUpdateFrame(id, dice(2 ** 31));
          case 4:
            return settingsFrame([[dice(8), dice(2 ** 31)]]);
          default:
            return frame(dice(12), dice(256), id, Buffer.from(Array.from({ length: dice(20) }, () => dice(256))));
        }
      }),
    );
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + dice(400);
      await client.send(bytes.subarray(at, end));
      at = end;
    }
    await client.tick(70_000);
    await client.tick(80_000);
    client.connection.lost();
    expect(client.seen.every(({ open }) => !open)).toBe(true);
  }
});
