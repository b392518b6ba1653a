/** An HTTP/2 connection as its client sees it: streams, responses, bodies, windows and the end. */

import { closeSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import type { Exchange, ExchangeOwner, Field } from "../../../lib/http/exchange.ts";
import {
  Flag,
  frame,
  FrameType,
  PREFACE,
  resetFrame,
  settingsFrame,
  windowUpdateFrame,
} from "../../../lib/http/h2/frames.ts";
import { HpackDecoder } from "../../../lib/http/h2/hpack/decoder.ts";
import { encodeField } from "../../../lib/http/h2/hpack/encoder.ts";
import { responseHead } from "../../../lib/http/response-head.ts";
import { data, get, headers, hello, line, post, silentLine } from "./line.ts";

const ping = (flags: number, text: string): Buffer => frame(FrameType.PING, flags, 0, Buffer.from(text));
const OPEN = Flag.END_HEADERS;
const WINDOW = 4;
const pathed = (path: string): Field[] => get.map(([name, value]) => [name, name === ":path" ? path : value]);

const sized = (bytes: number): Field[] => [...post, ["content-length", `${bytes}`]];

/** An owner that notes what it is told. */
function listen(exchange: Exchange): string[] {
  const told: string[] = [];
  const owner: ExchangeOwner = {
    bodyComplete: () => {
      told.push(exchange.body?.complete === true ? `complete ${exchange.body.take().toString()}` : "full");
    },
    bodyArrived: (_exchange, bytes, last) => void told.push(`arrived ${bytes.toString()}${last ? " last" : ""}`),
    bodyFailed: (_exchange, why) => void told.push(`failed ${why}`),
    sent: (_exchange, bytes) => void told.push(`sent ${bytes}`),
    gone: () => void told.push("gone"),
    stalled: () => void told.push("stalled"),
  };
  exchange.owner = owner;
  return told;
}

describe("streams", () => {
  test("a request is answered", async () => {
    const client = await line(hello);
    await client.send(headers(1, get));
    expect(client.said()).toEqual([
      "HEADERS 1 :status=200 content-type=text/plain content-length=5",
      "DATA 1 end 'GET /'",
    ]);
    expect(client.ends).toEqual([{ whole: true, bodyBytes: 5 }]);
  });

  test("many at once, answered in any order", async () => {
    const client = await line(() => undefined);
    await client.send(...[1, 3, 5].map((id) => headers(id, pathed(`/${id}`))));
    for (const at of [1, 0, 2]) hello(client.seen[at] as Exchange);
    await Promise.resolve();
    expect(client.said().filter((said) => said.startsWith("DATA"))).toEqual([
      "DATA 3 end 'GET /3'",
      "DATA 1 end 'GET /1'",
      "DATA 5 end 'GET /5'",
    ]);
  });

  test("whatever the bytes are cut into", async () => {
    const bytes = Buffer.concat([
      PREFACE,
      settingsFrame([]),
      headers(1, post, OPEN),
      data(1, "body", Flag.END_STREAM),
      headers(3, get, Flag.END_STREAM),
      frame(FrameType.CONTINUATION, Flag.END_HEADERS, 3, encodeField("x", "y")),
    ]);
    for (let size = 1; size < bytes.length; size += 3) {
      const client = silentLine((exchange) => void listen(exchange));
      for (let at = 0; at < bytes.length; at += size) await client.send(bytes.subarray(at, at + size));
      expect(client.seen.map(({ head }) => head.method)).toEqual(["POST", "GET"]);
      expect(client.seen[0]?.body?.complete).toBe(true);
      expect(client.seen[1]?.head.fields).toContainEqual(["x", "y"]);
    }
  });

  test("padding and priority are taken off", async () => {
    const client = await line((exchange) => void listen(exchange));
    const block = Buffer.concat(post.map(([name, value]) => encodeField(name, value)));
    const payload = Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 16]), block, Buffer.alloc(3)]);
    await client.send(
      frame(FrameType.HEADERS, OPEN | Flag.PADDED | Flag.PRIORITY, 1, payload),
      frame(FrameType.DATA, Flag.PADDED, 1, Buffer.from([2, 97, 98, 0, 0])),
    );
    expect(client.seen[0]?.body?.received).toBe(2);
  });

  test("the hundred-and-first is refused, and the next is taken again", async () => {
    const client = await line(() => undefined);
    await client.send(...Array.from({ length: 101 }, (_, n) => headers(2 * n + 1, get)));
    expect(client.seen).toHaveLength(100);
    expect(client.said()).toEqual(["RST_STREAM 201 7"]);
    hello(client.seen[0] as Exchange);
    await client.send(headers(203, get));
    expect(client.seen).toHaveLength(101);
  });

  test("one that the client gives up is nobody's any more", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    await client.send(headers(1, get), resetFrame(1, 8));
    expect(told).toEqual(["gone"]);
    expect(client.seen[0]?.open).toBe(false);
    expect(client.ends).toEqual([{ whole: false, bodyBytes: 0 }]);
    hello(client.seen[0] as Exchange);
    client.seen[0]?.start(responseHead(200, []), Buffer.from("late"));
    client.seen[0]?.sendParts(responseHead(200, []), ["late"]);
    await client.send(headers(3, get));
    expect(client.said()).toEqual([]);
    expect(client.seen).toHaveLength(2);
  });

  test("a malformed request costs its stream only", async () => {
    const client = await line(hello);
    await client.send(headers(1, [...get, ["connection", "close"]]), headers(3, get));
    expect(client.said()[0]).toBe("RST_STREAM 1 1");
    expect(client.seen).toHaveLength(1);
    expect(client.faults).toEqual(["the field connection speaks of the connection"]);
  });

  test("a refused HEAD gets no page, nor does one whose window is too small", async () => {
    const head = pathed("/%zz").map(([name, value]): Field => [name, name === ":method" ? "HEAD" : value]);
    const client = await line(hello, {}, [[WINDOW, 3]]);
    await client.send(headers(1, head), headers(3, pathed("/%zz")));
    expect(client.said()).toEqual([
      "HEADERS 1 end :status=400 content-type=text/html; charset=utf-8",
      "HEADERS 3 end :status=400 content-type=text/html; charset=utf-8",
    ]);
  });

  test("a refused one gets its page", async () => {
    const client = await line(hello);
    await client.send(headers(1, pathed("/%zz")), headers(3, pathed("/%zz"), OPEN));
    expect(client.said()).toEqual([
      "HEADERS 1 :status=400 content-type=text/html; charset=utf-8 content-length=4",
      "DATA 1 end 'page'",
      "HEADERS 3 :status=400 content-type=text/html; charset=utf-8 content-length=4",
      "DATA 3 end 'page'",
      "RST_STREAM 3 0",
    ]);
    expect(client.refusals).toEqual([400, 400]);
  });
});

