/** Certificate authorities for tests, and the certificates they issue: made by openssl, in a folder. */

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../harness/binary.ts";

export interface Issued {
  /** As --ssl-certificate takes it: the files without .crt and .key. */
  readonly path: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Issued {
  /** A certificate for a server, or a client. */
  issue(name: string, wishes?: Wishes): Promise<Issued>;
  /** An authority that this one vouches for. */
  delegate(name: string): Promise<Authority>;
}

export interface Wishes {
  /** As openssl takes it; the default has the name as CN. */
  readonly subject?: string;
  /** As in `DNS:a.test,email:b@c.test`; the default is the name. */
  readonly alternatives?: string;
}

/** An authority that signs itself. */
export async function makeAuthority(home: string, name: string): Promise<Authority> {
  return await authority(home, name, []);
}

async function authority(home: string, name: string, signer: readonly string[]): Promise<Authority> {
  const extension = "basicConstraints=critical,CA:true";
  const own = await make(home, name, `/O=Malt/CN=${name}`, [extension], signer);
  const signing = ["-CA", own.certificate, "-CAkey", own.key];
  return {
    ...own,
    issue: (whom, { subject = `/CN=${whom}`, alternatives = `DNS:${whom}` } = {}) =>
      make(home, whom, subject, ["basicConstraints=CA:false", `subjectAltName=${alternatives}`], signing),
    delegate: (whom) => authority(home, whom, signing),
  };
}

const REQUEST = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 -days 100".split(" ");

/** The key is for its owner alone, who is not the user of a server that drops its rights. */
async function make(
  home: string,
  name: string,
  subject: string,
  extensions: readonly string[],
  signer: readonly string[],
): Promise<Issued> {
  const path = join(home, name);
  const [certificate, key] = [`${path}.crt`, `${path}.key`];
  // Without a file of its own it would add what the system's says.
  const config = join(home, "openssl.cnf");
  writeFileSync(config, "[req]\ndistinguished_name=dn\n[dn]\n");
  const files = ["-config", config, "-out", certificate, "-keyout", key];
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  const { code, err } = await run([...REQUEST, ...files, "-subj", subject, ...signer, ...added]);
  if (code !== 0) throw new Error(err);
  chmodSync(key, 0o600);
  return { path, certificate, key };
}
