/** SSL_* variables and PEM files, from values that no real certificate has. */

import { describe, expect, test } from "bun:test";
import type { CertificateView } from "../../lib/tls/certificate.ts";
import { certificatesIn, isEncrypted, privateKeyIn } from "../../lib/tls/pem.ts";
import { clientVariables, environText, serverVariables, sessionVariables } from "../../lib/tls/variables.ts";

const VIEW: CertificateView = {
  version: 3,
  serial: "0A",
  notBefore: "Jan  1 00:00:00 2026 GMT",
  notAfter: "Jan 11 00:00:00 2026 GMT",
  subject: "CN=name",
  issuer: "O=Org\nCN=ca",
  subjectAltName: "DNS:a.test, email:b@c.test, DNS:d.test",
  keyAlgorithm: "rsaEncryption",
  signatureAlgorithm: "",
};

const at = (day: number) => Object.fromEntries(clientVariables(VIEW, Date.UTC(2026, 0, day)));

const block = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----`;

describe("the size of the key", () => {
  const cases = {
    "ECDHE-RSA-AES128-GCM-SHA256": "128",
    "ECDHE-ECDSA-AES256-GCM-SHA384": "256",
    "ECDHE-RSA-CHACHA20-POLY1305": "256",
    TLS_AES_128_GCM_SHA256: "128",
    TLS_AES_256_GCM_SHA384: "256",
    TLS_CHACHA20_POLY1305_SHA256: "256",
  };
  for (const [cipher, bits] of Object.entries(cases)) {
    test(`of ${cipher} is ${bits}`, () => {
      const session = { protocol: "TLSv1.3", cipher, id: "", resumed: false, clientVerify: "NONE" };
      const variables = Object.fromEntries(sessionVariables(session, "1"));
      expect(variables).toMatchObject({ SSL_CIPHER_USEKEYSIZE: bits, SSL_CIPHER_ALGKEYSIZE: bits });
      expect(variables).not.toHaveProperty("SSL_SESSION_ID");
    });
  }
});

test("what is empty has no variable, and alternative names are counted by kind", () => {
  const variables = Object.fromEntries(serverVariables(VIEW));
  expect(variables).not.toHaveProperty("SSL_SERVER_A_SIG");
  expect(variables).toMatchObject({
    SSL_SERVER_SAN_DNS_0: "a.test",
    SSL_SERVER_SAN_DNS_1: "d.test",
    SSL_SERVER_SAN_Email_0: "b@c.test",
  });
});

test("a client's certificate has days left, none when it is over, and its exact name", () => {
  expect(at(1)["SSL_CLIENT_V_REMAIN"]).toBe("10");
  expect(at(20)["SSL_CLIENT_V_REMAIN"]).toBe("0");
  expect(at(1)["SSL_CLIENT_CERT_RFC4523_CEA"]).toBe('{ serialNumber 10, issuer rdnSequence:"CN=ca,O=Org" }');
});

test("no value brings a variable of its own, and text becomes bytes", () => {
  expect(environText([["A", "x\0REMOTE_USER\0root"]])).toBe("\0A\0xREMOTE_USERroot");
  expect(environText([["A", "é"]])).toBe("\0A\0\u00c3\u00a9");
});

test("certificates and keys are found in PEM files among other things", () => {
  const [one, two, key] = [block("CERTIFICATE", "b25l"), block("CERTIFICATE", "dHdv"), block("EC PRIVATE KEY", "a2V5")];
  const text = `subject=x\n${block("EC PARAMETERS", "eA==")}\n${one}\r\n${key}\nissuer=y\n${two}`;
  expect(certificatesIn(text)).toEqual([one, two]);
  expect(privateKeyIn(text)).toBe(key);
  expect(privateKeyIn(one)).toBeNull();
  expect(certificatesIn("-----BEGIN CERTIFICATE-----\nb25l")).toEqual([]);
  expect(isEncrypted(key)).toBe(false);
  expect(isEncrypted(block("ENCRYPTED PRIVATE KEY", "a2V5"))).toBe(true);
  const older = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\na2V5";
  expect(isEncrypted(block("RSA PRIVATE KEY", older))).toBe(true);
});
