/** Networks of IP addresses as directives name them. Pure. */

import { addressSet, readSubnet, type AddressSet } from "../settings/subnets.ts";

/**
 * `10.1.2.3`, `10.1` (everything below), `10.1.0.0/255.255.0.0`, `10.1.0.0/16`, `2001:db8::/32`.
 * @throws Error when it is none of these
 */
export function networkNamed(text: string): AddressSet {
  if (readSubnet(text) === null) throw new Error(`${text} is no IP address and no network`);
  return addressSet([text]);
}
