/** Sets of IP addresses, as options and directives write them. Pure. */

import ip from "ipaddr.js";

type Address = ip.IPv4 | ip.IPv6;

export interface Subnet {
  readonly network: Address;
  readonly bits: number;
}

/**
 * `10.1.2.3`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.1` for 10.1.0.0/16, `fd00::/8`; null when it is none of these.
 * IPv4 addresses written as IPv6 (`::ffff:10.1.2.3`) are the IPv4 addresses.
 */
export function readSubnet(text: string): Subnet | null {
  const [address = "", mask, ...more] = text.split("/");
  if (more.length > 0) return null;
  if (mask === undefined && PARTIAL.test(address)) return partialSubnet(address);
  const network = parse(address);
  if (network === null) return null;
  const most = network.kind() === "ipv4" ? 32 : 128;
  const bits = mask === undefined ? most : readMask(mask, most);
  if (bits === null) return null;
  const plain = withoutMapping(network);
  if (plain === network) return { network, bits };
  // Of a larger subnet than ::ffff:0:0/96 the rest is no IPv4, and nobody means it.
  return plain === null || bits < MAPPED_BITS ? null : { network: plain, bits: bits - MAPPED_BITS };
}

/** Stands for all clients of sockets in the file system, whose address is "". */
export const FILE_SYSTEM = "unix:";

/** Whether an address, as text, is in one of the subnets; text that is no address is in none. */
export type AddressSet = (address: string) => boolean;

/**
 * The same peers come back with every request and connection: their answers are remembered, and a bounded number of them,
 * because clients choose what is asked.
 */
const MAX_REMEMBERED = 1024;

/**
 * @param entries such as {@link readSubnet} understands, and {@link FILE_SYSTEM}.
 * @throws Error at others: they were checked before, so a bug.
 */
export function addressSet(entries: readonly string[]): AddressSet {
  const hasFileSystem = entries.includes(FILE_SYSTEM);
  const subnets = entries
    .filter((entry) => entry !== FILE_SYSTEM)
    .map((entry) => {
      const subnet = readSubnet(entry);
      if (subnet === null) throw new Error(`${entry} is no address or subnet`);
      return subnet;
    });
  const remembered = new Map<string, boolean>();
  return (text) => {
    if (text === "") return hasFileSystem;
    const known = remembered.get(text);
    if (known !== undefined) return known;
    // The zone of a link-local peer says which interface of ours it is at.
    const address = withoutMapping(parse(text.replace(/%.*$/, "")));
    const isIn =
      address !== null &&
      subnets.some(({ network, bits }) => network.kind() === address.kind() && address.match(network, bits));
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(text, isIn);
    return isIn;
  };
}

/** Whether `text` is an IP address in full: four decimal parts, or IPv6 without brackets and zone. */
export function isAddress(text: string): boolean {
  return parse(text) !== null;
}

/** An IPv4 address that is written as IPv6, as dual-stack sockets do (RFC 4291 §2.5.5.2), without that; others as they are. */
export function plainAddress(address: string): string {
  return MAPPED.test(address) ? address.slice(7) : address;
}

/** The text of an address of 4 or 16 bytes. */
export function addressFromBytes(bytes: Uint8Array): string {
  return `${withoutMapping(ip.fromByteArray([...bytes]))}`;
}

const MAPPED = /^::ffff:[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/i;
const MAPPED_BITS = 96;

/** One to three parts, or a dot at the end. No leading zeros: some read 010 as ten, some as eight. */
const PARTIAL = /^(?:(?:0|[1-9][0-9]{0,2})(?:\.|$)){1,3}$|^(?:(?:0|[1-9][0-9]{0,2})\.){4}$/;

function partialSubnet(text: string): Subnet | null {
  const octets = text.replace(/\.$/, "").split(".").map(Number);
  if (octets.some((octet) => octet > 255)) return null;
  return { network: new ip.IPv4([...octets, 0, 0, 0].slice(0, 4)), bits: 8 * octets.length };
}

/** Four decimal parts without leading zeros. The library takes ten times as long to say so. */
const FOUR_PARTS = /^(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})$/;

function parse(text: string): Address | null {
  const parts = FOUR_PARTS.exec(text);
  if (parts !== null) {
    const octets = [Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4])];
    return octets.every((octet) => octet <= 255) ? new ip.IPv4(octets) : null;
  }
  // The library also reads "1.2.3.4" here, and zones, which mean something on one machine only.
  return text.includes(":") && !text.includes("%") && ip.IPv6.isValid(text) ? ip.IPv6.parse(text) : null;
}

function withoutMapping(address: Address | null): Address | null {
  return address instanceof ip.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function readMask(mask: string, most: number): number | null {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask) <= most ? Number(mask) : null;
  const address = most === 32 ? parse(mask) : null;
  // null for a mask with holes.
  return address instanceof ip.IPv4 ? address.prefixLengthFromSubnetMask() : null;
}
