/** Which HTTP/2 requests are taken, as what, and which are malformed (RFC 9113 §8). */

import { describe, expect, test } from "bun:test";
import type { Field } from "../../../lib/http/exchange.ts";
import { RequestReader } from "../../../lib/http/h2/request.ts";
import { makePeer } from "../../../lib/http/peer.ts";
import { get } from "./line.ts";

const peer = makePeer("192.0.2.1", 4000, "192.0.2.2", 80, false);

function read(fields: readonly Field[]): ReturnType<RequestReader["read"]> {
  return new RequestReader(peer).read(fields, "", 0, 1);
}

function request(fields: readonly Field[]) {
  const found = read(fields);
  if (!("head" in found)) throw new Error(`no request: ${JSON.stringify(found)}`);
  return found;
}

/** A GET with other pseudo-fields: undefined leaves one out. */
function pseudo(changes: Record<string, string | undefined>): Field[] {
  const all: Record<string, string | undefined> = { ...Object.fromEntries(get), ...changes };
  return Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

test("a request is what HTTP/1 would have made of it", () => {
  const { head, contentLength } = request([
    ...pseudo({ ":path": "/a%20b//c?x=%2F", ":authority": "Malt.test:81" }),
    ["user-agent", "x"],
    ["x-list", "a"],
    ["cookie", "a=1"],
    ["x-list", "b"],
    ["cookie", "b=2"],
    ["proxy", "evil"],
    ["x_list", "spoofed"],
    ["content-type", "text/plain"],
    ["content-length", "3"],
    ["te", "trailers"],
  ]);
  expect(head.version).toBe("HTTP/2.0");
  expect([head.target, head.path, head.query]).toEqual(["/a%20b//c?x=%2F", "/a b/c", "x=%2F"]);
  expect([head.host, head.hostPort]).toEqual(["malt.test", "81"]);
  expect(contentLength).toBe(3);
  expect(head.fieldEnviron).toBe(
    "\0HTTP_HOST\0Malt.test:81\0HTTP_USER_AGENT\0x\0HTTP_X_LIST\0a, b\0CONTENT_TYPE\0text/plain" +
      "\0CONTENT_LENGTH\x003\0HTTP_TE\0trailers\0HTTP_COOKIE\0a=1; b=2",
  );
});

test.each(["FOO", "get", "M-SEARCH", "QUERY"])("the method %s reaches the application", (method) => {
  expect(request(pseudo({ ":method": method })).head.method).toBe(method);
});

test("bytes above ASCII are kept", () => {
  expect(request([...pseudo({ ":path": "/\xff" }), ["x-a", "\xe9"]]).head).toMatchObject({
    target: "/\xff",
    path: "/\xff",
  });
});

test("Host stands in for an authority that is missing, or repeats it", () => {
  expect(request([...pseudo({ ":authority": undefined }), ["host", "malt.test"]]).head.host).toBe("malt.test");
  expect(request([...get, ["host", "malt.test"]]).head.fields).toEqual([["host", "malt.test"]]);
});

test("OPTIONS * is one for the server", () => {
  expect(request(pseudo({ ":method": "OPTIONS", ":path": "*" })).head.path).toBe("*");
});

describe("malformed: the stream is reset", () => {
  const cases: [string, Field[]][] = [
    ["no :method", pseudo({ ":method": undefined })],
    ["no :scheme", pseudo({ ":scheme": undefined })],
    ["no :path", pseudo({ ":path": undefined })],
    ["an empty :path", pseudo({ ":path": "" })],
    ["a :path without a slash", pseudo({ ":path": "a" })],
    ["an absolute :path", pseudo({ ":path": "http://malt.test/" })],
    ["* for a GET", pseudo({ ":path": "*" })],
    ["a space in :path", pseudo({ ":path": "/a b" })],
    ["a line end in :path", pseudo({ ":path": "/ HTTP/1.1\r\nX: y" })],
    ["a method that is no token", pseudo({ ":method": "GET /" })],
    ["an empty :authority", pseudo({ ":authority": "" })],
    ["an unknown pseudo-field", [...get, [":protocol", "websocket"]]],
    ["a pseudo-field of responses", [...get, [":status", "200"]]],
    ["a repeated :path", [...get, [":path", "/"]]],
    ["a pseudo-field behind a field", [...get.slice(0, 3), ["a", "b"], [":authority", "malt.test"]]],
    ["an upper-case name", [...get, ["X-A", "b"]]],
    ["a name that is no token", [...get, ["x a", "b"]]],
    ["an empty name", [...get, ["", "b"]]],
    ["a name with a line end", [...get, ["x\r\n", "b"]]],
    ["a value with a line end", [...get, ["x", "a\r\nb"]]],
    ["a value with NUL", [...get, ["x", "a\0b"]]],
    ["a value with a space before it", [...get, ["x", " b"]]],
    ["a value with a tab behind it", [...get, ["x", "b\t"]]],
    ["Connection", [...get, ["connection", "close"]]],
    ["Keep-Alive", [...get, ["keep-alive", "timeout=5"]]],
    ["Proxy-Connection", [...get, ["proxy-connection", "close"]]],
    ["Transfer-Encoding", [...get, ["transfer-encoding", "chunked"]]],
    ["Upgrade", [...get, ["upgrade", "h2c"]]],
    ["TE for anything but trailers", [...get, ["te", "gzip"]]],
    ["another Host", [...get, ["host", "other.test"]]],
    ["two lengths", [...get, ["content-length", "1"], ["content-length", "1"]]],
    ["a length that is no number", [...get, ["content-length", "+1"]]],
    ["a cookie with a line end", [...get, ["cookie", "a\nb"]]],
  ];
  test.each(cases)("%s", (_name, fields) => {
    expect(read(fields)).toHaveProperty("malformed");
  });
});

describe("refused with a status", () => {
  const long = "x".repeat(8200);
  const cases: [string, number, Field[]][] = [
    ["a bad escape", 400, pseudo({ ":path": "/%zz" })],
    ["a path above the root", 400, pseudo({ ":path": "/../.." })],
    ["an encoded slash", 404, pseudo({ ":path": "/a%2Fb" })],
    ["a fragment", 400, pseudo({ ":path": "/#a" })],
    ["a path that is too long", 414, pseudo({ ":path": `/${long}` })],
    ["a field that is too long", 400, [...get, ["x", long]]],
    ["too many fields", 400, [...get, ...Array.from({ length: 100 }, (_, n) => [`x-${n}`, "y"] as const)]],
    ["no host at all", 400, pseudo({ ":authority": undefined })],
    ["user information in the authority", 400, pseudo({ ":authority": "me@malt.test" })],
    ["an unknown scheme", 400, pseudo({ ":scheme": "ftp" })],
    ["an unknown expectation", 417, [...get, ["expect", "miracles"]]],
    ["CONNECT", 400, pseudo({ ":method": "CONNECT", ":scheme": undefined, ":path": undefined })],
  ];
  test.each(cases)("%s", (_name, status, fields) => {
    expect(read(fields)).toHaveProperty("refusal.status", status);
  });
});

test("a hundred crumbs of cookies are one field", () => {
  const crumbs = Array.from({ length: 150 }, (_, n) => ["cookie", `c${n}=1`] as const);
  expect(request([...get, ...crumbs]).head.fields).toHaveLength(2);
});

describe("what repeats itself", () => {
  test("shares what was made of its fields, whatever its target", () => {
    const reader = new RequestReader(peer);
    const first = reader.read(pseudo({ ":path": "/1" }), "", 0, 1);
    const second = reader.read(pseudo({ ":path": "/2" }), "", 0, 2);
    const third = reader.read([...get, ["x", "y"]], "", 0, 3);
    if (!("head" in first) || !("head" in second) || !("head" in third)) throw new Error("refused");
    expect(second.head.common).toBe(first.head.common);
    expect(third.head.common).not.toBe(first.head.common);
    expect([first.head.target, second.head.target, second.head.startedUs]).toEqual(["/1", "/2", 2]);
  });

  test("is known by its text until another one was read", () => {
    const reader = new RequestReader(peer);
    reader.read(get, "block", 0, 1);
    expect(reader.again("block", 5)?.head.startedUs).toBe(5);
    expect(reader.again("other", 5)).toBeNull();
    reader.read(pseudo({ ":path": "bad" }), "bad", 0, 6);
    expect(reader.again("bad", 7)).toBeNull();
    expect(reader.again("block", 7)).toBeNull();
  });

  test("fields that only look alike when joined are different", () => {
    const reader = new RequestReader(peer);
    const first = reader.read([...get, ["a", "b"], ["c", "d"]], "", 0, 1);
    expect(first).toHaveProperty("head");
    expect(reader.read([...get, ["a", "b\0c\0d"]], "", 0, 1)).toHaveProperty("malformed");
  });
});
