/** Which address of a chain of proxies is the client's: X-Forwarded-For, and the same in RFC 7239. Pure. */

import { isAddress, plainAddress, type AddressSet } from "../settings/subnets.ts";

export interface Link {
  /** Which item of the chain the client is. */
  readonly index: number;
  readonly address: string;
}

/**
 * Each proxy adds the address of its own client at the right. What stands left of the last one that a trusted proxy has
 * added may be made up, so the chain is read from the right, through the proxies that are trusted.
 *
 * @param trusted null believes everything, up to the first item.
 * @returns null when nobody who can be believed has told an address.
 */
export function clientOfChain(items: readonly string[], trusted: AddressSet | null): Link | null {
  if (trusted === null) {
    const address = addressIn(items[0] ?? "");
    return address === null ? null : { index: 0, address };
  }
  let known: Link | null = null;
  for (let index = items.length - 1; index >= 0; index--) {
    const address = addressIn(items[index] as string);
    // "unknown", or nonsense: then the proxy that told so is the last one known.
    if (address === null) break;
    known = { index, address };
    if (!trusted(address)) break;
  }
  return known;
}

/** The address in an item: some proxies add the port, and RFC 7239 writes IPv6 in brackets. null when there is none. */
function addressIn(item: string): string | null {
  const text = item.trim();
  const [, bare = text] = /^\[([^\]]*)\](?::[0-9]+)?$/.exec(text) ?? /^([0-9.]+):[0-9]+$/.exec(text) ?? [];
  return isAddress(bare) ? plainAddress(bare) : null;
}
