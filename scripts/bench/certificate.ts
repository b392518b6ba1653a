/** The certificate that servers show in a run: one for all, so that all have the same work with it. */

import { existsSync } from "node:fs";
import { join } from "node:path";

/** Make it, once. Returns the path without the endings `.crt` and `.key`. */
export function certificateIn(site: string): string {
  const path = join(site, "localhost");
  if (existsSync(`${path}.crt`)) return path;
  const words = ["req", "-x509", "-nodes", "-days", "2", "-newkey", "rsa:2048", "-subj", "/CN=localhost"];
  const names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", `${path}.key`, "-out", `${path}.crt`];
  const made = Bun.spawnSync(["openssl", ...words, ...names], { stdout: "ignore", stderr: "pipe" });
  if (!made.success) throw new Error(`openssl could not make a certificate: ${made.stderr.toString().trim()}`);
  return path;
}
