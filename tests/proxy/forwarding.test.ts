import { describe, expect, test } from "bun:test";
import { clientHead, requestText, wantedProtocols, type Destination } from "../../lib/handlers/proxy/forwarding.ts";
import type { UpstreamResponse } from "../../lib/handlers/proxy/response-head.ts";
import type { Field } from "../../lib/http/exchange.ts";
import { parseUpstream } from "../../lib/settings/upstream.ts";
import { requestHead, type HeadChanges } from "../http/heads.ts";

const destination: Destination = {
  upstream: parseUpstream("http://up:8001/x/")!,
  target: "/x/a?b",
  mountPath: "/px",
  origin: "http://site.test:8000",
  serverName: "site.test",
  port: "8000",
};

function lines(changes: HeadChanges, framing: number | "chunked" | null = null, expectsContinue = false): string[] {
  return requestText(requestHead("/px/a?b", changes), destination, framing, expectsContinue).split("\r\n");
}

function framingLines(text: readonly string[]): readonly string[] {
  return text.filter((line) => /^(Content-Length|Transfer|Expect)/.test(line));
}

function response(fields: readonly Field[], status = 200): UpstreamResponse {
  return { status, reason: "Fine", fields, framing: 0, persistent: true };
}

describe("a request on its way to another server", () => {
  test("has the upstream's Host, and says where it came from", () => {
    expect(lines({ host: "site.test", hostPort: "8000", fields: [["Host", "site.test:8000"]] })).toEqual([
      "GET /x/a?b HTTP/1.1",
      "Host: up:8001",
      "X-Forwarded-For: 192.0.2.1",
      "X-Forwarded-Host: site.test:8000",
      "X-Forwarded-Server: site.test",
      "X-Forwarded-Port: 8000",
      "",
      "",
    ]);
  });

  test("keeps the other fields, their order, spelling and repetition", () => {
    const fields: Field[] = [
      ["x-B", "1"],
      ["Accept", "*/*"],
      ["X-B", "2"],
      ["Cookie", "a=b"],
      ["Authorization", "Basic x"],
      ["X_Under", "y"],
      ["Via", "1.1 a"],
    ];
    expect(lines({ fields }).slice(2, 9)).toEqual(fields.map(([name, value]) => `${name}: ${value}`));
  });

  test("has one Cookie, as HTTP/1 wants it", () => {
    const fields: Field[] = [
      ["cookie", "a=b"],
      ["X", "y"],
      ["Cookie", "c=d"],
    ];
    expect(lines({ fields }).slice(2, 4)).toEqual(["cookie: a=b; c=d", "X: y"]);
  });

  test("loses what is about the connection to the client only, also what Connection names", () => {
    const fields: Field[] = [
      ["Connection", "X-Hop, close"],
      ["Connection", "x-other"],
      ["X-Hop", "1"],
      ["X-Other", "2"],
      ["Keep-Alive", "timeout=5"],
      ["Proxy-Connection", "keep-alive"],
      ["TE", "gzip"],
      ["Trailer", "X"],
      ["Transfer-Encoding", "chunked"],
      ["Upgrade", "websocket"],
      ["Expect", "100-continue"],
      ["Proxy", "http://evil/"],
    ];
    const text = lines({ fields }).join("\n");
    for (const [name] of fields) expect([name, text.includes(`\n${name}:`)]).toEqual([name, false]);
  });

  test("asks for fields behind the body when the client does", () => {
    const asking = (te: string, changes: HeadChanges = {}): string[] =>
      lines({ ...changes, fields: [["te", te]] }).filter((line) => /^(TE|Connection):/i.test(line));
    for (const te of ["trailers", "gzip, Trailers"]) expect(asking(te)).toEqual(["TE: trailers", "Connection: TE"]);
    expect(asking("trailers", { version: "HTTP/2.0" })).toEqual(["TE: trailers", "Connection: TE"]);
    for (const te of ["", "gzip", "x-trailers"]) expect(asking(te)).toEqual([]);
    expect(asking("trailers", { version: "HTTP/1.0" })).toEqual([]);
    const changing: Field[] = [
      ["TE", "trailers"],
      ["Connection", "upgrade"],
      ["Upgrade", "foo"],
    ];
    expect(lines({ fields: changing })).toContain("Connection: TE, Upgrade");
  });

  test("loses names that CGI can't tell from those that are ours", () => {
    const disguised = [
      "X_Forwarded_For",
      "x-forwarded_host",
      "X.Forwarded.Proto",
      "Content_Length",
      "Transfer_Encoding",
    ];
    const fields = [...disguised, "X_Forwarded", "X-Content_Length"].map((name): Field => [name, "0"]);
    const text = lines({ fields });
    for (const name of disguised) expect(text).not.toContain(`${name}: 0`);
    expect(text).toContain("X_Forwarded: 0");
    expect(text).toContain("X-Content_Length: 0");
  });

  test("adds to the chain of those who handed it on before, and replaces the port", () => {
    const fields: Field[] = [
      ["X-Forwarded-For", "1.2.3.4"],
      ["x-forwarded-for", "5.6.7.8"],
      ["X-Forwarded-Host", "first.test"],
      ["X-Forwarded-Server", "front"],
      ["X-Forwarded-Port", "99"],
      ["X-Forwarded-Scheme", "ftp"],
    ];
    const text = lines({ fields });
    expect(text).toContain("X-Forwarded-For: 1.2.3.4, 5.6.7.8, 192.0.2.1");
    expect(text).toContain("X-Forwarded-Host: first.test, example.test");
    expect(text).toContain("X-Forwarded-Server: front, site.test");
    expect(text.filter((line) => /port/i.test(line))).toEqual(["X-Forwarded-Port: 8000"]);
    expect(text.filter((line) => /scheme/i.test(line))).toEqual(["X-Forwarded-Scheme: ftp"]);
    const secure = lines({ fields, secure: true });
    expect(secure.filter((line) => /scheme/i.test(line))).toEqual(["X-Forwarded-Scheme: https"]);
  });

  test("can't be robbed of what is added by naming it in Connection", () => {
    const text = lines({ fields: [["Connection", "X-Forwarded-For, Host, Content-Length"]] }, 3);
    expect(text).toContain("X-Forwarded-For: 192.0.2.1");
    expect(text).toContain("Host: up:8001");
    expect(text).toContain("Content-Length: 3");
  });

  test("frames its body by what is known of it", () => {
    const fields: Field[] = [["Content-Length", "0"]];
    expect(framingLines(lines({}))).toEqual([]);
    expect(framingLines(lines({ fields }))).toEqual(["Content-Length: 0"]);
    expect(framingLines(lines({ fields: [["Content-Length", "3"]] }, 3))).toEqual(["Content-Length: 3"]);
    expect(framingLines(lines({}, "chunked", true))).toEqual(["Expect: 100-continue", "Transfer-Encoding: chunked"]);
  });

  test.each([
    ["Upgrade", "websocket", "websocket"],
    ["keep-alive, upgrade", "foo/1, bar", "foo/1, bar"],
    ["close", "websocket", ""],
    ["upgrade", "h2c", ""],
    ["upgrade", "h2c, websocket, HTTP/2.0", "websocket"],
  ])("Connection: %s, Upgrade: %s asks for %j", (connection, upgrade, expected) => {
    const head = requestHead("/", {
      fields: [
        ["Connection", connection],
        ["Upgrade", upgrade],
      ],
    });
    expect(wantedProtocols(head)).toBe(expected);
    const text = requestText(head, destination, null, false);
    expect(text.includes("\r\nConnection: Upgrade\r\n")).toBe(expected !== "");
    // A request with a body can't change the protocol before it has been read.
    expect(requestText(head, destination, 3, false)).not.toContain("Upgrade");
  });
});

