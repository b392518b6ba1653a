/** Lets a request in, or says with which status it is kept out; asks for a user name where one could help. */

import { fieldOf, type Request } from "../request.ts";
import type { Config } from "../config/config.ts";
import { entryOf, groupsIn, verify } from "./passwords.ts";
import { allowsCompat, concerns, judge } from "./rules.ts";

export type Admission =
  | { readonly kind: "granted" }
  | {
      readonly kind: "refused";
      readonly status: 401 | 403 | 500;
      readonly why: string | null;
      readonly challenge?: string;
    };

const GRANTED: Admission = { kind: "granted" };

/** A promise only while a slow hash is computed. */
export function admit(config: Config, request: Request): Admission | Promise<Admission> {
  const { compat } = config;
  const access =
    config.access !== undefined && concerns(config.access.tree, request.head.method) ? config.access : undefined;
  const hostAllowed = compat === undefined || allowsCompat(compat, request);
  const verdict = access === undefined ? "granted" : judge(access.tree, request, () => groupsOf(config, request));
  if (config.satisfyAny === true && access !== undefined && compat !== undefined) {
    if (hostAllowed || verdict === "granted") return GRANTED;
  } else {
    if (!hostAllowed) return refused(403, "Order, Allow and Deny keep this client out");
    if (verdict === "granted") return GRANTED;
  }
  if (verdict !== "no user") return refused(403, "Require keeps this request out");
  return authenticate(config, request);
}

function authenticate(config: Config, request: Request): Admission | Promise<Admission> {
  const { auth, access } = config;
  if (auth?.type?.toLowerCase() !== "basic" || auth.name === undefined || auth.userFile === undefined) {
    return refused(500, "Require asks for a user, but AuthType Basic, AuthName and AuthUserFile are not all set");
  }
  const challenge = `Basic realm="${auth.name.replace(/["\\]/g, "\\$&")}"`;
  const unknown = (why: string | null): Admission => ({ kind: "refused", status: 401, why, challenge });
  const given = /^basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(fieldOf(request.fields, "authorization") ?? "")?.[1];
  if (given === undefined) return unknown(null);
  const credentials = Buffer.from(given, "base64").toString("latin1");
  const colon = credentials.indexOf(":");
  const user = colon < 0 ? credentials : credentials.slice(0, colon);
  const users = request.world.read(auth.userFile);
  if (users === undefined) return refused(500, `AuthUserFile ${auth.userFile} can't be read`);
  const hash = entryOf(users, user);
  const conclude = (isRight: boolean): Admission => {
    if (!isRight) return unknown(`the password of user ${user} is wrong`);
    request.user = { name: user, type: "Basic" };
    const verdict = access === undefined ? "granted" : judge(access.tree, request, () => groupsOf(config, request));
    return verdict === "granted" ? GRANTED : unknown(`user ${user} may not have this`);
  };
  if (hash === undefined) return unknown(`user ${user} is not known`);
  const right = remembered(user, colon < 0 ? "" : credentials.slice(colon + 1), hash);
  return typeof right === "boolean" ? conclude(right) : right.then(conclude);
}

function groupsOf({ auth }: Config, request: Request): ReadonlySet<string> {
  if (auth?.groupFile === undefined || request.user === null) return NO_GROUPS;
  return groupsIn(request.world.read(auth.groupFile) ?? "", request.user.name);
}

const NO_GROUPS: ReadonlySet<string> = new Set();

function refused(status: 403 | 500, why: string): Admission {
  return { kind: "refused", status, why };
}

// bcrypt takes some 50 ms, and a browser sends its password with every request. What is kept is no password: a hash under
// a key that only this process has.
const KEY = crypto.getRandomValues(new Uint8Array(32));
const MAX_REMEMBERED = 1000;
const known = new Set<string>();

function remembered(user: string, password: string, hash: string): boolean | Promise<boolean> {
  if (!hash.startsWith("$2")) return verify(password, hash);
  const mark = new Bun.CryptoHasher("sha256", KEY).update(`${user}\0${password}\0${hash}`).digest("base64");
  if (known.has(mark)) return true;
  return Promise.resolve(verify(password, hash)).then((isRight) => {
    if (isRight) {
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.add(mark);
    }
    return isRight;
  });
}
