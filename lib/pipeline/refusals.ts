/**
 * Why somebody was not let in, in the words of Apache and mod_wsgi, which programs that lock out guessers look for: nothing
 * may follow them on the line. Pure.
 */

import type { RequestHead } from "../http/exchange.ts";
import type { Settings } from "../settings/settings.ts";

/** Says why, for a word of the access worker; null for one that needs no words. @param user latin-1, "" for nobody. */
export type Refusal = (word: string, head: RequestHead, user: string) => string | null;

export function refusalWords({ access, files }: Pick<Settings, "access" | "files">): Refusal {
  const { type, realm } = access.login ?? { type: "Basic", realm: "" };
  const isBasic = type === "Basic";
  return (word, head, userBytes) => {
    const path = text(head.path);
    const user = text(userBytes);
    switch (word) {
      case "denied":
        return `mod_wsgi (pid=${process.pid}): Client denied by server configuration: '${files.documentRoot}${path}'.`;
      case "mismatch":
        return isBasic
          ? `AH01617: user ${user}: authentication failure for "${path}": Password Mismatch`
          : `AH01794: user ${user}: password mismatch: ${path}`;
      case "not found":
        return isBasic
          ? `AH01618: user ${user} not found: ${path}`
          : `AH01790: user \`${user}' in realm \`${realm}' not found: ${path}`;
      case "no member":
        return `AH01631: user ${user}: authorization failure for "${path}": `;
      default:
        return null;
    }
  };
}

/** Logs are UTF-8, as clients usually are; what isn't shows as such. */
function text(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
