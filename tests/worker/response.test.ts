/** What becomes of what an application answers. */

import { expect } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileFlag, FromWorker, ResponseFlag, ToWorker } from "../../lib/channel/frames.ts";
import { until } from "../harness/until.ts";
import { apps } from "./client.ts";
import { forEachPython } from "./each-python.ts";

function temporary(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "malt-response-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const failing = join(apps, "failing.py");

forEachPython(({ start, it }) => {
  it("a body that is a list leaves in one frame", async () => {
    await using worker = await start();
    const answer = await (await worker.connect()).fetch("/");
    expect(answer).toMatchObject({ how: "complete", status: "200 OK" });
    expect(answer.fields).toEqual([
      ["Content-Type", "text/plain"],
      ["Content-Length", "14"],
    ]);
    expect(answer.body.toString()).toBe("Hello, World!\n");
    expect(answer.frames).toHaveLength(1);
  });

  it("an iterable is sent part by part and closed once", async () => {
    using folder = temporary();
    const note = join(folder.path, "closed");
    await using worker = await start({ app: "stream.py", environment: { MALT_TEST_CLOSED: note } });
    const front = await worker.connect();
    const answer = await front.fetch("/?3x5");
    expect(answer.how).toBe("end");
    expect(answer.body.toString()).toBe("CCCCCBBBBBAAAAA");
    expect(answer.fields).toEqual([["Content-Type", "text/plain"]]);
    expect(readFileSync(note, "utf8")).toBe("closed with 0 left\n");
    expect((await front.fetch("/?0x0")).how).toBe("complete");
    expect((await front.fetch("/?2x4!")).fields).toContainEqual(["Content-Length", "8"]);
  });

  it("write() sends at once, and what is returned follows", async () => {
    await using worker = await start({ app: "write_callable.py" });
    const answer = await (await worker.connect()).fetch("/");
    expect(answer).toMatchObject({ how: "end", status: "200 OK" });
    expect(answer.body.toString()).toBe("one two three four");
    // write(b"") has sent the head alone.
    expect(answer.frames[0]?.payload.toString()).toEndWith("text/plain");
  });

  it("a failure before anything was sent is an ABORT alone, with its traceback in the log", async () => {
    await using worker = await start({ app: "failing.py" });
    const front = await worker.connect();
    for (const [path, reason] of [
      ["before", "ValueError: failed before the head"],
      ["after_start", "ValueError: failed after start_response"],
      ["system_exit", "SystemExit: 3"],
      ["no_words", "MemoryError"],
      ["no_start", "RuntimeError: response has not been started"],
      ["not_bytes", "TypeError: sequence of byte string values expected, value of type str found"],
      ["bad_length", "ValueError: invalid content length"],
      ["long_header", "ValueError: response header X-Long is longer than the 32768 bytes of --header-buffer-size"],
    ] as const) {
      const answer = await front.fetch(`/${path}`);
      expect([path, answer.how, answer.reason]).toEqual([path, "abort", reason]);
      expect(answer.frames).toHaveLength(1);
      await worker.logged(reason);
    }
    const log = worker.log();
    const first = log.indexOf(`mod_wsgi (pid=${worker.pid}): Exception occurred processing WSGI script '${failing}'.`);
    expect(log.slice(first, first + 2)).toEqual([
      expect.stringContaining("Exception"),
      "Traceback (most recent call last):",
    ]);
    // The first frame shown is the application's.
    expect(log[first + 2]).toContain(`File "${failing}", line`);
    expect(log.some((line) => line.includes("SystemExit exception raised by WSGI script"))).toBe(true);
    expect(worker.records().every(({ remote, level }) => remote === "192.0.2.7:4711" && level === "error")).toBe(true);
    expect((await front.fetch("/recovered")).status).toBe("500 Oh No");
  });

  it("a failure after the head cuts the response off", async () => {
    await using worker = await start({ app: "failing.py" });
    const front = await worker.connect();
    for (const [path, body, reason] of [
      ["in_iteration", "some data", "ValueError: failed in iteration"],
      ["too_late", "sent", "ValueError: after the head was sent"],
      ["again", "sent", "RuntimeError: headers have already been sent"],
      ["too_short", "short", "the response ended 95 bytes short of its Content-Length"],
      ["too_short_stream", "short", "the response ended 95 bytes short of its Content-Length"],
    ] as const) {
      const answer = await front.fetch(`/${path}`);
      expect([path, answer.how, answer.status, answer.body.toString(), answer.reason]).toEqual([
        path,
        "abort",
        "200 OK",
        body,
        reason,
      ]);
      await worker.logged(reason);
    }
    expect(await worker.logged("GET /too_short: the response ended 95 bytes short")).toBeTruthy();
  });

  it("a failing close() is logged and changes nothing", async () => {
    await using worker = await start({ app: "failing.py" });
    const answer = await (await worker.connect()).fetch("/in_close");
    expect([answer.how, answer.body.toString()]).toEqual(["end", "some data"]);
    await worker.logged("ValueError: failed in close");
  });

  it("what exceeds Content-Length is cut", async () => {
    await using worker = await start({ app: "failing.py" });
    const front = await worker.connect();
    for (const [path, how] of [
      ["too_long", "complete"],
      ["too_long_stream", "end"],
    ] as const) {
      const answer = await front.fetch(`/${path}`);
      expect([path, answer.how, answer.body.toString()]).toEqual([path, how, "shor"]);
    }
  });

  it("a part that is all Content-Length announces leaves in one frame, whatever the application does after it", async () => {
    using folder = temporary();
    const gate = join(folder.path, "gate");
    await using worker = await start({ app: "failing.py", environment: { MALT_TEST_GATE: gate } });
    const front = await worker.connect();
    const answer = await front.fetch("/after_all");
    expect([answer.how, answer.body.toString(), answer.frames.length]).toEqual(["complete", "some data", 1]);
    writeFileSync(gate, "");
    await worker.logged("ValueError: failed in close");
    expect(front.of(1)).toHaveLength(1);
  });

  it("HEAD keeps its Content-Length and is never too short", async () => {
    await using worker = await start({ app: "failing.py" });
    const front = await worker.connect();
    for (const path of ["too_short", "too_short_stream"]) {
      const answer = await front.fetch(`/${path}`, { method: "HEAD" });
      expect([path, answer.how]).toEqual([path, "end"]);
      expect(answer.fields).toContainEqual(["Content-Length", "100"]);
    }
  });

  it("a wrapped file is sent by the front end, and closed when that has it open", async () => {
    using folder = temporary();
    const note = join(folder.path, "closed");
    const path = join(folder.path, "file");
    writeFileSync(path, "0123456789".repeat(500));
    await using worker = await start({ app: "file_wrapper.py", environment: { MALT_TEST_CLOSED: note } });
    const front = await worker.connect();
    const id = front.ask(`/?path=${path}&from=1000`, { files: "wait" });
    const frame = await front.frame(FromWorker.RESPONSE, id);
    expect(frame.flags).toBe(ResponseFlag.FILE);
    expect(await Bun.file(note).exists()).toBe(false);
    front.send(ToWorker.FILE_TAKEN, FileFlag.OK, id);
    const answer = await front.answer(id);
    expect(answer.how).toBe("end");
    expect(answer.fields).toContainEqual(["Content-Length", "4000"]);
    expect(answer.file).toMatchObject({ offset: 1000, length: 4000 });
    expect(answer.file?.path).toMatch(new RegExp(`^/proc/${worker.pid}/fd/\\d+$`));
    expect(answer.body.toString()).toBe("");
    expect(readFileSync(note, "utf8")).toBe("closed\n");
  });

  it("a file that the front end can't open is sent as bytes", async () => {
    using folder = temporary();
    const path = join(folder.path, "file");
    writeFileSync(path, "0123456789".repeat(20_000));
    await using worker = await start({ app: "file_wrapper.py" });
    const answer = await (await worker.connect()).fetch(`/?path=${path}&from=5&length=100000`, { files: "refuse" });
    expect([answer.how, answer.file?.length]).toEqual(["end", 100_000]);
    expect(answer.fields.filter(([name]) => name === "Content-Length")).toEqual([["Content-Length", "100000"]]);
    expect(answer.body.toString()).toBe("5678901234".repeat(10_000));
  });

  it("what is no plain file, or was begun with write(), is read by the worker", async () => {
    using folder = temporary();
    const note = join(folder.path, "closed");
    const path = join(folder.path, "file");
    writeFileSync(path, "some text");
    await using worker = await start({ app: "file_wrapper.py", environment: { MALT_TEST_CLOSED: note } });
    const front = await worker.connect();
    const memory = await front.fetch(`/?path=${path}&wrap=memory&from=5`);
    expect([memory.how, memory.file, memory.body.toString()]).toEqual(["end", undefined, "text"]);
    const written = await front.fetch(`/?path=${path}&wrap=written`);
    expect([written.how, written.file, written.body.toString()]).toEqual(["end", undefined, "first:some text"]);
    const short = await front.fetch(`/?path=${path}&length=100`);
    expect([short.how, short.file, short.body.toString()]).toEqual(["abort", undefined, "some text"]);
    await until("the files to be closed", () => readFileSync(note, "utf8").split("\n").length >= 4);
  });

  it("a file for HEAD or 304 is only a head", async () => {
    using folder = temporary();
    const path = join(folder.path, "file");
    writeFileSync(path, "some text");
    await using worker = await start({ app: "file_wrapper.py" });
    const front = await worker.connect();
    const head = await front.fetch(`/?path=${path}`, { method: "HEAD" });
    expect([head.how, head.file, head.body.length]).toEqual(["complete", undefined, 0]);
    expect(head.fields).toContainEqual(["Content-Length", "9"]);
    const unchanged = await front.fetch(`/?path=${path}&status=304%20Not%20Modified`);
    expect([unchanged.how, unchanged.body.length, unchanged.fields.length]).toEqual(["complete", 0, 1]);
  });
});
