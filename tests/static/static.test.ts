import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createStaticHandler, serveFile } from "../../lib/handlers/static.ts";
import { validatorsOf } from "../../lib/handlers/static-file.ts";
import { formatHttpDate } from "../../lib/http/dates.ts";
import type { Field } from "../../lib/http/exchange.ts";
import { folder } from "../harness/folders.ts";
import { requestHead, type HeadChanges } from "../http/heads.ts";
import { openFilesBelow, recorder, type Sent } from "./recorder.ts";
import { siteSettings } from "./sites.ts";

const home = folder();
afterAll(() => home[Symbol.dispose]());

// The promise of every test here: whatever the answer was, no file is left open.
afterEach(() => expect(openFilesBelow(home.path)).toEqual([]));

const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5);
const ALLOWED = "GET,POST,OPTIONS,HEAD";

/** A file of the past, so that its validators are strong. */
function put(name: string, content: string | Uint8Array): string {
  const path = join(home.path, name);
  writeFileSync(path, content);
  utimesSync(path, MODIFIED / 1000, MODIFIED / 1000);
  return path;
}

const small = put("small.txt", "0123456789");
const largeText = Array.from({ length: 20_000 }, (_, i) => `${i}`.padStart(9, "0")).join("\n");
const large = put("large.txt", largeText);
const empty = put("empty.txt", "");

function serve(path: string, changes: HeadChanges = {}, type: string | undefined = "text/plain"): Sent {
  const { exchange, sent } = recorder(requestHead("/", changes));
  serveFile(exchange, path, type);
  return sent();
}

function get(path: string, ...fields: Field[]): Sent {
  return serve(path, { fields });
}

function etagOf(path: string): string {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return `"${size.toString(16)}-${(mtimeNs / 1000n).toString(16)}"`;
}

describe("methods", () => {
  test.each(["GET", "POST"])("%s gets the content", (method) => {
    const { status, fields, body, length, by } = serve(small, { method });
    expect({ status, fields, body, length, by }).toEqual({
      status: 200,
      fields: {
        "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT",
        ETag: etagOf(small),
        "Accept-Ranges": "bytes",
        "Content-Type": "text/plain",
      },
      body: "0123456789",
      length: 10,
      by: "send",
    });
  });

  test.each([small, large, empty])("HEAD has the fields of GET and no body: %s", (path) => {
    const head = serve(path, { method: "HEAD" });
    const full = serve(path);
    expect(head.fields).toEqual(full.fields);
    expect([head.status, head.length, head.body]).toEqual([200, statSync(path).size, ""]);
  });

  test("OPTIONS says what is allowed", () => {
    expect(serve(small, { method: "OPTIONS" })).toMatchObject({ status: 200, fields: { Allow: ALLOWED }, length: 0 });
  });

  test.each(["PUT", "DELETE", "PATCH", "TRACE", "FOO", "get"])("%s is 405", (method) => {
    expect(serve(small, { method })).toMatchObject({ status: 405, fields: { Allow: ALLOWED } });
  });
});

describe("content", () => {
  test("a large file is handed over as a slice", () => {
    expect(get(large)).toMatchObject({ status: 200, body: largeText, length: largeText.length, by: "sendParts" });
  });

  test.each([
    ["HTTP/1.1", 128 * 1024, "send"],
    ["HTTP/1.1", 128 * 1024 + 1, "sendParts"],
    ["HTTP/2.0", 16 * 1024, "send"],
    ["HTTP/2.0", 16 * 1024 + 1, "sendParts"],
  ] as const)("over %s %d bytes go by %s", (version, size, by) => {
    expect(serve(put("edge.bin", new Uint8Array(size)), { version })).toMatchObject({ length: size, by });
  });

  test("an empty file", () => {
    expect(get(empty)).toMatchObject({ status: 200, body: "", length: 0 });
  });

  test("bytes arrive as they are", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(get(put("bytes.bin", bytes)).body).toBe(Buffer.from(bytes).toString("latin1"));
  });

  test("a file without a known type has no Content-Type", () => {
    const { exchange, sent } = recorder(requestHead("/"));
    serveFile(exchange, small, undefined);
    expect(sent().fields).not.toHaveProperty("Content-Type");
  });

  test.each(["a b", "%41", 'quote"', "-rf", "caf\u00e9", "new\nline", "..."])("a file of the name %j", (name) => {
    const path = put(name, name);
    expect(get(Buffer.from(path).toString("latin1")).body).toBe(Buffer.from(name).toString("latin1"));
  });

  test("a name that is no text in any encoding", () => {
    const path = Buffer.concat([Buffer.from(`${home.path}/`), Buffer.from([0xff, 0xfe, 0x01])]);
    writeFileSync(path, "found");
    expect(get(path.toString("latin1")).body).toBe("found");
  });
});

