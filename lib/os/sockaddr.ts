/** `struct sockaddr_in`, `sockaddr_in6` and `sockaddr_un`, to and from bytes. Pure. */

// The families as Linux numbers them.
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** `struct sockaddr_un` has room for 108 bytes, the last of them zero. */
export const LONGEST_PATH_BYTES = 107;

/** Room for any of the three. */
export const ADDRESS_BYTES = 110;

export interface SocketAddress {
  readonly family: typeof AF_INET | typeof AF_INET6;
  /** Numeric, without brackets and without a zone. */
  readonly address: string;
  readonly port: number;
  /** Index of the interface that a link-local IPv6 address belongs to (RFC 4007). */
  readonly scope?: number;
}

/** Bytes for bind(2). `address` must be a valid numeric address of its family. */
export function encodeAddress({ family, address, port, scope = 0 }: SocketAddress): Uint8Array {
  const bytes = new Uint8Array(family === AF_INET ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  view.setUint16(2, port, false);
  if (family === AF_INET) {
    bytes.set(address.split(".").map(Number), 4);
  } else {
    bytes.set(ipv6Bytes(address), 8);
    view.setUint32(24, scope, true);
  }
  return bytes;
}

/** The same for a path; one that begins with "@" is no file but a name in the abstract space, as systemd writes it. */
export function encodePath(path: string): Uint8Array {
  const name = Buffer.from(path);
  const abstract = path.startsWith("@");
  // A path ends with a zero byte, an abstract name with its length.
  const bytes = new Uint8Array(2 + name.length + (abstract ? 0 : 1));
  new DataView(bytes.buffer).setUint16(0, AF_UNIX, true);
  bytes.set(name, 2);
  if (abstract) bytes[2] = 0;
  return bytes;
}

/** The path in the first `length` bytes of an address that getsockname(2) filled in; "" when it has none. */
export function pathOf(bytes: Uint8Array, length: number): string {
  const name = Buffer.from(bytes.subarray(2, length));
  if (name[0] === 0) return `@${name.subarray(1).toString()}`;
  const end = name.indexOf(0);
  return name.subarray(0, end < 0 ? name.length : end).toString();
}

/** The family of such an address. */
export function familyOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(0, true);
}

/** The numeric address in such an address of IPv4 or IPv6. */
export function addressOf(bytes: Uint8Array): string {
  if (familyOf(bytes) === AF_INET) return bytes.subarray(4, 8).join(".");
  const view = new DataView(bytes.buffer, bytes.byteOffset + 8);
  const all = Array.from({ length: 8 }, (_, index) => view.getUint16(2 * index).toString(16)).join(":");
  // The longest run of zeros is written as "::" (RFC 5952 §4.2).
  const longest = [...all.matchAll(/\b0(?::0)+\b/g)].toSorted((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return all;
  return `${all.slice(0, longest.index)}::${all.slice(longest.index + longest[0].length)}`.replaceAll(/:{3,}/g, "::");
}

/** The port in an address that getsockname(2) filled in; it sits in the same place for both families. */
export function portOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(2, false);
}

function ipv6Bytes(text: string): Uint8Array {
  const [head = "", tail] = text.split("::", 2);
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  const bytes = new Uint8Array(16);
  [...front, ...zeros, ...back].forEach((group, index) => {
    bytes[2 * index] = group >> 8;
    bytes[2 * index + 1] = group & 0xff;
  });
  return bytes;
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [parseInt(group, 16)];
    // The last 32 bits may be written as an IPv4 address (RFC 4291 §2.2).
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
