/** A client of the Digest scheme that can be told to do it wrong. */

import type { Server } from "../../harness/server.ts";
import { basic } from "./gate.ts";

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly stale: boolean;
}

export interface Proof {
  readonly user?: string;
  readonly password?: string;
  readonly count?: number;
  readonly target?: string;
  readonly method?: string;
}

const PASSWORD = "secret";

/** What the server says to those without credentials, or with these. */
export async function challenge(server: Server, authorization = basic("me")): Promise<Challenge> {
  const response = await server.get("/", { headers: { authorization } });
  await response.body?.cancel();
  if (response.status !== 401) throw new Error(`answered ${response.status}`);
  return readChallenge(response);
}

export function readChallenge(response: Response): Challenge {
  const text = response.headers.get("www-authenticate") ?? "";
  const value = (name: string): string => new RegExp(`\\b${name}="?([^",]+)`).exec(text)?.[1] ?? "";
  return { realm: value("realm"), nonce: value("nonce"), stale: value("stale") === "true" };
}

/** The value of Authorization. */
export function prove({ realm, nonce }: Challenge, proof: Proof = {}): string {
  const { user = "member", password = PASSWORD, count = 1, target = "/", method = "GET" } = proof;
  const nc = count.toString(16).padStart(8, "0");
  const first = md5(`${user}:${realm}:${password}`);
  const response = md5(`${first}:${nonce}:${nc}:mine:auth:${md5(`${method}:${target}`)}`);
  return (
    `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${target}", algorithm=MD5, qop=auth, ` +
    `nc=${nc}, cnonce="mine", response="${response}"`
  );
}

function md5(text: string): string {
  return new Bun.CryptoHasher("md5").update(text).digest("hex");
}
