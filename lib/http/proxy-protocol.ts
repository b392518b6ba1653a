/**
 * The header with which a load balancer begins a connection to tell whose it is: the PROXY protocol, versions 1 and 2,
 * as HAProxy has written it down. Pure: bytes in, addresses out.
 */

import { addressFromBytes, isAddress } from "../settings/subnets.ts";
import { isPort } from "./authority.ts";

/** Both ends of the client's own connection. */
export interface ProxiedAddresses {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

export type ProxyHeader =
  | "incomplete"
  /** No header, or one that is malformed: what was found instead. */
  | { readonly why: string }
  /** `addresses` is null when the balancer speaks for itself, as in its health checks: then the peer is who it seems. */
  | { readonly consumed: number; readonly addresses: ProxiedAddresses | null };

/** The longest line that version 1 has, with its CRLF. */
const MAX_V1_BYTES = 107;

/** In front of the addresses: signature, version and command, family, length. */
const V2_FIXED_BYTES = 16;

/** Signature of version 2: no other protocol begins like this. */
const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const V1_PREFIX = Buffer.from("PROXY ");

/** What follows the addresses (TLVs, such as certificates of clients) is skipped, and nobody needs more of it than this. */
const MAX_V2_BYTES = V2_FIXED_BYTES + 4096;

/** @param bytes all that has arrived so far. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (bytes.length === 0) return "incomplete";
  if (agrees(bytes, SIGNATURE)) return bytes.length < V2_FIXED_BYTES ? "incomplete" : readBinary(bytes);
  if (agrees(bytes, V1_PREFIX)) return readLine(bytes);
  return { why: "the connection does not begin with a PROXY header" };
}

/** Whether `bytes` begin with `prefix`, as far as they go. */
function agrees(bytes: Buffer, prefix: Buffer): boolean {
  const length = Math.min(bytes.length, prefix.length);
  return bytes.compare(prefix, 0, length, 0, length) === 0;
}

function readLine(bytes: Buffer): ProxyHeader {
  const end = bytes.indexOf("\r\n");
  if (end < 0 || end + 2 > MAX_V1_BYTES) {
    return bytes.length < MAX_V1_BYTES ? "incomplete" : { why: "the PROXY line is too long" };
  }
  const line = bytes.toString("latin1", 0, end);
  const consumed = end + 2;
  // Whatever follows it, it tells nothing.
  if (line === "PROXY UNKNOWN" || line.startsWith("PROXY UNKNOWN ")) return { consumed, addresses: null };
  const [, family, remoteAddress = "", localAddress = "", remotePort = "", localPort = ""] =
    /^PROXY (TCP4|TCP6) ([0-9A-Fa-f.:]+) ([0-9A-Fa-f.:]+) ([0-9]+) ([0-9]+)$/.exec(line) ?? [];
  if (family === undefined) return { why: "the PROXY line is malformed" };
  const isFamily = (address: string) => isAddress(address) && address.includes(":") === (family === "TCP6");
  if (![remoteAddress, localAddress].every(isFamily)) return { why: "the PROXY line has a malformed address" };
  if (![remotePort, localPort].every(isPortNumber)) return { why: "the PROXY line has a malformed port" };
  return {
    consumed,
    addresses: { remoteAddress, remotePort: Number(remotePort), localAddress, localPort: Number(localPort) },
  };
}

/** 0 is one here. No leading zeros. */
function isPortNumber(text: string): boolean {
  return text === "0" || (isPort(text) && !text.startsWith("0"));
}

const LOCAL = 0x20;
const PROXY = 0x21;

/** Transports over IPv4 and IPv6 that a server for TCP can be reached by. */
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNSPECIFIED = 0x00;
const UNIX_STREAM = 0x31;

/** @param bytes at least the fixed part. */
function readBinary(bytes: Buffer): ProxyHeader {
  const command = bytes[12] as number;
  const family = bytes[13] as number;
  const length = bytes.readUInt16BE(14);
  if (command !== LOCAL && command !== PROXY) return { why: "the PROXY header has an unknown version or command" };
  const consumed = V2_FIXED_BYTES + length;
  if (consumed > MAX_V2_BYTES) return { why: `the PROXY header of ${consumed} bytes is too long` };
  if (bytes.length < consumed) return "incomplete";
  // The receiver must not look at the addresses of LOCAL.
  if (command === LOCAL || family === UNSPECIFIED || family === UNIX_STREAM) return { consumed, addresses: null };
  const size = family === TCP4 ? 4 : family === TCP6 ? 16 : 0;
  if (size === 0) return { why: "the PROXY header tells of something else than TCP" };
  if (length < 2 * size + 4) return { why: "the PROXY header is too short for its addresses" };
  const at = V2_FIXED_BYTES;
  return {
    consumed,
    addresses: {
      remoteAddress: addressFromBytes(bytes.subarray(at, at + size)),
      remotePort: bytes.readUInt16BE(at + 2 * size),
      localAddress: addressFromBytes(bytes.subarray(at + size, at + 2 * size)),
      localPort: bytes.readUInt16BE(at + 2 * size + 2),
    },
  };
}
