/** Gives front ends new certificates when their files change, and reminds of those that end soon. */

import type { Tls } from "../settings/settings.ts";
import { describeTlsProblem, type TlsProblem } from "../tls/identity.ts";
import type { TlsMaterial } from "../tls/material.ts";
import { namesServed, validityProblem } from "../tls/validity.ts";
import { certificateFiles, readCertificates, versionOf, type Certificates } from "./certificates.ts";
import type { Journal } from "./journal.ts";
import { StartupError } from "./startup-error.ts";

/** Renewals are days apart: this is for whoever waits to see one take effect. */
const LOOK_MS = 1000;

const REMIND_MS = 86_400_000;

export interface CertificateWatch {
  readonly material: TlsMaterial;
  /** Says in the log what is wrong with them now, and from then on follows what becomes of their files. */
  begin(journal: Journal, changed: (material: TlsMaterial) => void): void;
  /** Reads the files again, whether they have changed or not. */
  renew(): void;
  /** Why a server that starts now would not; null when it would. */
  problem(): string | null;
  stop(): void;
}

/** Throws a {@link StartupError} when they can't be used. `site` is --server-name. */
export function openCertificates(tls: Tls, site: string | null): CertificateWatch {
  const files = certificateFiles(tls);
  let loadedVersion = versionOf(files);
  const first = readCertificates(tls);
  if ("what" in first) throw new StartupError(describeTlsProblem(first));
  let current: Certificates = first;
  let journal: Journal | undefined;
  let tell: ((material: TlsMaterial) => void) | undefined;
  let seenVersion = loadedVersion;
  let remindAtMs = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  function remind(): void {
    remindAtMs = Date.now() + REMIND_MS;
    for (const [index, identity] of current.identities.entries()) {
      const problem = validityProblem(identity, Date.now());
      const path = tls.certificates[index]?.certificate.path;
      if (problem !== null) void journal?.write("ssl", "warn", `the certificate ${path} ${problem}`);
    }
    if (site !== null && !namesServed(current.material, site)) {
      void journal?.write("ssl", "warn", `AH01909: no certificate names the host of --server-name, ${site}`);
    }
  }

  function renew(): void {
    loadedVersion = versionOf(files);
    seenVersion = loadedVersion;
    const next = readCertificates(tls);
    if ("what" in next) {
      void journal?.write("ssl", "error", `the certificates stay as they were: ${inOneLine(next)}`);
      return;
    }
    const same = JSON.stringify(next.material) === JSON.stringify(current.material);
    current = next;
    remind();
    if (same) return;
    void journal?.write("ssl", "notice", "the certificates have changed: new connections get the new ones");
    tell?.(next.material);
  }

  function look(): void {
    const version = versionOf(files);
    // A certificate and its key are two files: only once they have come to rest do they belong together.
    const settled = version === seenVersion;
    seenVersion = version;
    if (settled && version !== loadedVersion) renew();
    else if (Date.now() >= remindAtMs) remind();
  }

  return {
    get material() {
      return current.material;
    },
    begin(into, changed) {
      journal = into;
      tell = changed;
      remind();
      timer = setInterval(look, LOOK_MS);
    },
    renew,
    problem() {
      const now = readCertificates(tls);
      return "what" in now ? inOneLine(now) : null;
    },
    stop: () => clearInterval(timer),
  };
}

function inOneLine(problem: TlsProblem): string {
  return describeTlsProblem(problem).replaceAll(/\n +/g, "; ");
}
