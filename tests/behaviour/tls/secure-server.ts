/** A server of a test with a port for HTTPS, and clients of that. */

import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { rawClient, type RawClient } from "../../harness/raw.ts";
import { start, type Options, type Server } from "../../harness/server.ts";
import type { Authority, Issued } from "./authority.ts";

export interface SecureServer extends Server {
  readonly securePort: number;
  /** How clients connect that trust this authority and ask for localhost, unless `more` says otherwise. */
  tls(trusted: Authority, more?: ConnectionOptions): ConnectionOptions;
  /** A connection after its handshake; throws when that fails. */
  secure(tls: ConnectionOptions): Promise<RawClient>;
  /** The whole response to one GET on a connection of its own. */
  ask(path: string, tls: ConnectionOptions): Promise<string>;
}

/** Starts it. `args` name the certificate. */
export async function startSecure(
  application: string,
  args: readonly string[],
  options: Options = {},
): Promise<SecureServer> {
  const server = await start(application, ["--https-port=0", ...args], options);
  const [, digits = ""] = await server.waitForOutput(/^Server URL \(HTTPS\) : https:\/\/[^/]+:(\d+)\/$/m);
  const securePort = Number(digits);
  const secure = (tls: ConnectionOptions): Promise<RawClient> => rawClient(securePort, server.host, tls);
  return {
    ...server,
    securePort,
    tls: (trusted, more = {}) => ({ ca: readFileSync(trusted.certificate), servername: "localhost", ...more }),
    secure,
    async ask(path, tls) {
      using client = await secure(tls);
      client.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      return await client.readToEnd();
    },
  };
}

/** The options that name a certificate and its key. */
export function pairOf({ certificate, key }: Issued): string[] {
  return [`--ssl-certificate-file=${certificate}`, `--ssl-certificate-key-file=${key}`];
}

/** How a client shows a certificate of its own. */
export function showing({ certificate, key }: Issued): ConnectionOptions {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}
