/** The SSL_* variables of mod_ssl, as pairs for a CGI environment. Pure. */

import type { CertificateView } from "./certificate.ts";
import { components, rfc2253 } from "./distinguished-name.ts";
import { alternativeNames } from "./names.ts";

export type Pairs = readonly (readonly [name: string, value: string])[];

export interface SessionView {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** By OpenSSL's name. */
  readonly cipher: string;
  /** Hexadecimal; "" when the session has none. */
  readonly id: string;
  readonly resumed: boolean;
  /** SUCCESS, NONE, or FAILED: and why. */
  readonly clientVerify: string;
}

export function sessionVariables({ protocol, cipher, id, resumed, clientVerify }: SessionView, version: string): Pairs {
  const bits = /256|CHACHA20/.test(cipher.replace(/SHA256/, "")) ? "256" : "128";
  return [
    ["SSL_VERSION_INTERFACE", `Malt/${version}`],
    ["SSL_VERSION_LIBRARY", "BoringSSL"],
    ["SSL_PROTOCOL", protocol],
    ["SSL_CIPHER", cipher],
    ["SSL_CIPHER_EXPORT", "false"],
    ["SSL_CIPHER_USEKEYSIZE", bits],
    ["SSL_CIPHER_ALGKEYSIZE", bits],
    // Compression and renegotiation are what the library doesn't do at all.
    ["SSL_COMPRESS_METHOD", "NULL"],
    ["SSL_SECURE_RENEG", "true"],
    ["SSL_SESSION_RESUMED", resumed ? "Resumed" : "Initial"],
    ...(id === "" ? [] : [["SSL_SESSION_ID", id] as const]),
    ["SSL_CLIENT_VERIFY", clientVerify],
  ];
}

export function serverVariables(certificate: CertificateView): Pairs {
  return certificateVariables("SSL_SERVER_", certificate);
}

const DAY_MS = 86_400_000;

export function clientVariables(certificate: CertificateView, nowMs: number): Pairs {
  const { issuer, notAfter, serial } = certificate;
  const remaining = Math.max(0, Math.floor((Date.parse(notAfter) - nowMs) / DAY_MS));
  const exact = `{ serialNumber ${BigInt(`0x${serial || "0"}`)}, issuer rdnSequence:"${rfc2253(issuer)}" }`;
  return [
    ...certificateVariables("SSL_CLIENT_", certificate),
    ["SSL_CLIENT_V_REMAIN", `${remaining}`],
    ["SSL_CLIENT_CERT_RFC4523_CEA", exact],
  ];
}

function certificateVariables(prefix: string, certificate: CertificateView): Pairs {
  const { issuer, subject } = certificate;
  const pairs = [
    ["M_VERSION", `${certificate.version}`],
    ["M_SERIAL", certificate.serial],
    ["V_START", certificate.notBefore],
    ["V_END", certificate.notAfter],
    ["S_DN", rfc2253(subject)],
    ...components(subject).map(([name, value]) => [`S_DN_${name}`, value] as const),
    ["I_DN", rfc2253(issuer)],
    ...components(issuer).map(([name, value]) => [`I_DN_${name}`, value] as const),
    ...alternatives(certificate.subjectAltName),
    ["A_KEY", certificate.keyAlgorithm],
    ["A_SIG", certificate.signatureAlgorithm],
  ] as const;
  // As mod_ssl: what is empty is not there.
  return pairs.filter(([, value]) => value !== "").map(([name, value]) => [prefix + name, value]);
}

/** `SAN_DNS_0`, `SAN_Email_0` and so on. */
function alternatives(subjectAltName: string): Pairs {
  const counts = { DNS: 0, email: 0 };
  return alternativeNames(subjectAltName).map(([kind, name]) => {
    return [`SAN_${kind === "DNS" ? "DNS" : "Email"}_${counts[kind]++}`, name];
  });
}

/** Pairs as the text of an environment: NUL-separated, one latin-1 character a byte; begins with a NUL. */
export function environText(pairs: Pairs): string {
  const text = pairs.map(([name, value]) => `\0${name}\0${value.replaceAll("\0", "")}`).join("");
  return Buffer.from(text).toString("latin1");
}
