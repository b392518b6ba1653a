/** Reads certificates and keys, as whoever the supervisor is, and checks them. */

import { readFileSync } from "node:fs";
import { codeOf } from "../os/errors.ts";
import type { Named, Tls } from "../settings/settings.ts";
import { checkIdentity, describeTlsProblem, type CheckedIdentity } from "../tls/identity.ts";
import type { TlsMaterial } from "../tls/material.ts";
import { StartupError } from "./startup-error.ts";

export interface Certificates {
  readonly material: TlsMaterial;
}

/** Throws a {@link StartupError}. */
export function readCertificates(tls: Tls): Certificates {
  const checked = tls.certificates.map((files): CheckedIdentity => {
    const texts = {
      certificate: read(files.certificate),
      key: read(files.key),
      chain: files.chain === null ? "" : read(files.chain),
    };
    const result = checkIdentity(files, texts);
    if ("what" in result) throw new StartupError(describeTlsProblem(result));
    return result;
  });
  const authorities = tls.clients === null ? null : read(tls.clients.authorities);
  return { material: { identities: checked.map(({ identity }) => identity), authorities } };
}

function read({ option, path }: Named): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StartupError(`${path} cannot be read (${codeOf(error)})\n  ${option}  ${path}`);
  }
}
