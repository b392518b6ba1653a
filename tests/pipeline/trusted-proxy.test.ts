/** What reaches the application of what a proxy, or whoever poses as one, says of its client. */

import { describe, expect, test } from "bun:test";
import type { Client, Exchange, RequestHead } from "../../lib/http/exchange.ts";
import { RequestParser } from "../../lib/http/h1/request.ts";
import { makePeer } from "../../lib/http/peer.ts";
import { trustedProxyStage } from "../../lib/pipeline/trusted-proxy.ts";
import type { Trust } from "../../lib/settings/settings.ts";

const PROXY = "10.0.0.1";
const STRANGER = "203.0.113.66";

interface Seen {
  readonly client: Client;
  /** Of peer and fields: what is later wins, as in the environ. */
  readonly environ: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

interface Circumstances {
  readonly peer?: string;
  readonly peers?: readonly string[] | null;
  readonly secure?: boolean;
}

function parser(peer: string, secure = false): (lines: readonly string[]) => RequestHead {
  const requests = new RequestParser(makePeer(peer, 4711, "10.0.0.9", 8000, secure), 0);
  return (lines) => {
    const text = ["GET / HTTP/1.1", ...lines].join("\r\n");
    const request = requests.parse({ text, start: 0, end: text.length, consumed: text.length }, 0);
    if ("why" in request) throw new Error(request.why);
    return request.head;
  };
}

function seenBy(trusted: readonly string[], lines: readonly string[], circumstances: Circumstances = {}): Seen {
  const { peer = PROXY, peers = ["10.0.0.0/8"], secure = false } = circumstances;
  const warnings: string[] = [];
  const trust: Trust = { headers: trusted, peers, proxyProtocol: [] };
  const exchange = { head: parser(peer, secure)(["Host: site.test:81", ...lines]) } as Exchange;
  const stage = trustedProxyStage(trust, (text) => warnings.push(text));
  stage?.(exchange, () => undefined);
  const words = (exchange.head.peer.environ + exchange.head.fieldEnviron).split("\0");
  const environ: Record<string, string> = {};
  for (let i = 0; i < words.length; i += 2) environ[words[i] as string] = words[i + 1] as string;
  return { client: exchange.head.client, environ, warnings };
}

/** What the fields change in the environ: pairs that are new or other, and null for those that are gone. */
function changes(trusted: readonly string[], lines: readonly string[], circumstances: Circumstances = {}): object {
  const before = seenBy([], lines, circumstances).environ;
  const after = seenBy(trusted, lines, circumstances).environ;
  const gone = Object.keys(before).filter((key) => !(key in after));
  const other = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return Object.fromEntries([...gone.map((key) => [key, null]), ...other]);
}

describe("a trusted proxy", () => {
  const https = { HTTPS: "on" };
  const table: readonly (readonly [trusted: string, line: string, changes: object])[] = [
    ["x-forwarded-for", "192.0.2.1", { REMOTE_ADDR: "192.0.2.1" }],
    ["x-real-ip", "192.0.2.1", { REMOTE_ADDR: "192.0.2.1" }],
    ["x-client-ip", "2001:db8::1", { REMOTE_ADDR: "2001:db8::1" }],
    ["x-client-ip", "::ffff:192.0.2.1", { REMOTE_ADDR: "192.0.2.1" }],
    ["x-real-ip", "<script>", { HTTP_X_REAL_IP: null }],
    ["x-forwarded-proto", "https", https],
    ["x-forwarded-proto", "HTTPS", https],
    ["x-forwarded-proto", "http, https", https],
    ["x-forwarded-proto", "http", {}],
    ["x-forwarded-proto", "wss", { HTTP_X_FORWARDED_PROTO: null }],
    ["x-forwarded-scheme", "https", https],
    ["x-scheme", "https", https],
    ["x-forwarded-https", "On", https],
    ["x-forwarded-https", "off", {}],
    ["x-forwarded-ssl", "true", https],
    ["x-https", "1", https],
    ["x-https", "https", { HTTP_X_HTTPS: null }],
    ["x-forwarded-host", "Public.test:82", { HTTP_HOST: "Public.test:82" }],
    ["x-forwarded-host", "a.test, b.test", { HTTP_HOST: "b.test" }],
    ["x-host", "public.test", { HTTP_HOST: "public.test" }],
    ["x-forwarded-host", "a@b", { HTTP_X_FORWARDED_HOST: null }],
    ["x-forwarded-host", "", { HTTP_X_FORWARDED_HOST: null }],
    ["x-forwarded-server", "public.test", { SERVER_NAME: "public.test" }],
    ["x-forwarded-port", "443", { SERVER_PORT: "443" }],
    ["x-forwarded-port", "0", { HTTP_X_FORWARDED_PORT: null }],
    ["x-script-name", "/app", { SCRIPT_NAME: "/app", "mod_wsgi.mount_point": "/app" }],
    ["x-forwarded-script-name", "/", { SCRIPT_NAME: "", "mod_wsgi.mount_point": "" }],
    ["x-script-name", "app", { HTTP_X_SCRIPT_NAME: null }],
    [
      "forwarded",
      "for=192.0.2.1;proto=https;host=public.test",
      { REMOTE_ADDR: "192.0.2.1", ...https, HTTP_HOST: "public.test" },
    ],
    ["forwarded", 'for="[2001:db8::1]:4711"', { REMOTE_ADDR: "2001:db8::1" }],
    ["forwarded", "for=unknown;proto=https", https],
    ["forwarded", "proto=https", https],
    ["forwarded", "for=192.0.2.1;for=x", { HTTP_FORWARDED: null }],
    ["x-forwarded-by", "192.0.2.1", {}],
  ];
  for (const [trusted, value, expected] of table) {
    test(`${trusted}: ${value}`, () => expect(changes([trusted], [`${trusted}: ${value}`])).toEqual(expected));
  }

  test("tells the client through other proxies that are trusted, and what is left of it is made up", () => {
    const chain = "198.51.100.1, 192.0.2.1, 10.0.0.3";
    expect(changes(["x-forwarded-for"], [`X-Forwarded-For: ${chain}`])).toEqual({
      REMOTE_ADDR: "192.0.2.1",
      HTTP_X_FORWARDED_FOR: "192.0.2.1, 10.0.0.3",
    });
    expect(changes(["x-forwarded-for"], ["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 192.0.2.1"])).toEqual({
      REMOTE_ADDR: "192.0.2.1",
      HTTP_X_FORWARDED_FOR: "192.0.2.1",
    });
    const forwarded =
      "for=198.51.100.1;proto=https;host=evil.test, for=192.0.2.1;host=public.test, for=10.0.0.3;proto=https";
    expect(changes(["forwarded"], [`Forwarded: ${forwarded}`])).toEqual({
      REMOTE_ADDR: "192.0.2.1",
      HTTP_HOST: "public.test",
      HTTP_FORWARDED: "for=192.0.2.1;host=public.test, for=10.0.0.3;proto=https",
    });
  });

  test("is believed whoever it is, up to the first address, where no list says who is one", () => {
    const everybody = { peers: null, peer: STRANGER };
    expect(changes(["x-forwarded-for"], ["X-Forwarded-For: 198.51.100.1, 192.0.2.1"], everybody)).toEqual({
      REMOTE_ADDR: "198.51.100.1",
    });
  });

  test("is told from others by the last trusted field that is there; all that say the same are hidden", () => {
    const lines = [
      "X-Real-IP: 192.0.2.1",
      "X-Forwarded-For: 192.0.2.2",
      "X-Client-IP: 192.0.2.3",
      "Forwarded: for=192.0.2.4",
    ];
    expect(changes(["x-forwarded-for", "x-real-ip"], lines)).toEqual({
      REMOTE_ADDR: "192.0.2.1",
      HTTP_X_FORWARDED_FOR: null,
      HTTP_X_CLIENT_IP: null,
      HTTP_FORWARDED: null,
    });
    expect(changes(["x-real-ip", "x-forwarded-for"], lines)).toMatchObject({
      REMOTE_ADDR: "192.0.2.2",
      HTTP_X_REAL_IP: null,
    });
  });

  test("that does not send the trusted field lets none of its kind through", () => {
    const lines = ["X-Real-IP: 192.0.2.1", "X-Forwarded-SSL: on", "X-Forwarded-Host: evil.test"];
    expect(changes(["x-forwarded-for", "x-forwarded-proto"], lines)).toEqual({
      HTTP_X_REAL_IP: null,
      HTTP_X_FORWARDED_SSL: null,
    });
    expect(seenBy(["x-forwarded-for"], lines).client.forwarded).toBe(false);
  });

  test("can't make HTTPS plain", () => {
    const { client, environ } = seenBy(["x-forwarded-proto"], ["X-Forwarded-Proto: http"], { secure: true });
    expect([client.secure, environ["HTTPS"]]).toEqual([true, "on"]);
  });
});

test("the client is the peer where no field is trusted, and fields are left alone", () => {
  const lines = ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1"];
  expect(changes([], lines)).toEqual({});
  expect(seenBy([], lines).client).toEqual({
    address: PROXY,
    secure: false,
    host: "site.test",
    port: "81",
    forwarded: false,
  });
});

test("the client is what the proxy says it is", () => {
  const lines = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: Public.test."];
  const { client } = seenBy(
    ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port"],
    [...lines, "X-Forwarded-Port: 8443"],
  );
  expect(client).toEqual({ address: "192.0.2.1", secure: true, host: "public.test", port: "8443", forwarded: true });
});

describe("a stranger", () => {
  const lines = [
    "X-Forwarded-For: 127.0.0.1",
    "X-Real-IP: 127.0.0.1",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 1",
  ];

  test("is not believed, and what it says is hidden from the application", () => {
    const trusted = ["x-forwarded-for", "x-forwarded-port"];
    expect(changes(trusted, lines, { peer: STRANGER })).toEqual({
      HTTP_X_FORWARDED_FOR: null,
      HTTP_X_REAL_IP: null,
      HTTP_X_FORWARDED_PORT: null,
    });
    expect(seenBy(trusted, lines, { peer: STRANGER }).client).toMatchObject({ address: STRANGER, forwarded: false });
  });

  test("is told of once, by its address and the fields it sent", () => {
    const warnings: string[] = [];
    const trust: Trust = { headers: ["x-forwarded-for"], peers: [PROXY], proxyProtocol: [] };
    const stage = trustedProxyStage(trust, (text) => warnings.push(text));
    for (const peer of [PROXY, STRANGER, STRANGER]) {
      stage?.({ head: parser(peer)(["Host: a", ...lines]) } as Exchange, () => undefined);
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toStartWith(`${STRANGER} sent x-forwarded-for, x-real-ip, but --trust-proxy does not name it`);
  });
});

test("a connection that repeats its fields has them read once, and a new client is seen at once", () => {
  const trust: Trust = { headers: ["x-forwarded-for"], peers: [PROXY], proxyProtocol: [] };
  const stage = trustedProxyStage(trust, () => undefined);
  const request = parser(PROXY);
  const clients = ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map((address) => {
    const exchange = { head: request(["Host: a", `X-Forwarded-For: ${address}`]) } as Exchange;
    stage?.(exchange, () => undefined);
    return exchange.head.client;
  });
  expect(clients.map(({ address }) => address)).toEqual(["192.0.2.1", "192.0.2.1", "192.0.2.2"]);
  expect(clients[0]).toBe(clients[1] as Client);
});

test("there is no stage at all where no field is trusted", () => {
  expect(trustedProxyStage({ headers: [], peers: ["10.0.0.0/8"], proxyProtocol: [] }, () => undefined)).toBeNull();
});
