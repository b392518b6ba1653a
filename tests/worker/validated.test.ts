/** Every application again, with wsgiref's validator between it and the worker: neither may break PEP 3333. */

import { expect } from "bun:test";
import { join } from "node:path";
import { apps } from "./client.ts";
import { forEachPython } from "./each-python.ts";

const file = join(apps, "hello.py");

const cases = [
  { app: "hello.py", target: "/", body: /^Hello, World!\n$/ },
  { app: "echo.py", target: "/?a=1", body: /"size": 7,/, asked: { body: "content" } },
  { app: "echo.py", target: "/", body: /"size": 300000,/, asked: { body: "part", rest: new Uint8Array(299_996) } },
  { app: "stream.py", target: "/?10x20000", body: /^J{20000}I/ },
  { app: "write_callable.py", target: "/", body: /^one two three four$/ },
  { app: "file_wrapper.py", target: `/?path=${file}&from=4`, body: /^he smallest application/ },
  { app: "slow.py", target: "/now", body: /^done$/ },
  { app: "polite_reader.py", target: "/", body: /^a\nb\nc$/, asked: { body: "a\nb\nc" } },
  { app: "polite_reader.py", target: "/", body: /^a\nb\nc$/, asked: { body: "a", rest: Buffer.from("\nb\nc") } },
  { app: "metrics.py", target: "/", body: /"same_wrapper": true/ },
] as const;

forEachPython(({ start, it }) => {
  for (const { app, target, body, ...rest } of cases) {
    it(`${app} at ${target} keeps to PEP 3333 on both sides`, async () => {
      const environment = { MALT_TEST_APP: app };
      await using worker = await start({ app: "validated.py", environment });
      const asked = "asked" in rest ? rest.asked : {};
      const answer = await (await worker.connect()).fetch(target, asked);
      expect(answer.reason + worker.log().join("\n")).toBe("");
      expect(answer.status).toBe("200 OK");
      expect(answer.body.toString("latin1")).toMatch(body);
    });
  }

  it("failing.py is complained about where it breaks the rules, and answered with the same failures", async () => {
    await using worker = await start({ app: "validated.py", environment: { MALT_TEST_APP: "failing.py" } });
    const front = await worker.connect();
    for (const path of ["before", "after_start", "in_iteration", "too_late", "not_bytes", "no_start"]) {
      expect([path, (await front.fetch(`/${path}`)).how]).toEqual([path, "abort"]);
    }
    expect((await front.fetch("/recovered")).status).toBe("500 Oh No");
  });
});