describe("a response on its way to the client", () => {
  test("keeps Date, Server and all that is not about the connection", () => {
    const fields: Field[] = [
      ["Server", "up"],
      ["date", "Thu, 01 Jan 2026 00:00:00 GMT"],
      ["Set-Cookie", "a=b; Path=/x"],
      ["Set-Cookie", "c=d"],
      ["Via", "1.1 a"],
    ];
    const hop: Field[] = [
      ["Connection", "close, X-Hop"],
      ["X-Hop", "1"],
      ["Keep-Alive", "timeout=5"],
      ["Upgrade", "h2c"],
      ["Trailer", "X"],
      ["Transfer-Encoding", "chunked"],
      ["Proxy-Authenticate", "Basic"],
    ];
    const head = clientHead(response([...fields, ...hop]), destination);
    expect(head).toMatchObject({
      status: 200,
      reason: "Fine",
      fields: fields.slice(2),
      stamps: fields.slice(0, 2),
      close: false,
    });
  });

  test("has its length told apart, and a Date where it had none", () => {
    const head = clientHead(
      response([
        ["Content-Length", "3"],
        ["Connection", "content-length"],
      ]),
      destination,
    );
    expect(head.contentLength).toBe(3);
    expect(head.stamps).toEqual([["Date", expect.stringMatching(/GMT$/)]]);
  });

  test("says which protocol was changed to", () => {
    const head = clientHead(
      response(
        [
          ["Connection", "upgrade"],
          ["Upgrade", "foo"],
        ],
        101,
      ),
      destination,
    );
    expect(head.lines).toBe("Upgrade: foo\r\n");
  });

  test.each([
    ["http://up:8001/x/foo?q#f", "http://site.test:8000/px/foo?q#f"],
    ["HTTP://UP:8001/x/foo", "http://site.test:8000/px/foo"],
    ["http://up:8001/x", "http://site.test:8000/px"],
    ["http://up:8001/x?q", "http://site.test:8000/px?q"],
    ["http://up:8001/xy", "http://up:8001/xy"],
    ["http://up:8001/", "http://up:8001/"],
    ["http://up/x/foo", "http://up/x/foo"],
    ["https://up:8001/x/foo", "https://up:8001/x/foo"],
    ["http://up:8001@other/x/foo", "http://up:8001@other/x/foo"],
    ["//up:8001/x/foo", "//up:8001/x/foo"],
    ["/x/foo", "/x/foo"],
    ["foo", "foo"],
  ])("Location %s becomes %s", (location, expected) => {
    for (const name of ["Location", "content-location", "URI"]) {
      expect(clientHead(response([[name, location]], 302), destination).fields).toContainEqual([name, expected]);
      const unnamed = { ...destination, mountPath: null };
      expect(clientHead(response([[name, location]], 302), unnamed).fields).toContainEqual([name, location]);
    }
    expect(clientHead(response([["Refresh", location]]), destination).fields).toContainEqual(["Refresh", location]);
  });

  test("of an upstream without a path or on its scheme's own port is mapped back, too", () => {
    const root = { ...destination, upstream: parseUpstream("http://up")!, mountPath: "" };
    const mapped = (location: string) => clientHead(response([["Location", location]]), root).fields[0]?.[1];
    expect(mapped("http://up")).toBe("http://site.test:8000");
    expect(mapped("http://up:80/a")).toBe("http://site.test:8000/a");
  });
});