describe("validators", () => {
  test("a file changed within the last second has a weak tag", () => {
    const path = put("fresh.txt", "x");
    const now = MODIFIED + 1000;
    expect(serve(path, { startedUs: now * 1000 }).fields["ETag"]).toBe(`W/${etagOf(path)}`);
    expect(serve(path, { startedUs: (now + 1) * 1000 }).fields["ETag"]).toBe(etagOf(path));
  });

  test("a file from the future was modified now (RFC 9110 §8.8.2.1)", () => {
    const now = MODIFIED - 3_600_000;
    const { fields } = serve(small, { startedUs: now * 1000 });
    expect(fields["Last-Modified"]).toBe(formatHttpDate(now));
    expect(fields["ETag"]).toStartWith("W/");
  });

  test("two versions of a file differ in their tag by size or microsecond", () => {
    const path = put("version.txt", "one");
    const first = get(path).fields["ETag"];
    utimesSync(path, MODIFIED / 1000 + 0.000_01, MODIFIED / 1000 + 0.000_01);
    const second = get(path).fields["ETag"];
    put("version.txt", "three");
    expect(new Set([first, second, get(path).fields["ETag"]]).size).toBe(3);
  });

  test("a file from before 1970", () => {
    const path = put("old.txt", "old");
    execFileSync("touch", ["-d", "@-86400", path]);
    expect(get(path).fields).toMatchObject({
      "Last-Modified": "Wed, 31 Dec 1969 00:00:00 GMT",
      ETag: expect.stringMatching(/^"3-f[0-9a-f]{15}"$/),
    });
  });

  test("a file from before the first year that a date can say", () => {
    const old = { fd: -1, size: 3, modifiedUs: -(10n ** 17n) };
    expect(validatorsOf(old, MODIFIED)).toMatchObject({ lastModified: "Mon, 01 Jan 0001 00:00:00 GMT", weak: false });
  });
});

describe("conditions", () => {
  test.each(["GET", "HEAD"])("304 to %s names the version and nothing else", (method) => {
    const fields: Field[] = [["If-None-Match", etagOf(large)]];
    expect(serve(large, { method, fields })).toMatchObject({
      status: 304,
      fields: { ETag: etagOf(large) },
      body: "",
      length: -1,
    });
  });

  test("If-Modified-Since with the Last-Modified that was sent", () => {
    expect(get(small, ["If-Modified-Since", formatHttpDate(MODIFIED)]).status).toBe(304);
    expect(get(small, ["If-Modified-Since", formatHttpDate(MODIFIED - 1000)]).status).toBe(200);
  });

  test("fractions of a second do not make a file newer than its own Last-Modified", () => {
    const path = put("fraction.txt", "x");
    utimesSync(path, MODIFIED / 1000 + 0.75, MODIFIED / 1000 + 0.75);
    expect(get(path, ["If-Modified-Since", get(path).fields["Last-Modified"] as string]).status).toBe(304);
    expect(get(path, ["If-Unmodified-Since", get(path).fields["Last-Modified"] as string]).status).toBe(200);
  });

  test.each([
    ["If-Match", '"other"'],
    ["If-Unmodified-Since", formatHttpDate(MODIFIED - 1000)],
  ] as const)("412 by %s, with a page and nothing of the file", (name, value) => {
    const { status, fields, body } = get(large, [name, value]);
    expect(status).toBe(412);
    expect(fields).toEqual({ "Content-Type": "text/html; charset=utf-8" });
    expect(body).toContain("Precondition Failed");
  });

  test("conditions come before ranges", () => {
    expect(get(small, ["If-None-Match", etagOf(small)], ["Range", "bytes=0-1"]).status).toBe(304);
    expect(get(small, ["If-Match", '"x"'], ["Range", "bytes=50-"]).status).toBe(412);
  });
});

