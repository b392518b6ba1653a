/** What a certificate says, in the words of the SSL_* variables. */

import type { X509Certificate } from "node:crypto";

export interface CertificateView {
  readonly version: number;
  /** Upper-case hexadecimal. */
  readonly serial: string;
  /** As in `Dec 23 07:01:59 2026 GMT`. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** See {@link rfc2253}. */
  readonly subject: string;
  readonly issuer: string;
  readonly subjectAltName: string;
  /** By OpenSSL's long names: `rsaEncryption`, `sha256WithRSAEncryption`. */
  readonly keyAlgorithm: string;
  readonly signatureAlgorithm: string;
}

const KEY_ALGORITHMS: Readonly<Record<string, string>> = {
  rsa: "rsaEncryption",
  "rsa-pss": "rsassaPss",
  ec: "id-ecPublicKey",
  ed25519: "ED25519",
  ed448: "ED448",
};

export function viewOf(certificate: X509Certificate): CertificateView {
  const keyType = certificate.publicKey.asymmetricKeyType ?? "";
  return {
    version: versionOf(certificate.raw),
    serial: certificate.serialNumber,
    notBefore: certificate.validFrom,
    notAfter: certificate.validTo,
    subject: certificate.subject ?? "",
    issuer: certificate.issuer ?? "",
    subjectAltName: certificate.subjectAltName ?? "",
    keyAlgorithm: KEY_ALGORITHMS[keyType] ?? keyType,
    signatureAlgorithm: certificate.signatureAlgorithm ?? "",
  };
}

/**
 * The library doesn't tell. A certificate is a sequence of which the first element is a sequence, which begins with the
 * version, counted from 0 and tagged [0], or without it when that is 1 (RFC 5280 §4.1).
 */
function versionOf(raw: Uint8Array): number {
  const at = valueAt(raw, valueAt(raw, 0));
  return raw[at] === 0xa0 ? (raw[at + 4] ?? 0) + 1 : 1;
}

/** Where the value of the DER element at `at` begins: behind its tag and its length, which may take several bytes. */
export function valueAt(der: Uint8Array, at: number): number {
  const length = der[at + 1] ?? 0;
  return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
}
