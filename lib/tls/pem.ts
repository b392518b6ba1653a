/** PEM files (RFC 7468): what of them is a certificate or a key. Pure. */

const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/g;

const PRIVATE_KEY = /-----BEGIN ((?:\w+ )?PRIVATE KEY)-----[^]+?-----END \1-----/;

/** Every certificate in `text`, in order; what stands around and between them is for people. */
export function certificatesIn(text: string): readonly string[] {
  return [...text.matchAll(CERTIFICATE)].map(([block]) => block);
}

/** The private key in `text`, which may hold certificates too; null when there is none. */
export function privateKeyIn(text: string): string | null {
  return PRIVATE_KEY.exec(text)?.[0] ?? null;
}

/** It can't be used without a pass phrase: PKCS#8 says so in its label, older forms in a header (RFC 1421). */
export function isEncrypted(key: string): boolean {
  return key.startsWith("-----BEGIN ENCRYPTED") || /^Proc-Type: *4, *ENCRYPTED/m.test(key);
}
