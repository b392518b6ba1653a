/** The Basic scheme (RFC 7617). Pure. */

import { field } from "../http/exchange.ts";
import { isClean, MISSING, quoted, type Scheme } from "./scheme.ts";

export function basicScheme(realm: string): Scheme {
  const text = `Basic realm=${quoted(realm)}`;
  return {
    type: "Basic",
    challenge: () => text,
    read(head) {
      const pair = decode(field(head, "authorization") ?? "");
      const colon = pair.indexOf(":");
      if (colon < 0 || !isClean(pair)) return MISSING;
      const user = pair.slice(0, colon);
      const pairs = `\0malt.user\0${user}\0malt.password\0${pair.slice(colon + 1)}`;
      return { kind: "given", user, pairs, use: always };
    },
  };
}

/** "user:password" as bytes; "" for what is no such thing. */
function decode(value: string): string {
  const found = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(value);
  return found === null ? "" : Buffer.from(found[1] as string, "base64").toString("latin1");
}

function always(): true {
  return true;
}
