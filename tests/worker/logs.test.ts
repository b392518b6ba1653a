/** What applications print, and where it goes. */

import { expect } from "bun:test";
import { forEachPython } from "./each-python.ts";

forEachPython(({ start, it }) => {
  it("each line printed is one record at level error, tagged with the client", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/lines");
    await worker.logged("five");
    expect(worker.log()).toEqual(["one", "two", "three", "four", "five"]);
    for (const { level, remote, tid } of worker.records()) {
      expect([level, remote]).toEqual(["error", "192.0.2.7:4711"]);
      expect(tid).toBeGreaterThan(0);
    }
  });

  it("a line without an end is written when the request ends, or when it is flushed", async () => {
    await using worker = await start({ app: "printing.py" });
    const front = await worker.connect();
    await front.fetch("/partial");
    await worker.logged("also no end");
    expect(worker.log().toSorted()).toEqual(["also no end", "no end"]);
    await front.fetch("/flushed");
    await worker.logged(" second");
    expect(worker.log().slice(2)).toEqual(["first", " second"]);
    expect(worker.records().every(({ remote }) => remote === "192.0.2.7:4711")).toBe(true);
  });

  it("the unfinished line of a thread that has ended is a line, and not the begin of another thread's", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/threads");
    await worker.logged("from the request");
    expect(worker.log()).toEqual(["left", "over", "from the request"]);
    expect(worker.records().map(({ remote }) => remote)).toEqual([undefined, undefined, "192.0.2.7:4711"]);
  });

  it("text that is no Unicode and bytes that are no UTF-8 are replaced, the rest is kept", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/strange");
    await worker.logged("raw");
    expect(worker.log()).toEqual(["caf\xe9 \u20ac \u{1f943} ? \x07", "raw caf\xe9 \ufffd"]);
  });

  it("long lines are split, and none of it is lost", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/long");
    await worker.until("the end of the line", () => worker.log().join("").length >= 20_000);
    expect(worker.log().map(({ length }) => length)).toEqual([6144, 6144, 6144, 1568]);
  });

  it("megabytes pass, in order", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/much");
    await worker.logged("line 49999 of many");
    const log = worker.log();
    expect(log).toHaveLength(50_000);
    expect(log.every((line, index) => line.startsWith(`line ${index} of many`))).toBe(true);
  });

  it("the streams are those of a process without a terminal", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/facts");
    await worker.logged("no descriptor");
    expect(worker.log()).toEqual(["False utf-8 True ['mod_wsgi']", "no descriptor: fileno"]);
  });

  it("warnings, logging and faulthandler work", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/libraries");
    await worker.logged("from a handler");
    expect(worker.log()).toContainEqual(expect.stringContaining("UserWarning: careful"));
    expect(worker.log()).toContain("from logging");
    worker.send({ kind: "stop", reason: "shutdown_signal" });
    await worker.exited;
    // C code can only write to the descriptor.
    expect(await worker.stderr()).toContain("in libraries");
  });

  it("an application can't take signals away from the server", async () => {
    await using worker = await start({ app: "printing.py" });
    await (await worker.connect()).fetch("/signals");
    await worker.logged("True");
    const prefix = `mod_wsgi (pid=${worker.pid}): `;
    expect(worker.records()[0]).toMatchObject({
      level: "warn",
      text: `${prefix}Callback registration for signal 15 ignored.`,
    });
    expect(worker.records().some(({ level, text }) => level === "warn" && text.includes("in signals"))).toBe(true);
    worker.kill("SIGTERM");
    expect(await worker.exited).toBe(0);
  });
});
