/** The certificates that handshakes use from now on; connections keep what they began with. */

import type { X509Certificate } from "node:crypto";
import { viewOf } from "../tls/certificate.ts";
import { createContext, type SecureContext } from "../tls/context.ts";
import { cryptoLibrary } from "../tls/library.ts";
import type { TlsMaterial } from "../tls/material.ts";
import { nameTable, type NameTable } from "../tls/names.ts";
import { certificatesIn } from "../tls/pem.ts";
import { issuedDirectly } from "../tls/trust.ts";
import { serverVariables, type Pairs } from "../tls/variables.ts";

/** One of the certificates, and what goes with it. */
export interface Identity {
  readonly context: SecureContext;
  /** SSL_SERVER_* */
  readonly variables: Pairs;
  /** Why a client's certificate that the library has verified isn't enough; null when it is. */
  distrust(certificate: X509Certificate): string | null;
}

export interface ServerKeys {
  /** Whether clients are asked for certificates. */
  readonly asksClients: boolean;
  /** The one for this host, or when it asks for none, or an unknown one, the first. */
  identityFor(host: string | undefined): Identity;
  replace(material: TlsMaterial): void;
}

/** Throws what the library says of what it can't use. */
export function createServerKeys(material: TlsMaterial): ServerKeys {
  let current = load(material);
  return {
    // Settings say so, which don't change.
    asksClients: material.authorities !== null,
    identityFor: (host) => (host ? current.byHost?.find(host) : undefined) ?? current.usual,
    replace(next) {
      current = load(next);
    },
  };
}

interface Loaded {
  readonly usual: Identity;
  /** null when there is nothing to choose from. */
  readonly byHost: NameTable<Identity> | null;
}

function load({ identities, authorities }: TlsMaterial): Loaded {
  const { X509Certificate } = cryptoLibrary();
  const trusted = authorities === null ? [] : certificatesIn(authorities).map((pem) => new X509Certificate(pem));
  const made = identities.map((identity) => {
    const [leaf = ""] = certificatesIn(identity.certificate);
    const loaded: Identity = {
      context: createContext(identity, authorities),
      variables: serverVariables(viewOf(new X509Certificate(leaf))),
      distrust: (certificate) => issuedDirectly(certificate, trusted, Date.now()),
    };
    return [identity.names, loaded] as const;
  });
  const [, usual] = made[0]!;
  return { usual, byHost: made.length > 1 ? nameTable(made) : null };
}