describe("responses", () => {
  test("fields of HTTP/1 connections are left out, names are lower case", async () => {
    const fields: Field[] = [
      ["X-Mixed", "Case"],
      ["Upgrade", "h2c"],
      ["Proxy-Connection", "close"],
      ["Connection", "close"],
      ["Keep-Alive", "5"],
      ["Transfer-Encoding", "chunked"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ];
    const client = await line((exchange) => exchange.send(responseHead(200, fields, "Fine by me"), ""));
    await client.send(headers(1, get));
    expect(client.said()).toEqual([
      "HEADERS 1 end :status=200 x-mixed=Case set-cookie=a=1 set-cookie=b=2 content-length=0",
    ]);
  });

  test("HEAD has the length and no body", async () => {
    const client = await line(hello);
    await client.send(
      headers(
        1,
        get.map(([name, value]) => [name, name === ":method" ? "HEAD" : value]),
      ),
    );
    expect(client.said()).toEqual(["HEADERS 1 end :status=200 content-type=text/plain content-length=6"]);
  });

  test.each([204, 304])("%d has no body, streamed or not", async (status) => {
    const client = await line((exchange) => {
      if (exchange.head.path === "/whole") return exchange.send(responseHead(status, []), "text");
      listen(exchange);
      exchange.start(responseHead(status, []), Buffer.from("te"));
      exchange.write(Buffer.from("xt"));
      exchange.end();
    });
    await client.send(headers(1, pathed("/whole")), headers(3, get));
    expect(client.said()).toEqual([`HEADERS 1 end :status=${status}`, `HEADERS 3 :status=${status}`, "DATA 3 end ''"]);
    expect(client.ends.every(({ whole }) => whole)).toBe(true);
  });

  test("interim ones come before, and only before", async () => {
    const client = await line((exchange) => {
      exchange.inform?.(responseHead(103, [["Link", "</a.css>"]]));
      hello(exchange);
      exchange.inform?.(responseHead(103, []));
    });
    await client.send(headers(1, get));
    expect(client.said().slice(0, -1)).toEqual([
      "HEADERS 1 :status=103 link=</a.css>",
      "HEADERS 1 :status=200 content-type=text/plain content-length=5",
    ]);
  });

  test("Date and Server of another server are kept", async () => {
    const client = await line((exchange) => exchange.send(responseHead(200, [["Server", "Other"]], "OK", true), ""));
    await client.send(headers(1, get));
    const [head] = client.frames();
    const fields = new HpackDecoder(10_000).decode(head?.payload ?? Buffer.alloc(0));
    expect(fields).toEqual([
      [":status", "200"],
      ["server", "Other"],
      ["content-length", "0"],
    ]);
  });

  test("streamed ones are sent as they are made", async () => {
    const client = await line((exchange) => exchange.start(responseHead(200, []), Buffer.from("one")));
    await client.send(headers(1, get));
    expect(client.said()).toEqual(["HEADERS 1 :status=200", "DATA 1 'one'"]);
    client.seen[0]?.write(Buffer.from("two"));
    client.seen[0]?.end();
    await Promise.resolve();
    expect(client.said()).toEqual(["DATA 1 'two'", "DATA 1 end ''"]);
  });

  test("one that fails, or is shorter than it says, is reset", async () => {
    const length: Field[] = [["Content-Length", "10"]];
    const client = await line((exchange) => {
      exchange.start(responseHead(200, length), Buffer.from("half"));
      if (exchange.head.path === "/fail") exchange.fail();
      else exchange.end();
    });
    await client.send(headers(1, pathed("/fail")), headers(3, get));
    expect(client.said().filter((said) => said.startsWith("RST"))).toEqual(["RST_STREAM 1 2", "RST_STREAM 3 2"]);
    expect(client.ends).toEqual([
      { whole: false, bodyBytes: 4 },
      { whole: false, bodyBytes: 4 },
    ]);
  });

  test("what is longer than its Content-Length is cut there", async () => {
    const client = await line((exchange) => {
      exchange.start(responseHead(200, [["Content-Length", "4"]]), Buffer.from("tex"));
      exchange.write(Buffer.from("tttt"));
      exchange.end();
    });
    await client.send(headers(1, get));
    expect(client.said().slice(1)).toEqual(["DATA 1 'tex'", "DATA 1 't'", "DATA 1 end ''"]);
  });

  test("a head that is larger than a frame goes in several", async () => {
    const fields = Array.from({ length: 40 }, (_, n): Field => [`x-${n}`, "~".repeat(1000)]);
    const client = await line((exchange) => exchange.send(responseHead(200, fields), ""));
    await client.send(headers(1, get));
    const frames = client.frames();
    expect(frames.map(({ type, flags }) => [type, flags])).toEqual([
      [FrameType.HEADERS, Flag.END_STREAM],
      [FrameType.CONTINUATION, 0],
      [FrameType.CONTINUATION, Flag.END_HEADERS],
    ]);
    expect(Math.max(...frames.map(({ payload }) => payload.length))).toBe(16_384);
  });

  test("files and text between them are sent in order, at the pace of the windows", async () => {
    const name = join(tmpdir(), `malt-${crypto.randomUUID()}`);
    writeFileSync(name, "0123456789".repeat(10_000));
    const client = await line((exchange) => {
      const slices = [
        { fd: openSync(name, "r"), offset: 5, length: 10 },
        "--",
        { fd: openSync(name, "r"), offset: 0, length: 70_000 },
        { fd: openSync(name, "r"), offset: 0, length: 0 },
        "",
      ];
      exchange.sendParts(responseHead(200, [["Content-Length", "70012"]]), slices);
    });
    await client.send(headers(1, get));
    const first = client.frames().filter(({ type }) => type === FrameType.DATA);
    expect(Buffer.concat(first.map(({ payload }) => payload))).toHaveLength(65_535);
    await client.send(windowUpdateFrame(0, 100_000), windowUpdateFrame(1, 100_000));
    const rest = client.frames().filter(({ type }) => type === FrameType.DATA);
    const all = Buffer.concat([...first, ...rest].map(({ payload }) => payload)).toString();
    expect(all).toBe(`5678901234--${"0123456789".repeat(7000)}`);
    expect(rest.at(-1)?.flags).toBe(Flag.END_STREAM);
    unlinkSync(name);
  });

  test("a file that is shorter than it says is a reset, and its descriptors are closed", async () => {
    const name = join(tmpdir(), `malt-${crypto.randomUUID()}`);
    writeFileSync(name, "short");
    const fd = openSync(name, "r");
    const client = await line((exchange) =>
      exchange.sendParts(responseHead(200, [["Content-Length", "10"]]), [{ fd, offset: 0, length: 10 }]),
    );
    await client.send(headers(1, get));
    expect(client.said().at(-1)).toBe("RST_STREAM 1 2");
    expect(() => closeSync(fd)).toThrow();
    unlinkSync(name);
  });
});

describe("bodies of requests", () => {
  test("complete when the stream ends; trailers are checked and forgotten", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    const trailers = headers(1, [["x-trailer", "1"]]);
    await client.send(headers(1, [...post, ["content-length", "6"]], OPEN), data(1, "abc"), data(1, "def"), trailers);
    expect(told).toEqual(["complete abcdef"]);
  });

  test("pulled bytes are given as they come, and no more than was asked for", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    await client.send(headers(1, post, OPEN), data(1, "abcdef"));
    client.seen[0]?.body?.pull(4);
    client.seen[0]?.body?.pull(10);
    await client.send(data(1, "ghi"), data(1, "", Flag.END_STREAM));
    expect(told).toEqual(["arrived abcd", "arrived ef", "arrived ghi", "arrived  last"]);
  });

  test.each([
    ["shorter", [data(1, "ab", Flag.END_STREAM)]],
    ["longer", [data(1, "abcd")]],
    ["ended by a trailer too early", [data(1, "ab"), headers(1, [["x", "y"]])]],
  ])("one that is %s than it says is malformed", async (_name, frames) => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    await client.send(headers(1, [...post, ["content-length", "3"]], OPEN), ...frames);
    expect(told).toEqual(["gone"]);
    expect(client.said()).toEqual(["RST_STREAM 1 1"]);
  });

  test("one that is announced and missing is malformed", async () => {
    const client = await line(hello);
    await client.send(headers(1, [...post, ["content-length", "3"]]));
    expect(client.said()).toEqual(["RST_STREAM 1 1"]);
    expect(client.seen).toEqual([]);
  });

  test("pseudo-fields in a trailer are malformed, and HEADERS in the middle of a body", async () => {
    const client = await line((exchange) => void listen(exchange));
    await client.send(headers(1, post, OPEN), headers(1, [[":path", "/"]]));
    await client.send(headers(3, post, OPEN), headers(3, [["x", "y"]], OPEN));
    expect(client.said()).toEqual(["RST_STREAM 1 1", "RST_STREAM 3 1"]);
  });

  test("one without a length is waited for, until it is known to be none, or how long it is", async () => {
    const client = await line(hello, { unsizedBodies: false });
    await client.send(headers(1, get, OPEN), headers(3, post, OPEN), data(3, "abc"));
    expect(client.seen).toEqual([]);
    await client.send(data(1, "", Flag.END_STREAM), data(3, "def", Flag.END_STREAM));
    expect(client.seen.map(({ body }) => body?.length ?? null)).toEqual([null, 6]);
    expect(client.seen[1]?.head.fieldEnviron).toEndWith("\0CONTENT_LENGTH\x006");
    expect(client.seen[0]?.head.fieldEnviron).not.toContain("CONTENT_LENGTH");
  });

  test("one without a length that is larger than the first window is handed on as such", async () => {
    const client = await line((exchange) => void listen(exchange), { unsizedBodies: false });
    await client.send(headers(1, post, OPEN), ...Array.from({ length: 5 }, () => data(1, Buffer.alloc(16_384))));
    expect(client.seen).toEqual([]);
    await client.send(data(1, Buffer.alloc(16_384)));
    expect(client.seen.map(({ body }) => body?.length)).toEqual([-1]);
  });

  test("one that is more than is kept is told of before its end", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    await client.send(
      headers(1, sized(200_000), OPEN),
      ...Array.from({ length: 5 }, () => data(1, Buffer.alloc(16_384))),
    );
    expect(told).toEqual([]);
    await client.send(data(1, Buffer.alloc(10_000)));
    expect(told).toEqual(["full"]);
  });

  test("where those are wanted, one without a length is handed on with its first bytes", async () => {
    const client = await line((exchange) => void listen(exchange), { unsizedBodies: true });
    await client.send(headers(1, post, OPEN), data(1, ""));
    expect(client.seen).toEqual([]);
    await client.send(data(1, "a"));
    expect(client.seen.map(({ body }) => body?.length)).toEqual([-1]);
  });

  test("one that is waited for is given up with its stream, or when it comes too slowly", async () => {
    const client = await line(hello);
    await client.send(headers(1, post, OPEN), resetFrame(1, 8), headers(3, post, OPEN));
    await client.tick(17_000);
    expect([client.seen, client.refusals]).toEqual([[], [408]]);
  });

  test("100 Continue is sent when the body is first wanted, once", async () => {
    const client = await line((exchange) => void listen(exchange));
    await client.send(headers(1, [...post, ["expect", "100-continue"], ["content-length", "3"]], OPEN));
    expect(client.said()).toEqual([]);
    client.seen[0]?.body?.pull(1);
    client.seen[0]?.body?.pull(1);
    await Promise.resolve();
    expect(client.said()).toEqual(["HEADERS 1 :status=100"]);
  });

  test("an answer before the end of the body asks the client to stop, and what crosses is swallowed", async () => {
    const client = await line(hello);
    await client.send(headers(1, sized(100), OPEN));
    expect(client.said().slice(1)).toEqual(["DATA 1 end 'POST /'", "RST_STREAM 1 0"]);
    await client.send(data(1, "crossing"), data(1, "", Flag.END_STREAM), headers(3, get));
    expect(client.said()).toHaveLength(2);
    expect(client.socket.state).toBe("open");
  });

  test("one that is announced as too long is 413 before anything sees it, one that becomes so later", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)), { maxBodyBytes: 10 });
    await client.send(headers(1, [...post, ["content-length", "11"]], OPEN));
    expect([client.seen.length, client.said()[0], client.refusals]).toEqual([
      0,
      "HEADERS 1 :status=413 content-type=text/html; charset=utf-8 content-length=4",
      [413],
    ]);
    await client.send(headers(3, post, OPEN), data(3, "0123456789"));
    expect(client.refusals).toEqual([413]);
    await client.send(data(3, "0"));
    expect(client.refusals).toEqual([413, 413]);
    expect(told).toEqual(["failed the body is larger than --limit-request-body allows", "gone"]);
  });

  test("a client that sends more than its window gets its stream reset", async () => {
    const client = await line((exchange) => void listen(exchange));
    const frames = Array.from({ length: 7 }, () => data(1, Buffer.alloc(16_384)));
    await client.send(headers(1, post, OPEN), ...frames);
    expect(client.said()).toEqual(["RST_STREAM 1 3"]);
  });

  test("a stream that is read may send on, one that isn't may not", async () => {
    const client = await line((exchange) => void listen(exchange), { maxBodyBytes: 0 });
    const sendFull = (id: number): Promise<void> =>
      client.send(...Array.from({ length: 6 }, () => data(id, Buffer.alloc(16_384))));
    await client.send(headers(1, post, OPEN), headers(3, post, OPEN));
    await sendFull(1);
    await sendFull(3);
    client.seen[0]?.body?.pull(1_000_000);
    await Promise.resolve();
    for (let round = 0; round < 10; round++) await sendFull(1);
    expect(client.said()).toEqual([]);
    expect(client.seen[0]?.body?.received).toBe(11 * 98_304);
    await client.send(data(3, "x"));
    expect(client.said()).toEqual(["RST_STREAM 3 3"]);
  });
});

