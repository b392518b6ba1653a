/** Flask as it is deployed. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../harness/folders.ts";
import { frameworkPythons } from "../harness/pythons.ts";
import { start } from "../harness/server.ts";
import { test } from "../harness/test.ts";

const application = join(import.meta.dir, "flask", "app.py");

test("there is a Python with Flask to test with", async () => {
  expect(frameworkPythons.length).toBeGreaterThan(0);
});

for (const python of frameworkPythons) {
  test(`Flask on CPython ${python.version}: routes, forms, sessions, streams, files with ranges and error handlers work`, async () => {
    using home = folder();
    const path = join(home.path, "numbers.bin");
    const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);
    writeFileSync(path, bytes);
    await using server = await start(application, ["--callable-object=app"], {
      python,
      env: { MALT_TEST_FILE: path },
    });

    expect(await server.text("/hello/Zo%C3%AB?like=%F0%9F%A5%83")).toBe("Hello, Zoë! You like 🥃.");

    const form = await server.get("/form", {
      method: "POST",
      body: new URLSearchParams("grain=rye&grain=barley&n=%26"),
    });
    expect(await form.json()).toEqual({ grain: ["rye", "barley"], n: ["&"] });

    let cookie = "";
    for (const count of ["1", "2", "3"]) {
      const visit = await server.get("/visits", { headers: { cookie } });
      expect(await visit.text()).toBe(count);
      cookie = visit.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    }

    const stream = await server.text("/stream");
    expect(stream.split("\n")).toHaveLength(1001);
    expect(stream).toEndWith("part 999\n");

    const whole = await server.get("/file");
    expect(whole.status).toBe(200);
    expect(await whole.bytes()).toEqual(bytes);
    const part = await server.get("/file", { headers: { range: "bytes=100000-100099" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe("bytes 100000-100099/200000");
    expect(await part.bytes()).toEqual(bytes.subarray(100_000, 100_100));
    const beyond = await server.get("/file", { headers: { range: "bytes=200000-" } });
    expect(beyond.status).toBe(416);
    const cached = await server.get("/file", { headers: { "if-none-match": whole.headers.get("etag") ?? "" } });
    expect(cached.status).toBe(304);

    const missing = await server.get("/nowhere");
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ missing: "/nowhere" });
    const divided = await server.get("/divide");
    expect(divided.status).toBe(400);
    expect(await divided.text()).toBe("cannot divide");
    expect((await server.get("/form")).status).toBe(405);
  });
}
