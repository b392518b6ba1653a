/** The certificates that handshakes use from now on; connections keep what they began with. */

import { createContext, type SecureContext } from "../tls/context.ts";
import type { TlsMaterial } from "../tls/material.ts";
import { nameTable, type NameTable } from "../tls/names.ts";

export interface ServerKeys {
  /** Whether clients are asked for certificates. */
  readonly asksClients: boolean;
  /** For clients that ask for no host, or an unknown one. */
  readonly usual: SecureContext;
  /** For this host; undefined is the usual one. */
  forHost(host: string): SecureContext | undefined;
  replace(material: TlsMaterial): void;
}

export function createServerKeys(material: TlsMaterial): ServerKeys {
  let current = load(material);
  return {
    get asksClients() {
      return current.asksClients;
    },
    get usual() {
      return current.usual;
    },
    forHost: (host) => current.byHost?.find(host),
    replace(next) {
      current = load(next);
    },
  };
}

interface Loaded {
  readonly asksClients: boolean;
  readonly usual: SecureContext;
  /** null when there is nothing to choose from. */
  readonly byHost: NameTable<SecureContext> | null;
}

function load({ identities, authorities }: TlsMaterial): Loaded {
  const made = identities.map((identity) => [identity.names, createContext(identity, authorities)] as const);
  const [, usual] = made[0]!;
  return { asksClients: authorities !== null, usual, byHost: made.length > 1 ? nameTable(made) : null };
}