const large = (exchange: Exchange): void => {
  listen(exchange);
  exchange.send(responseHead(200, []), Buffer.alloc(100_000, exchange.head.target.charCodeAt(1)));
};
const received = (frames: readonly { type: number; id: number; payload: Buffer }[], id: number): number =>
  frames.reduce(
    (sum, { type, id: of, payload }) => sum + (type === FrameType.DATA && of === id ? payload.length : 0),
    0,
  );

describe("windows for responses", () => {
  test("no more is sent than the connection allows, and streams take turns", async () => {
    const client = await line(large, {}, [[WINDOW, 1_000_000]]);
    await client.send(headers(1, get), headers(3, get), headers(5, get));
    const first = client.frames();
    expect(received(first, 1)).toBe(65_535);
    await client.send(windowUpdateFrame(0, 90_000));
    const second = client.frames();
    const shares = [1, 3, 5].map((id) => received(second, id));
    expect(shares.reduce((sum, bytes) => sum + bytes)).toBe(90_000);
    expect(Math.min(...shares)).toBeGreaterThan(20_000);
    await client.send(windowUpdateFrame(0, 1_000_000));
    expect(client.ends).toEqual([100_000, 100_000, 100_000].map((bodyBytes) => ({ whole: true, bodyBytes })));
  });

  test("a window may be closed and opened again by SETTINGS", async () => {
    const client = await line(large, {}, [[WINDOW, 10]]);
    await client.send(headers(1, get));
    expect(received(client.frames(), 1)).toBe(10);
    await client.send(settingsFrame([[WINDOW, 0]]), windowUpdateFrame(1, 5));
    expect(received(client.frames(), 1)).toBe(0);
    await client.send(settingsFrame([[WINDOW, 8]]));
    expect(received(client.frames(), 1)).toBe(3);
  });

  test("a response without a body needs none", async () => {
    const client = await line((exchange) => exchange.send(responseHead(204, []), ""), {}, [[WINDOW, 0]]);
    await client.send(headers(1, get));
    expect(client.said()).toEqual(["HEADERS 1 end :status=204"]);
  });

  test("an end needs no window, even when the connection has none", async () => {
    const client = await line((exchange) => {
      listen(exchange);
      exchange.start(responseHead(200, []), null);
    });
    await client.send(headers(1, get), headers(3, get));
    client.seen[0]?.write(Buffer.alloc(70_000));
    client.seen[1]?.end();
    await Promise.resolve();
    expect(client.said().at(-1)).toBe("DATA 3 end ''");
  });

  test("too large a window is a fault of the stream or of the connection", async () => {
    const client = await line((exchange) => void listen(exchange));
    await client.send(headers(1, get), windowUpdateFrame(1, 2 ** 31 - 1));
    expect(client.said()).toEqual(["RST_STREAM 1 3"]);
    await client.send(windowUpdateFrame(0, 2 ** 31 - 1));
    expect(client.said()).toEqual(["GOAWAY 1 3"]);
  });

  test("what the socket does not take is kept, within bounds, and the owner hears when it leaves", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)), {}, [[WINDOW, 10_000_000]]);
    await client.send(headers(1, get), windowUpdateFrame(0, 10_000_000));
    client.socket.room = 0;
    client.seen[0]?.start(responseHead(200, []), null);
    await Promise.resolve();
    client.seen[0]?.write(Buffer.alloc(50_000, 1));
    expect(told).toEqual([]);
    client.socket.room = Infinity;
    client.connection.drain();
    await Promise.resolve();
    expect(told.map((words) => Number(words.split(" ")[1])).reduce((sum, bytes) => sum + bytes)).toBe(50_000);
    client.seen[0]?.end();
    expect(client.ends).toEqual([{ whole: true, bodyBytes: 50_000 }]);
  });
});

