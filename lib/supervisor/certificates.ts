/** Reads certificates and keys, as whoever the supervisor is, and checks them: front ends get only what works. */

import { readFileSync, statSync } from "node:fs";
import { codeOf } from "../os/errors.ts";
import type { Named, Tls } from "../settings/settings.ts";
import { checkAuthorities, checkIdentity, type CheckedIdentity, type TlsProblem } from "../tls/identity.ts";
import type { TlsMaterial } from "../tls/material.ts";

export interface Certificates {
  readonly material: TlsMaterial;
  readonly identities: readonly CheckedIdentity[];
}

export function readCertificates(tls: Tls): Certificates | TlsProblem {
  const identities: CheckedIdentity[] = [];
  let authorities: string | null = null;
  if (tls.clients !== null) {
    const text = read(tls.clients.authorities);
    if (typeof text !== "string") return text;
    const problem = checkAuthorities(tls.clients.authorities, text);
    if (problem !== null) return problem;
    authorities = text;
  }
  for (const files of tls.certificates) {
    const certificate = read(files.certificate);
    const key = read(files.key);
    const chain = files.chain === null ? "" : read(files.chain);
    for (const part of [certificate, key, chain]) if (typeof part !== "string") return part;
    const texts = { certificate: String(certificate), key: String(key), chain: String(chain) };
    const checked = checkIdentity(files, texts, authorities);
    if ("what" in checked) return checked;
    identities.push(checked);
  }
  return { material: { identities: identities.map(({ identity }) => identity), authorities }, identities };
}

/** All files that {@link readCertificates} reads. */
export function certificateFiles({ certificates, clients }: Tls): readonly Named[] {
  const files = certificates.flatMap(({ certificate, key, chain }) => [certificate, key, ...(chain ? [chain] : [])]);
  return clients === null ? files : [...files, clients.authorities];
}

/** Another text whenever one of the files is another: written to, put in its place, or reached by another link. */
export function versionOf(files: readonly Named[]): string {
  return files
    .map(({ path }) => {
      const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
      return stat === undefined ? "none" : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`;
    })
    .join(" ");
}

function read(file: Named): string | TlsProblem {
  try {
    return readFileSync(file.path, "utf8");
  } catch (error) {
    return {
      what: `a file for HTTPS cannot be read (${codeOf(error)})`,
      files: [file],
      advice: "The user who starts the server must be able to read it; its own user need not.",
    };
  }
}
