/** Credit, cancelling, handing back, draining, and many front ends: what keeps one request from harming another. */

import { expect } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FromWorker, ToWorker } from "../../lib/channel/frames.ts";
import { until } from "../harness/until.ts";
import { CREDIT } from "./client.ts";
import { forEachPython } from "./each-python.ts";

/** A file that doesn't exist until `open` makes it: what /slow waits for. */
function gate(): Disposable & { readonly path: string; open(): void } {
  const folder = mkdtempSync(join(tmpdir(), "malt-gate-"));
  const path = join(folder, "gate");
  return {
    path,
    open: () => writeFileSync(path, ""),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

forEachPython(({ start, it }) => {
  it("a response never has more bytes on the way than its credit", async () => {
    await using worker = await start({ app: "stream.py" });
    const front = await worker.connect();
    for (const target of ["/?100x10000", "/?1x1000000"]) {
      const id = front.ask(target, { credit: "hold" });
      const sent = (): number => front.of(id).reduce((sum, { type, payload }) => sum + bodyBytes(type, payload), 0);
      await front.until("the credit to be used up", () => sent() >= CREDIT);
      expect(sent()).toBe(CREDIT);
      // Others are served meanwhile; by then anything sent beyond the credit would have arrived.
      expect((await front.fetch("/?1x10")).how).toBe("end");
      expect(sent()).toBe(CREDIT);
      front.number(ToWorker.GRANT, id, 5);
      await front.until("what was granted", () => sent() === CREDIT + 5);
      front.number(ToWorker.GRANT, id, 1_000_000);
      const answer = await front.answer(id);
      expect([answer.how, answer.body.length]).toEqual(["end", 1_000_000]);
    }
  });

  it("CANCEL ends a response that waits for credit, and its iterable is closed", async () => {
    using closed = gate();
    await using worker = await start({ app: "stream.py", environment: { MALT_TEST_CLOSED: closed.path } });
    const front = await worker.connect();
    const id = front.ask("/?100x10000", { credit: "hold" });
    await front.frame(FromWorker.CHUNK, id, 5);
    front.send(ToWorker.CANCEL, 0, id);
    const answer = await front.answer(id);
    expect([answer.how, answer.reason]).toEqual(["abort", "the client has closed the connection"]);
    expect(readFileSync(closed.path, "utf8")).toMatch(/^closed with \d+ left\n$/);
    expect(worker.records().filter(({ level }) => level !== "debug")).toEqual([]);
  });

  it("CANCEL of a request that was not started means that it never is", async () => {
    using busy = gate();
    await using worker = await start({ app: "slow.py", config: { threads: 1 } });
    const front = await worker.connect();
    const running = front.ask(busy.path);
    await worker.logged("waiting");
    const waiting = front.ask("/never/there");
    front.send(ToWorker.CANCEL, 0, waiting);
    expect((await front.answer(waiting)).how).toBe("return");
    busy.open();
    expect((await front.answer(running)).how).toBe("complete");
  });

  it("requests run side by side, as many as there are threads", async () => {
    using busy = gate();
    await using worker = await start({ app: "slow.py", config: { threads: 5 } });
    const front = await worker.connect();
    const ids = front.askAll([busy.path, busy.path, busy.path, busy.path]);
    expect((await front.fetch("/now")).body.toString()).toBe("done");
    await worker.until("four running requests", () => lastBeat(worker)?.active.length === 4);
    expect(lastBeat(worker)?.active[0]).toMatchObject({ what: `GET ${busy.path}`, id: expect.any(Number) });
    busy.open();
    for (const id of ids) expect((await front.answer(id)).how).toBe("complete");
  });

  it("a finished response does not wait for a request behind it that blocks", async () => {
    using busy = gate();
    await using worker = await start({ app: "slow.py", config: { threads: 1 } });
    const front = await worker.connect();
    const [quick, stuck, ...ahead] = front.askAll(["/now", busy.path, "/now", "/now"], { prefetched: true });
    expect((await front.answer(quick as number)).how).toBe("complete");
    // What no thread can start comes back, and so does what arrives while all are busy.
    for (const id of ahead) expect((await front.answer(id)).how).toBe("return");
    expect((await front.fetch("/now")).how).toBe("return");
    busy.open();
    expect((await front.answer(stuck as number)).how).toBe("complete");
    expect((await front.fetch("/now")).how).toBe("complete");
  });

  it("hundreds of requests in one write are all answered, each once", async () => {
    await using worker = await start({ app: "slow.py", config: { threads: 3 } });
    const front = await worker.connect();
    const ids = front.askAll(Array<string>(500).fill("/now"));
    for (const id of ids) expect((await front.answer(id)).how).toBeOneOf(["complete", "return"]);
    for (const id of ids) expect(front.of(id)).toHaveLength(1);
  });

  it("several front ends are served, whoever comes and goes", async () => {
    using busy = gate();
    await using worker = await start({ app: "slow.py", config: { threads: 2 } });
    const [first, second] = [await worker.connect(), await worker.connect()];
    expect((await first.fetch("/now")).how).toBe("complete");
    const lost = first.ask(busy.path);
    await worker.logged("waiting");
    first.end();
    expect((await second.fetch("/now")).how).toBe("complete");
    busy.open();
    const third = await worker.connect();
    expect((await third.fetch("/now")).how).toBe("complete");
    await worker.until("the lost request to end", () => lastBeat(worker)?.served === 4);
    expect(first.of(lost)).toEqual([]);
  });

  it("a second front end is served at once, although the first one is idle", async () => {
    await using worker = await start({ app: "slow.py", config: { threads: 2 } });
    const first = await worker.connect();
    expect((await first.fetch("/now")).how).toBe("complete");
    const second = await worker.connect();
    const askedAt = performance.now();
    expect((await second.fetch("/now")).how).toBe("complete");
    // Somebody waits in a read from the first one, for five seconds if need be.
    expect(performance.now() - askedAt).toBeLessThan(2500);
  });

  it("DRAIN hands back what was not started and is answered when the rest is done", async () => {
    using busy = gate();
    await using worker = await start({ app: "slow.py", config: { threads: 1 } });
    const [front, other] = [await worker.connect(), await worker.connect()];
    const running = front.ask(busy.path);
    await worker.logged("waiting");
    front.send(ToWorker.DRAIN, 0, 0);
    expect((await front.fetch("/now")).how).toBe("return");
    expect(front.of(0).map(({ type }) => type)).not.toContain(FromWorker.DRAINED);
    busy.open();
    expect((await front.answer(running)).how).toBe("complete");
    await front.frame(FromWorker.DRAINED, 0);
    expect((await front.fetch("/now")).how).toBe("return");
    expect((await other.fetch("/now")).how).toBe("complete");
  });

  it("a front end that breaks the protocol is dropped, and no other", async () => {
    await using worker = await start();
    const [broken, sound] = [await worker.connect(), await worker.connect()];
    broken.raw(new Uint8Array(64).fill(255));
    await until("the connection to end", () => broken.closed);
    expect((await sound.fetch("/")).how).toBe("complete");
  });

  it("bodies, credit and quick requests share a few threads without starving", async () => {
    await using worker = await start({ app: "reader.py", config: { threads: 3 } });
    const front = await worker.connect();
    const rest = new Uint8Array(700_000);
    const asked: number[] = [];
    for (let round = 0; round < 20; round++) {
      asked.push(front.ask("/sizes", { rest }), front.ask("/nothing"), front.ask("/nothing"));
      if (round % 4 === 3) await front.answer(asked.at(-4) ?? 1);
    }
    const outcomes = await Promise.all(asked.map((id) => front.answer(id)));
    for (const { how } of outcomes) expect(how).toBeOneOf(["complete", "return"]);
    const read = outcomes.filter(({ how, body }) => how === "complete" && body.length > 2);
    expect(read.length).toBeGreaterThan(0);
    for (const { body } of read) {
      expect((JSON.parse(body.toString()) as string[]).reduce((sum, size) => sum + Number(size), 0)).toBe(700_000);
    }
  });
});

function bodyBytes(type: number, payload: Buffer): number {
  if (type === FromWorker.CHUNK) return payload.length;
  return type === FromWorker.RESPONSE ? payload.length - 4 - payload.readUInt32LE() : 0;
}

function lastBeat(worker: { readonly messages: readonly { readonly kind: string }[] }): Beat | undefined {
  return worker.messages.findLast((message): message is Beat => message.kind === "beat");
}

interface Beat {
  readonly kind: "beat";
  readonly served: number;
  readonly active: readonly { readonly what: string; readonly id: number; readonly runningMs: number }[];
}
