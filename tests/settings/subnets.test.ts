import { describe, expect, test } from "bun:test";
import { addressFromBytes, addressSet, isAddress, plainAddress } from "../../lib/settings/subnets.ts";

describe("a set of addresses", () => {
  const table: readonly (readonly [entry: string, inside: readonly string[], outside: readonly string[]])[] = [
    ["10.1.2.3", ["10.1.2.3", "::ffff:10.1.2.3", "::FFFF:0a01:0203"], ["10.1.2.4", "10.1.2", "::a01:203", ""]],
    ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0", "x", "10.0.0.1, 10.0.0.2"]],
    // What is behind the mask doesn't count.
    ["10.1.2.3/8", ["10.9.9.9"], ["11.1.2.3"]],
    ["10.0.0.0/255.0.0.0", ["10.9.9.9"], ["11.1.2.3"]],
    ["10.1", ["10.1.0.0", "10.1.255.255"], ["10.2.0.0", "10.10.0.0"]],
    ["10.", ["10.255.0.1"], ["11.0.0.1"]],
    ["10", ["10.255.0.1"], ["11.0.0.1"]],
    ["0.0.0.0/0", ["1.2.3.4", "::ffff:1.2.3.4"], ["::1"]],
    ["::1", ["::1", "0:0:0:0:0:0:0:1", "::1%lo"], ["::2", "127.0.0.1"]],
    ["FD00::/8", ["fd00::1", "fdff:FFFF::"], ["fe00::1", "fc00::"]],
    ["fe80::/10", ["fe80::1%eth0"], ["fec0::1"]],
    ["::/0", ["2001:db8::1"], ["1.2.3.4", "::ffff:1.2.3.4"]],
    ["::ffff:10.0.0.0/104", ["10.9.9.9", "::ffff:10.9.9.9"], ["11.0.0.1"]],
  ];
  for (const [entry, inside, outside] of table) {
    test(`of ${entry}`, () => {
      const has = addressSet([entry]);
      // Twice: answers are remembered.
      for (const _ of [1, 2]) {
        expect(inside.filter((address) => !has(address))).toEqual([]);
        expect(outside.filter((address) => has(address))).toEqual([]);
      }
    });
  }

  test("is all of its entries", () => {
    const has = addressSet(["192.0.2.1", "fd00::/8"]);
    expect(["192.0.2.1", "fd00::1", "192.0.2.2"].map(has)).toEqual([true, true, false]);
  });

  test("has clients of sockets in the file system if it says so", () => {
    expect([[], ["0.0.0.0/0", "::/0"], ["10.0.0.1", "unix:"]].map((entries) => addressSet(entries)(""))).toEqual([
      false,
      false,
      true,
    ]);
    expect(addressSet(["unix:"])("10.0.0.1")).toBe(false);
  });

  test("of nothing is empty", () => expect(addressSet([])("192.0.2.1")).toBe(false));

  test("stays right when more addresses are asked for than it remembers", () => {
    const has = addressSet(["10.0.0.0/16"]);
    const wrong = Array.from({ length: 5000 }, (_, i) => i).filter(
      (i) => !has(`10.0.${i >> 8}.${i & 255}`) || has(`10.1.${i >> 8}.${i & 255}`),
    );
    expect(wrong).toEqual([]);
  });
});

test("an address is one in full, without brackets, zone and leading zeros", () => {
  const good = ["0.0.0.0", "255.255.255.255", "::", "::1", "2001:DB8::1", "::ffff:1.2.3.4"];
  const bad = ["", "1.2.3", "256.1.1.1", "01.2.3.4", "0x1.2.3.4", "1.2.3.4.5", "[::1]", "fe80::1%1", ":", "1:2", "::g"];
  expect([good.filter((text) => !isAddress(text)), bad.filter(isAddress)]).toEqual([[], []]);
});

test("IPv4 written as IPv6 is IPv4", () => {
  expect(["::ffff:192.0.2.1", "::FFFF:192.0.2.1", "192.0.2.1", "::1"].map(plainAddress)).toEqual([
    "192.0.2.1",
    "192.0.2.1",
    "192.0.2.1",
    "::1",
  ]);
  expect(addressFromBytes(Buffer.from("00000000000000000000ffffc0000201", "hex"))).toBe("192.0.2.1");
  expect(addressFromBytes(Buffer.from("20010db8000000000000000000000001", "hex"))).toBe("2001:db8::1");
  expect(addressFromBytes(Buffer.from("c0000201", "hex"))).toBe("192.0.2.1");
});