describe("limits on time", () => {
  test("a connection that is not used is closed, with GOAWAY", async () => {
    const client = await line(hello);
    await client.send(headers(1, get));
    client.said();
    await client.tick(2900);
    expect(client.socket.state).toBe("open");
    await client.tick(3100);
    expect(client.said()).toEqual(["GOAWAY 1 0"]);
    expect(client.socket.state).toBe("half");
    await client.tick(5200);
    expect(client.socket.state).toBe("closed");
  });

  test.each([
    ["preface", [PREFACE.subarray(0, 10)]],
    ["first request", [PREFACE, settingsFrame([])]],
  ])("the %s must come within --header-timeout", async (_name, said) => {
    const client = silentLine(hello);
    await client.send(...said);
    await client.tick(15_900);
    expect(client.socket.state).toBe("open");
    await client.tick(17_000);
    expect(client.socket.state).toBe("half");
  });

  test("a header block must be complete within --header-timeout", async () => {
    const client = await line(hello);
    await client.send(headers(1, get, Flag.END_STREAM));
    await client.tick(17_000);
    expect(client.said()).toEqual(["GOAWAY 0 11"]);
  });

  test("a body that comes too slowly is 408", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    await client.send(headers(1, [...post, ["content-length", "30"]], OPEN), data(1, "some"));
    await client.tick(15_000);
    expect(client.refusals).toEqual([]);
    await client.tick(16_500);
    expect(client.refusals).toEqual([408]);
    expect(told.at(-1)).toBe("gone");
    expect(client.socket.state).toBe("open");
  });

  test("time in which nobody reads a body that fills its window is not the client's", async () => {
    const client = await line((exchange) => void listen(exchange));
    await client.send(headers(1, post, OPEN), ...Array.from({ length: 6 }, () => data(1, Buffer.alloc(16_384))));
    for (let at = 2000; at < 1_000_000; at += 50_000) await client.tick(at);
    expect(client.refusals).toEqual([]);
  });

  test("the owner hears when it says nothing for too long", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    await client.send(headers(1, get));
    await client.tick(60_900);
    expect(told).toEqual([]);
    await client.tick(61_100);
    expect(told).toEqual(["stalled"]);
  });

  test("a stream whose window stays closed is reset, the others go on", async () => {
    let unread = 0;
    const client = await line(hello, { unread: () => void unread++ }, [[WINDOW, 0]]);
    await client.send(headers(1, get));
    await client.tick(2000);
    await client.tick(61_000);
    expect(unread).toBe(0);
    await client.tick(62_100);
    expect([unread, client.said().at(-1), client.socket.state]).toEqual([1, "RST_STREAM 1 8", "open"]);
  });

  test("a client that takes nothing is dropped", async () => {
    const client = await line(hello);
    client.socket.room = 0;
    await client.send(headers(1, get));
    await client.tick(2000);
    await client.tick(63_000);
    expect(client.socket.state).toBe("reset");
  });
});

