/** Whether a certificate and a key will do, and what the operator should know of them. */

import type { CertificateFiles, Named } from "../settings/settings.ts";
import { createContext } from "./context.ts";
import { cryptoLibrary } from "./library.ts";
import type { ServerIdentity } from "./material.ts";
import { dnsNames } from "./names.ts";
import type { Validity } from "./validity.ts";
import { certificatesIn, isEncrypted, privateKeyIn } from "./pem.ts";

/** What the files of a certificate hold. */
export interface IdentityTexts {
  readonly certificate: string;
  readonly key: string;
  readonly chain: string;
}

export interface CheckedIdentity extends Validity {
  readonly identity: ServerIdentity;
}

/** What is wrong with files, for the operator: what, where, and what to try. */
export interface TlsProblem {
  readonly what: string;
  readonly files: readonly Named[];
  readonly advice: string;
}

/** Everything that could keep handshakes from working is found here, before a front end has it. */
export function checkIdentity(
  files: CertificateFiles,
  texts: IdentityTexts,
  authorities: string | null,
): CheckedIdentity | TlsProblem {
  const { X509Certificate, createPrivateKey } = cryptoLibrary();
  const { certificate, chain, key } = files;
  const [leaf, ...others] = certificatesIn(texts.certificate);
  if (leaf === undefined) return noCertificate(certificate);
  const further = certificatesIn(texts.chain);
  if (chain !== null && further.length === 0) return noCertificate(chain);
  const pem = privateKeyIn(texts.key);
  if (pem === null) {
    return { what: "there is no private key in the file for it", files: [key], advice: "It must be in PEM form." };
  }
  if (isEncrypted(pem)) {
    return {
      what: "the private key is protected by a pass phrase, which nobody can type when a server starts by itself",
      files: [key],
      advice: `openssl pkey -in ${key.path} -out FILE writes one without; keep it readable for its owner alone`,
    };
  }
  const both = [certificate, key];
  try {
    const read = new X509Certificate(leaf);
    if (!read.checkPrivateKey(createPrivateKey(pem))) {
      return {
        what: "the certificate and its key do not match",
        files: both,
        advice: `openssl x509 -noout -pubkey -in ${certificate.path} shows the key that the certificate was made for`,
      };
    }
    const names = dnsNames(read.subjectAltName);
    const identity = { names, certificate: [leaf, ...others, ...further].join("\n"), key: pem };
    createContext(identity, authorities);
    return { identity, notBeforeMs: Date.parse(read.validFrom), notAfterMs: Date.parse(read.validTo) };
  } catch (error) {
    return {
      what: `the certificate or its key cannot be used (${error instanceof Error ? error.message : String(error)})`,
      files: chain === null ? both : [...both, chain],
      advice: "openssl x509 -noout -text -in FILE and openssl pkey -noout -check -in FILE tell more",
    };
  }
}

/** What is wrong with the authorities of client certificates; null when nothing is. */
export function checkAuthorities(file: Named, text: string): TlsProblem | null {
  const { X509Certificate } = cryptoLibrary();
  try {
    const authorities = certificatesIn(text).map((certificate) => new X509Certificate(certificate));
    return authorities.length === 0 ? noCertificate(file) : null;
  } catch (error) {
    return {
      what: `a certificate in the file of authorities cannot be used (${error instanceof Error ? error.message : String(error)})`,
      files: [file],
      advice: "openssl storeutl -noout -text -certs FILE shows those that are well.",
    };
  }
}

function noCertificate(file: Named): TlsProblem {
  return { what: "there is no certificate in the file for it", files: [file], advice: "It must be in PEM form." };
}

/** Several lines, the last without its end. */
export function describeTlsProblem({ what, files, advice }: TlsProblem): string {
  const width = Math.max(...files.map(({ option }) => option.length));
  return [what, ...files.map(({ option, path }) => `  ${option.padEnd(width)}  ${path}`), `  ${advice}`].join("\n");
}