describe("ranges", () => {
  test.each([
    [small, "send"],
    [large, "sendParts"],
  ] as const)("one range of %s", (path, by) => {
    const text = path === small ? "0123456789" : largeText;
    const from = path === small ? 2 : 20;
    expect(get(path, ["Range", `bytes=${from}-`])).toMatchObject({
      status: 206,
      fields: {
        "Content-Range": `bytes ${from}-${text.length - 1}/${text.length}`,
        "Content-Type": "text/plain",
        ETag: etagOf(path),
        "Accept-Ranges": "bytes",
      },
      body: text.slice(from),
      length: text.length - from,
      by,
    });
  });

  test("a small part of a large file is read at once", () => {
    expect(get(large, ["Range", "bytes=10-18"])).toMatchObject({ status: 206, body: "000000001", by: "send" });
  });

  test("unsatisfiable: 416 tells the length", () => {
    const { status, fields } = get(small, ["Range", "bytes=10-"]);
    expect([status, fields["Content-Range"]]).toEqual([416, "bytes */10"]);
  });

  test.each(["HEAD", "POST"])("RFC 9110 §14.2: Range means nothing to %s", (method) => {
    expect(serve(small, { method, fields: [["Range", "bytes=0-1"]] })).toMatchObject({ status: 200, length: 10 });
  });

  test("RFC 9110 §13.1.5: If-Range of another version gets the whole", () => {
    expect(get(small, ["Range", "bytes=0-1"], ["If-Range", etagOf(small)]).status).toBe(206);
    expect(get(small, ["Range", "bytes=0-1"], ["If-Range", '"other"'])).toMatchObject({ status: 200, length: 10 });
    expect(get(small, ["Range", "bytes=0-1"], ["If-Range", formatHttpDate(MODIFIED)]).status).toBe(206);
  });

  test.each([
    ["in memory", small, "bytes=0-1,5-5,-1", ["01", "5", "9"], "send"],
    ["as slices", large, "bytes=0-19999,30000-", [largeText.slice(0, 20_000), largeText.slice(30_000)], "sendParts"],
  ] as const)("several ranges, %s", (_, path, range, expected, by) => {
    const answer = get(path, ["Range", range]);
    expect([answer.status, answer.by, answer.length]).toEqual([206, by, answer.body.length]);
    const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(answer.fields["Content-Type"] as string)?.[1];
    const pieces = answer.body.split(`--${boundary}`);
    expect(pieces[0]).toBe("");
    expect(pieces.at(-1)).toBe("--\r\n");
    const parts = pieces.slice(1, -1).map((piece) => {
      const [head, content] = piece.split("\r\n\r\n") as [string, string];
      expect(head).toMatch(/^\r\nContent-Type: text\/plain\r\nContent-Range: bytes \d+-\d+\/\d+$/);
      expect(content).toEndWith("\r\n");
      return content.slice(0, -2);
    });
    expect(parts).toEqual([...expected]);
    expect(answer.fields).not.toHaveProperty("Content-Range");
  });

  test("each slice has a descriptor of its own", () => {
    const { descriptors } = get(large, ["Range", "bytes=0-9999,20000-29999,40000-"]);
    expect(new Set(descriptors).size).toBe(3);
  });
});

describe("what can't be served", () => {
  test("a file that is gone is 404", () => {
    expect(get(join(home.path, "gone")).status).toBe(404);
    expect(get(join(small, "x")).status).toBe(404);
  });

  test("a file that may not be read is 403", () => {
    const path = put("secret.txt", "secret");
    chmodSync(path, 0);
    asNobody(() => expect(get(path)).toMatchObject({ status: 403, body: expect.not.stringContaining("secret.txt") }));
  });

  test("a directory, a FIFO, a device and a circle of links are 403, without waiting for anyone", () => {
    mkdirSync(join(home.path, "folder"));
    execFileSync("mkfifo", [join(home.path, "fifo")]);
    symlinkSync("circle", join(home.path, "circle"));
    for (const path of [join(home.path, "folder"), join(home.path, "fifo"), "/dev/null", join(home.path, "circle")]) {
      expect([path, get(path).status]).toEqual([path, 403]);
    }
  });

  test("a socket is 403", async () => {
    const path = join(home.path, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(get(path).status).toBe(403);
    await new Promise((resolve) => server.close(resolve));
  });

  test("a link is followed", () => {
    symlinkSync(small, join(home.path, "link"));
    expect(get(join(home.path, "link")).body).toBe("0123456789");
  });

  test("a name with a NUL is not cut at it", () => {
    expect(get(`${small}\0.html`).status).toBeGreaterThanOrEqual(400);
  });
});

describe("the handler", () => {
  test("it finds the type in the built-in table", () => {
    const { exchange, sent } = recorder(requestHead("/"));
    createStaticHandler(siteSettings())(exchange, { path: small });
    expect(sent().fields["Content-Type"]).toBe("text/plain");
  });

  test("--mime-types replaces the table", () => {
    const handle = createStaticHandler(siteSettings({ mimeTypes: put("mime.types", "text/x-special txt\n") }));
    const { exchange, sent } = recorder(requestHead("/"));
    handle(exchange, { path: small });
    expect(sent().fields["Content-Type"]).toBe("text/x-special");
  });

  test("a --mime-types file that can't be read is an error at start that says so", () => {
    expect(() => createStaticHandler(siteSettings({ mimeTypes: join(home.path, "gone.types") }))).toThrow(
      /--mime-types .*gone\.types can't be read \(ENOENT\)/,
    );
  });
});

test("a file that is shorter than its size says is sent as it is; a range of it is 500", () => {
  // Files of sysfs claim the size of a page.
  const path = "/sys/devices/system/cpu/online";
  expect(statSync(path).size).toBe(4096);
  const whole = get(path);
  expect([whole.status, whole.length]).toEqual([200, whole.body.length]);
  expect(whole.body).toMatch(/^[0-9]/);
  expect(get(path, ["Range", "bytes=0-4000"]).status).toBe(500);
});

/** Runs without the powers of root, whom no file mode stops. */
function asNobody(run: () => void): void {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    run();
  } finally {
    process.seteuid?.(0);
  }
}
