/** Networks of IP addresses as Apache writes them, and whether an address belongs to one. Pure. */

import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export type Network = (address: string) => boolean;

/**
 * `10.1.2.3`, `10.1` (everything below), `10.1.0.0/255.255.0.0`, `10.1.0.0/16`, `2001:db8::/32`.
 * @throws Error when it is none of these
 */
export function networkNamed(text: string): Network {
  const [base = "", mask, ...more] = text.split("/");
  const octets = /^\d{1,3}(?:\.\d{1,3}){0,3}\.?$/.test(base) ? base.replace(/\.$/, "").split(".") : [];
  const whole = octets.length === 0 ? base : [...octets, "0", "0", "0"].slice(0, 4).join(".");
  // The library would also read numbers of other bases, and addresses of one number.
  const isAddress =
    octets.length > 0 ? ipaddr.IPv4.isValidFourPartDecimal(whole) : base.includes(":") && ipaddr.IPv6.isValid(base);
  if (!isAddress || more.length > 0) throw new Error(`${text} is no IP address and no network`);
  const network = parse(whole);
  const length = lengthOf(mask, octets.length > 0 ? octets.length * 8 : 128, network, text);
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const candidate = parse(address);
    return candidate.kind() === network.kind() && candidate.match(network, length);
  };
}

/** An IPv4 address in IPv6 clothes is the same client. */
function parse(text: string): Address {
  return ipaddr.process(text);
}

function lengthOf(mask: string | undefined, whole: number, network: Address, text: string): number {
  if (mask === undefined) return whole;
  const bits = network.kind() === "ipv4" ? 32 : 128;
  const length = /^\d+$/.test(mask)
    ? Number(mask)
    : ipaddr.IPv4.isValid(mask)
      ? ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask()
      : null;
  if (length === null || length > bits) throw new Error(`${text} has no mask of a network`);
  return length;
}