describe("the end", () => {
  test("a drained connection announces its end, answers what crosses, and then says what it took", async () => {
    const client = await line((exchange) => (exchange.head.path === "/slow" ? void listen(exchange) : hello(exchange)));
    await client.send(headers(1, pathed("/slow")));
    client.context.state.draining = true;
    await client.tick(1100);
    expect(client.said()).toEqual(["GOAWAY 2147483647 0", "PING 0 'leaving!'"]);
    await client.send(headers(3, get));
    expect(client.said().at(-1)).toBe("DATA 3 end 'GET /'");
    await client.send(ping(Flag.ACK, "leaving!"), headers(5, get));
    expect(client.said()).toEqual(["GOAWAY 3 0", "RST_STREAM 5 7"]);
    hello(client.seen[0] as Exchange);
    await Promise.resolve();
    await Promise.resolve();
    expect(client.said().at(-1)).toBe("GOAWAY 3 0");
    expect(client.socket.state).toBe("half");
  });

  test("a client that doesn't answer the ping is told after a second", async () => {
    const client = await line((exchange) => void listen(exchange));
    await client.send(headers(1, get));
    client.context.state.draining = true;
    await client.tick(1100);
    await client.tick(2200);
    expect(client.said().at(-1)).toBe("GOAWAY 1 0");
  });

  test("one that is idle retires at once", async () => {
    const client = await line(hello);
    client.connection.retire();
    await Promise.resolve();
    expect(client.said()).toEqual(["GOAWAY 0 0"]);
    expect(client.socket.state).toBe("half");
    client.connection.ended();
    expect(client.socket.state).toBe("closed");
  });

  test("a client that leaves gets what it asked for", async () => {
    const client = await line((exchange) => void listen(exchange));
    await client.send(headers(1, get), frame(FrameType.GOAWAY, 0, 0, Buffer.alloc(8)));
    expect(client.socket.state).toBe("open");
    hello(client.seen[0] as Exchange);
    await Promise.resolve();
    await Promise.resolve();
    expect(client.socket.state).toBe("half");
  });

  test("a socket that is lost is the end of every stream", async () => {
    const told: string[][] = [];
    const client = await line((exchange) => void told.push(listen(exchange)));
    await client.send(headers(1, get), headers(3, sized(3), OPEN));
    client.connection.lost();
    expect(told).toEqual([["gone"], ["gone"]]);
    expect(client.ends).toHaveLength(2);
  });

  test("half a request at the end of the connection is told to whoever reads it", async () => {
    let told: string[] = [];
    const client = await line((exchange) => void (told = listen(exchange)));
    await client.send(headers(1, post, OPEN), data(1, "half"));
    client.connection.ended();
    await Promise.resolve();
    expect(told).toEqual(["failed the client closed the connection in the middle of the body", "gone"]);
    await client.tick(1100);
    expect(client.socket.state).not.toBe("open");
  });

  test("a client's table size is answered in the next head", async () => {
    const client = await line(hello, {}, [[1, 0]]);
    await client.send(headers(1, get), headers(3, get));
    const blocks = client.frames().filter(({ type }) => type === FrameType.HEADERS);
    expect(blocks.map(({ payload }) => payload[0])).toEqual([0x20, 0x88]);
  });
});
