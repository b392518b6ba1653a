/** `struct sockaddr_in` and `sockaddr_in6`, to and from bytes. Pure. */

// The families as Linux numbers them.
export const AF_INET = 2;
export const AF_INET6 = 10;

export interface SocketAddress {
  readonly family: typeof AF_INET | typeof AF_INET6;
  /** Numeric, without brackets. */
  readonly address: string;
  readonly port: number;
}

/** Bytes for bind(2). `address` must be a valid numeric address of its family. */
export function encodeAddress({ family, address, port }: SocketAddress): Uint8Array {
  const bytes = new Uint8Array(family === AF_INET ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  view.setUint16(2, port, false);
  if (family === AF_INET) bytes.set(address.split(".").map(Number), 4);
  else bytes.set(ipv6Bytes(address), 8);
  return bytes;
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
