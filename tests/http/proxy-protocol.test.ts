import { describe, expect, test } from "bun:test";
import { readProxyHeader, type ProxiedAddresses, type ProxyHeader } from "../../lib/http/proxy-protocol.ts";
import { random } from "../support/random.ts";

const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
const REST = "GET / HTTP/1.1\r\n";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

/** A header of version 2. @param payload addresses and what follows, hexadecimal */
function binary(command: number, family: number, payload: string): string {
  const body = Buffer.from(payload, "hex");
  const fixed = Buffer.from([command, family, body.length >> 8, body.length & 255]);
  return SIGNATURE + Buffer.concat([fixed, body]).toString("latin1");
}

function ends(remoteAddress: string, remotePort: number, localAddress: string, localPort: number): ProxiedAddresses {
  return { remoteAddress, remotePort, localAddress, localPort };
}

const V4 = "c0000201c6336402d90301bb";
const V6 = "20010db800000000000000000000000120010db8000000000000000000000002d90301bb";
const IPV4 = ends("192.0.2.1", 55_555, "198.51.100.2", 443);
const IPV6 = ends("2001:db8::1", 55_555, "2001:db8::2", 443);
const LONGEST_LINE = `PROXY UNKNOWN ${"f".repeat(91)}\r\n`;

const good: readonly (readonly [name: string, header: string, addresses: ProxiedAddresses | null])[] = [
  ["version 1, IPv4", "PROXY TCP4 192.0.2.1 198.51.100.2 55555 443\r\n", IPV4],
  ["version 1, IPv6", "PROXY TCP6 2001:db8::1 2001:db8::2 55555 443\r\n", IPV6],
  ["version 1, unknown", "PROXY UNKNOWN\r\n", null],
  ["version 1, unknown with addresses", "PROXY UNKNOWN ff:: ff:: 65535 65535\r\n", null],
  ["version 1, the longest line there can be", LONGEST_LINE, null],
  ["version 2, IPv4", binary(0x21, 0x11, V4), IPV4],
  ["version 2, IPv6", binary(0x21, 0x21, V6), IPV6],
  [
    "version 2, IPv4 written as IPv6",
    binary(0x21, 0x21, `${"0".repeat(20)}ffffc0000201${"0".repeat(20)}ffffc6336402d90301bb`),
    IPV4,
  ],
  ["version 2, with what follows the addresses", binary(0x21, 0x11, `${V4}0400024142`), IPV4],
  ["version 2, the most that may follow", binary(0x21, 0x11, V4 + "00".repeat(4096 - 12)), IPV4],
  ["version 2, local", binary(0x20, 0x00, ""), null],
  ["version 2, local with addresses, which don't count", binary(0x20, 0x11, V4), null],
  ["version 2, unspecified", binary(0x21, 0x00, "0102"), null],
  ["version 2, a socket in the file system", binary(0x21, 0x31, "00".repeat(216)), null],
];

const bad: readonly (readonly [name: string, header: string])[] = [
  ["a request", "GET / HTTP/1.1\r\n"],
  ["a request that begins like it", "PROPFIND / HTTP/1.1\r\n"],
  ["TLS", "\x16\x03\x01"],
  ["lower case", "proxy TCP4 192.0.2.1 198.51.100.2 55555 443\r\n"],
  ["another family", "PROXY UDP4 192.0.2.1 198.51.100.2 55555 443\r\n"],
  ["IPv6 as IPv4", "PROXY TCP4 2001:db8::1 2001:db8::2 55555 443\r\n"],
  ["IPv4 as IPv6", "PROXY TCP6 192.0.2.1 198.51.100.2 55555 443\r\n"],
  ["leading zeros in an address", "PROXY TCP4 192.0.2.01 198.51.100.2 55555 443\r\n"],
  ["leading zeros in a port", "PROXY TCP4 192.0.2.1 198.51.100.2 055 443\r\n"],
  ["a port that no socket has", "PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n"],
  ["a negative port", "PROXY TCP4 192.0.2.1 198.51.100.2 -1 443\r\n"],
  ["two spaces", "PROXY TCP4  192.0.2.1 198.51.100.2 55555 443\r\n"],
  ["something missing", "PROXY TCP4 192.0.2.1 198.51.100.2 55555\r\n"],
  ["something more", "PROXY TCP4 192.0.2.1 198.51.100.2 55555 443 x\r\n"],
  ["a bare LF", `PROXY TCP4 192.0.2.1 198.51.100.2 55555 443\n${"x".repeat(107)}`],
  ["a line that is too long", `PROXY UNKNOWN ${"f".repeat(92)}\r\n`],
  ["a line without an end", `PROXY UNKNOWN ${"f".repeat(200)}`],
  ["UNKNOWN with something behind it", "PROXY UNKNOWNS\r\n"],
  ["version 3", binary(0x31, 0x11, V4)],
  ["another command", binary(0x22, 0x11, V4)],
  ["datagrams", binary(0x21, 0x12, V4)],
  ["too short for its addresses", binary(0x21, 0x11, V4.slice(2))],
  ["too short for IPv6", binary(0x21, 0x21, V4)],
  ["too much behind the addresses", binary(0x21, 0x11, V4 + "00".repeat(4096 - 11))],
];

describe("a PROXY header", () => {
  for (const [name, header, addresses] of good) {
    test(`${name}, is understood as soon as it is complete and not before`, () => {
      const whole = bytes(header + REST);
      for (let length = 0; length < header.length; length++) {
        expect(readProxyHeader(whole.subarray(0, length))).toBe("incomplete");
      }
      for (const length of [header.length, header.length + 1, whole.length]) {
        expect(readProxyHeader(whole.subarray(0, length))).toEqual({ consumed: header.length, addresses });
      }
    });
  }

  for (const [name, header] of bad) {
    test(`${name}, is none, and nothing that follows makes it one`, () => {
      const whole = bytes(header);
      expect(readProxyHeader(whole)).toHaveProperty("why");
      for (let length = 0; length <= whole.length; length++) {
        expect(readProxyHeader(whole.subarray(0, length))).not.toHaveProperty("consumed");
      }
      expect(readProxyHeader(Buffer.concat([whole, bytes("\r\n".repeat(3000))]))).toHaveProperty("why");
    });
  }

  test("is never waited for longer than any can be", () => {
    const roll = random(7);
    for (let round = 0; round < 300; round++) {
      const start = [SIGNATURE, "PROXY ", "PROXY TCP4 ", ""][roll(4)] as string;
      const noise = Buffer.alloc(4200).map(() => roll(256));
      const found = readProxyHeader(Buffer.concat([bytes(start), noise]));
      expect(found).not.toBe("incomplete");
    }
  });

  test("that was damaged is refused or read, and never misleads about its length", () => {
    const roll = random(11);
    for (let round = 0; round < 20_000; round++) {
      const [, header] = good[roll(good.length)] as (typeof good)[number];
      const damaged = bytes(header + REST);
      for (let hits = 1 + roll(3); hits > 0; hits--) damaged[roll(header.length)] = roll(256);
      const found: ProxyHeader = readProxyHeader(damaged);
      if (found === "incomplete" || "why" in found) continue;
      expect(found.consumed).toBeLessThanOrEqual(damaged.length);
      const { addresses } = found;
      if (addresses !== null)
        expect([addresses.remotePort, addresses.localPort].every((port) => port < 65_536)).toBe(true);
    }
  });
});
