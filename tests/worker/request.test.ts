/** What an application is given: the environ and the body. */

import { expect } from "bun:test";
import { BodyFlag, FromWorker, ToWorker } from "../../lib/channel/frames.ts";
import { forEachPython } from "./each-python.ts";

interface Echo {
  readonly environ: Readonly<Record<string, unknown>>;
  readonly size: number;
  readonly sha256: string;
}

forEachPython(({ start, it }) => {
  it("the environ is what the front end sent, on top of what never changes", async () => {
    await using worker = await start({ app: "echo.py" });
    const front = await worker.connect();
    const before = Date.now() * 1000;
    const pairs = {
      PATH_INFO: "/caf\xc3\xa9",
      HTTP_X_EMPTY: "",
      SERVER_SOFTWARE: "Other",
      "mod_wsgi.request_id": "abc",
    };
    const answer = await front.fetch("/p?a=1", { pairs });
    const { environ } = JSON.parse(answer.body.toString()) as Echo;
    expect(environ).toMatchObject({
      REQUEST_METHOD: "GET",
      PATH_INFO: "/caf\xc3\xa9",
      QUERY_STRING: "a=1",
      HTTP_X_EMPTY: "",
      SERVER_SOFTWARE: "Other",
      DOCUMENT_ROOT: "/srv",
      "wsgi.version": [1, 0],
      "wsgi.url_scheme": "http",
      "wsgi.multithread": true,
      "wsgi.multiprocess": false,
      "wsgi.run_once": false,
      "wsgi.input_terminated": true,
      "mod_wsgi.version": [4, 9, 4],
      "apache.version": [2, 4, 62],
      "mod_wsgi.request_id": "abc",
      "mod_wsgi.total_requests": 0,
      "mod_wsgi.thread_requests": 0,
    });
    expect(environ["mod_wsgi.thread_id"]).toBeOneOf([1, 2, 3, 4, 5]);
    for (const key of ["mod_wsgi.daemon_start", "mod_wsgi.script_start"]) {
      expect(environ[key]).toMatch(/^\d{16}$/);
      expect(Number(environ[key])).toBeGreaterThanOrEqual(before - 1_000_000);
      expect(Number(environ[key])).toBeLessThanOrEqual(Date.now() * 1000 + 1_000_000);
    }
    const again = JSON.parse((await front.fetch("/")).body.toString()) as Echo;
    expect(again.environ["mod_wsgi.total_requests"]).toBe(1);
    expect(again.environ).not.toHaveProperty("HTTP_X_EMPTY");
  });

  it("HTTPS decides the scheme and is not seen", async () => {
    await using worker = await start({ app: "echo.py" });
    const front = await worker.connect();
    for (const [value, scheme] of [
      ["on", "https"],
      ["On", "https"],
      ["1", "https"],
      ["off", "http"],
      ["", "http"],
    ] as const) {
      const answer = await front.fetch("/", { pairs: { HTTPS: value } });
      const { environ } = JSON.parse(answer.body.toString()) as Echo;
      expect([value, environ["wsgi.url_scheme"], "HTTPS" in environ]).toEqual([value, scheme, false]);
    }
  });

  it("a body arrives whole, however it is sent", async () => {
    await using worker = await start({ app: "echo.py" });
    const front = await worker.connect();
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7919) >> 5));
    for (const [inline, rest] of [
      [0, 0],
      [60_000, 0],
      [0, 1],
      [10, 200_000],
      [65_536, 2_900_000],
    ] as const) {
      const body = bytes.subarray(0, inline);
      const asked = rest === 0 ? { body } : { body, rest: bytes.subarray(inline, inline + rest) };
      const { size, sha256 } = JSON.parse((await front.fetch("/", asked)).body.toString()) as Echo;
      expect(size).toBe(inline + rest);
      expect(sha256).toBe(new Bun.CryptoHasher("sha256").update(bytes.subarray(0, inline + rest)).digest("hex"));
    }
  });

  it("wsgi.input reads as PEP 3333 says, inline and pulled", async () => {
    await using worker = await start({ app: "reader.py" });
    const front = await worker.connect();
    for (const [how, text, parts] of [
      ["nothing", "abc", []],
      ["all", "a\nb", ["a\nb"]],
      ["minus", "a\nb", ["a\nb"]],
      ["exact", "abcdefghij", ["abcd", "efgh", "ij", ""]],
      ["none", "ab", ["", "a"]],
      ["lines", "one\ntwo\n\nthree", ["one\n", "two\n", "\n", "three"]],
      ["readline", "one\ntwo\nthree\n", ["one\n", "two", "", "\n"]],
      ["readlines", "one\ntwo", ["one\n", "two"]],
      ["hint", "one\ntwo\nthree\nfour", ["one\n", "two\n", "|", "three\n"]],
      ["mixed", "abcd\nefgh\nij", ["abc", "d\n", "ef", "g", "h\nij"]],
      ["close", "abc", ["abc"]],
    ] as const) {
      for (const cut of [text.length, 0, 1, 4]) {
        const body = text.slice(0, cut);
        const asked = cut >= text.length ? { body } : { body, rest: Buffer.from(text.slice(cut)) };
        const answer = await front.fetch(`/${how}`, asked);
        expect([how, cut, JSON.parse(answer.body.toString())]).toEqual([how, cut, [...parts]]);
      }
    }
  });

  it("a body that nobody reads is not pulled", async () => {
    await using worker = await start({ app: "reader.py" });
    const front = await worker.connect();
    const answer = await front.fetch("/nothing", { rest: Buffer.from("unread") });
    expect(answer.frames.map(({ type }) => type)).toEqual([FromWorker.RESPONSE]);
  });

  it("never more of a body is under way than the window", async () => {
    await using worker = await start({ app: "reader.py" });
    const front = await worker.connect();
    const id = front.ask("/sizes", { rest: new Uint8Array(10_000_000) });
    const answer = await front.answer(id);
    const pulled = answer.frames
      .filter(({ type }) => type === FromWorker.PULL)
      .map(({ payload }) => payload.readUInt32LE());
    expect(Math.max(...pulled)).toBeLessThanOrEqual(256 * 1024);
    expect(pulled[0]).toBe(256 * 1024);
    const sizes = JSON.parse(answer.body.toString()) as string[];
    expect(sizes.slice(0, -1).every((size) => size === "100000")).toBe(true);
    expect(sizes.reduce((sum, size) => sum + Number(size), 0)).toBe(10_000_000);
  });

  it("a body that fails raises OSError, again and again", async () => {
    await using worker = await start({ app: "reader.py" });
    const front = await worker.connect();
    for (const body of ["", "start"]) {
      const id = front.ask("/failing", { body, unfinished: true });
      await front.frame(FromWorker.PULL, id);
      front.send(ToWorker.BODY, 0, id, Buffer.from("more"));
      front.send(ToWorker.BODY, BodyFlag.FAILED, id, Buffer.from("--body-timeout"));
      expect(JSON.parse((await front.answer(id)).body.toString())).toEqual([
        "Apache/mod_wsgi request data read error: --body-timeout",
        "Apache/mod_wsgi request data read error: Input is already in error state.",
      ]);
    }
  });

  it("objects of a finished request say so when they are used", async () => {
    await using worker = await start({ app: "keeping.py" });
    const front = await worker.connect();
    await front.fetch("/");
    const answer = await front.fetch("/");
    expect(answer.body.toString().split("\n")).toEqual(Array<string>(5).fill("request object has expired"));
  });
});
