/** The certificate authorities that this machine trusts, for connections to other servers. */

import { readFileSync } from "node:fs";

/** Where distributions keep them all in one file: Debian and Alpine, Red Hat, SUSE. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem",
];

/**
 * In PEM; undefined leaves it to the runtime, which has a list of its own and obeys `SSL_CERT_FILE` and
 * `NODE_EXTRA_CA_CERTS`, but does not look at the system's.
 */
export function trustedAuthorities(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (environment["SSL_CERT_FILE"] || environment["NODE_EXTRA_CA_CERTS"]) return undefined;
  for (const path of BUNDLES) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      // Another distribution.
    }
  }
  return undefined;
}
