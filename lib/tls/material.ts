/**
 * What handshakes need, as PEM text. The supervisor reads it, as root where keys are root's, and hands it to front ends over
 * IPC: it is never written anywhere.
 */

export interface TlsMaterial {
  /** The first is for clients that ask for no host, or for one that none of them names. */
  readonly identities: readonly ServerIdentity[];
  /** Whose client certificates are trusted; null when none is asked for. */
  readonly authorities: string | null;
}

export interface ServerIdentity {
  /** Hosts that the certificate names, lower case; `*.example.com` is one label and the rest. */
  readonly names: readonly string[];
  /** The certificate and, after it, those that lead to an authority. */
  readonly certificate: string;
  readonly key: string;
}
