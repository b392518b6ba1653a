/** Which client certificates are good enough, of those whose signatures the library has verified. */

import type { X509Certificate } from "node:crypto";

/**
 * Why `certificate` isn't; null when it is. It must come from a root among `authorities` directly, or be one of them: an
 * authority that is only signed by one of them could hand out certificates that nobody here has asked for. That is
 * mod_ssl's limit on the length of chains, 1, which mod_wsgi-express leaves as it is.
 */
export function issuedDirectly(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  nowMs: number,
): string | null {
  // A resumed session was verified when it began.
  if (Date.parse(certificate.validTo) < nowMs) return "certificate has expired";
  const direct = authorities.some(
    (authority) =>
      authority.fingerprint256 === certificate.fingerprint256 ||
      (authority.subject === authority.issuer &&
        certificate.checkIssued(authority) &&
        certificate.verify(authority.publicKey)),
  );
  return direct ? null : "certificate chain too long";
}
