/** How this server does TLS: versions, ciphers, and the library's object that holds certificate and key. */

import { tlsLibrary } from "./library.ts";
import type { ServerIdentity } from "./material.ts";

/** The library's own: made here, given back to it in handshakes. */
export type SecureContext = object;

/**
 * Forward secrecy and authenticated encryption only, which is all that TLS 1.3 has. Clients that know none of these are
 * older than 2014.
 */
const CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** Throws what the library says of a certificate or key that it can't use. */
export function createContext({ certificate, key }: ServerIdentity, authorities: string | null): SecureContext {
  const made = tlsLibrary().createSecureContext({
    cert: certificate,
    key,
    minVersion: "TLSv1.2",
    ciphers: CIPHERS,
    ...(authorities === null ? {} : { ca: authorities }),
  });
  return (made as { context: SecureContext }).context;
}
