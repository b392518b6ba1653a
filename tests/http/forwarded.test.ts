/** Chains of proxies: X-Forwarded-For, and Forwarded (RFC 7239). */

import { describe, expect, test } from "bun:test";
import { clientOfChain } from "../../lib/http/forwarded-for.ts";
import { parseForwarded } from "../../lib/http/forwarded-field.ts";
import { addressSet } from "../../lib/settings/subnets.ts";
import { random } from "../support/random.ts";

const first = (chain: string) => clientOfChain(chain.split(","), null);
const told = (value: string) => parseForwarded(value)?.map(({ parameters }) => Object.fromEntries(parameters)) ?? null;

describe("the client of a chain", () => {
  const ours = addressSet(["10.0.0.0/8", "fd00::/8"]);
  const trusting: readonly (readonly [chain: string, index: number, address: string])[] = [
    ["192.0.2.1", 0, "192.0.2.1"],
    ["192.0.2.1, 10.0.0.1", 0, "192.0.2.1"],
    ["192.0.2.1, 10.0.0.1, 10.0.0.2", 0, "192.0.2.1"],
    ["198.51.100.9, 192.0.2.1, 10.0.0.2", 1, "192.0.2.1"],
    ["198.51.100.9, 192.0.2.1", 1, "192.0.2.1"],
    ["10.0.0.9, 192.0.2.1, 10.0.0.2", 1, "192.0.2.1"],
    ["10.0.0.1", 0, "10.0.0.1"],
    ["10.0.0.3, 10.0.0.2, 10.0.0.1", 0, "10.0.0.3"],
    ["unknown, 10.0.0.1", 1, "10.0.0.1"],
    ["192.0.2.1, <script>, 10.0.0.1", 2, "10.0.0.1"],
    ["192.0.2.1, , 10.0.0.1", 2, "10.0.0.1"],
    ["192.0.2.1:4711, 10.0.0.1:80", 0, "192.0.2.1"],
    ["[2001:db8::1]:4711, [fd00::1]", 0, "2001:db8::1"],
    ["::ffff:192.0.2.1, ::ffff:10.0.0.1", 0, "192.0.2.1"],
  ];
  for (const [chain, index, address] of trusting) {
    test(`${chain} is ${address}`, () => expect(clientOfChain(chain.split(","), ours)).toEqual({ index, address }));
  }
  for (const chain of ["", "unknown", "192.0.2.1, unknown", "1.2.3", "192.0.2.1 10.0.0.1"]) {
    test(`nobody is told by ${JSON.stringify(chain)}`, () => expect(clientOfChain(chain.split(","), ours)).toBeNull());
  }

  test("is not passed over nonsense where clients of the file system are trusted", () => {
    expect(clientOfChain(["192.0.2.1", "", "10.0.0.1"], addressSet(["10.0.0.0/8", "unix:"]))).toEqual({
      index: 2,
      address: "10.0.0.1",
    });
  });

  test("is the first one when whatever is told is believed, if that is an address", () => {
    expect(first("198.51.100.9, 192.0.2.1, 10.0.0.2")).toEqual({ index: 0, address: "198.51.100.9" });
    expect(first("unknown, 192.0.2.1")).toBeNull();
  });

  test("is never what a client makes up in front of the real chain", () => {
    const roll = random(3);
    const words = ["10.0.0.7", "198.51.100.1", "unknown", "", "fd00::9", "127.0.0.1", ",", '"'];
    for (let round = 0; round < 5000; round++) {
      const forged = Array.from({ length: roll(6) }, () => words[roll(words.length)]);
      const chain = [...forged, "192.0.2.1", "10.0.0.1"].join(", ").split(",");
      expect(clientOfChain(chain, ours)?.address).toBe("192.0.2.1");
    }
  });
});

describe("Forwarded", () => {
  test.each([
    ["", []],
    ["for=192.0.2.1", [{ for: "192.0.2.1" }]],
    ['For="[2001:db8::1]:4711"', [{ for: "[2001:db8::1]:4711" }]],
    ["for=192.0.2.1;proto=https;by=203.0.113.43", [{ for: "192.0.2.1", proto: "https", by: "203.0.113.43" }]],
    ["for=192.0.2.1, for=198.51.100.17", [{ for: "192.0.2.1" }, { for: "198.51.100.17" }]],
    ["for=_gazonk,for=unknown", [{ for: "_gazonk" }, { for: "unknown" }]],
    ['host="a,b;c=\\"d\\""; for=x', [{ host: 'a,b;c="d"', for: "x" }]],
    [" , for=x ;; , ", [{ for: "x" }]],
  ])("%s", (value, elements) => expect(told(value)).toEqual(elements));

  test.each([
    "for",
    "for=",
    "=x",
    "for=a b",
    'for="x',
    "for=[::1]",
    "for=1.2.3.4:80",
    "for=x;for=y",
    "for = x",
    "for=x proto=y",
  ])("is malformed: %s", (value) => expect(told(value)).toEqual([]));

  test("elements keep the text they were sent as", () => {
    expect(parseForwarded('for=a;proto=http , For="b, c"').map(({ text }) => text)).toEqual([
      "for=a;proto=http",
      'For="b, c"',
    ]);
  });

  test("what a proxy adds is understood, whatever the client has sent in front of it", () => {
    const roll = random(9);
    const alphabet = 'for=10.1,;"\\ \t[]';
    const added = ["for=192.0.2.1;proto=https", 'for="[2001:db8::1]:47";host="a,b"', 'proto=http;for="_x"'];
    for (let round = 0; round < 20_000; round++) {
      const sent = Array.from({ length: roll(40) }, () => alphabet[roll(alphabet.length)]).join("");
      const text = added[roll(added.length)] as string;
      expect(parseForwarded(`${sent}, ${text}`).at(-1)?.text).toBe(text);
    }
  });

  test("a field of nothing but quotes and commas is soon given up", () => {
    const began = performance.now();
    expect(parseForwarded(`"${",".repeat(8000)}"`)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test("noise is refused or understood, and always ends", () => {
    const roll = random(5);
    const alphabet = 'for=x;,"\\ \t[]';
    for (let round = 0; round < 20_000; round++) {
      const value = Array.from({ length: roll(24) }, () => alphabet[roll(alphabet.length)]).join("");
      const elements = parseForwarded(value);
      expect(elements.every(({ parameters }) => parameters.size > 0)).toBe(true);
    }
  });
});
