/** Passwords as `htpasswd` writes them: bcrypt, Apache's MD5, SHA-1. */

import { timingSafeEqual } from "node:crypto";

/** The line of a user in a file of `NAME:REST` lines; undefined when there is none. */
export function entryOf(text: string, name: string): string | undefined {
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const colon = line.indexOf(":");
    if (colon > 0 && line.slice(0, colon) === name) return line.slice(colon + 1).trim();
  }
  return undefined;
}

/** The groups of a user: lines of `GROUP: USER USER …`. */
export function groupsIn(text: string, user: string): ReadonlySet<string> {
  const groups = new Set<string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (line.startsWith("#") || colon < 0) continue;
    if (
      line
        .slice(colon + 1)
        .trim()
        .split(/\s+/)
        .includes(user)
    )
      groups.add(line.slice(0, colon).trim());
  }
  return groups;
}

/**
 * Whether `password` (latin-1 text of the bytes sent) is the one of `hash`. bcrypt is made to be slow and so runs on another
 * thread. Traditional crypt() and plain text are refused: they protect nothing.
 */
export function verify(password: string, hash: string): boolean | Promise<boolean> {
  const bytes = Buffer.from(password, "latin1");
  if (/^\$2[abxy]\$/.test(hash)) {
    // $2y$ is what htpasswd calls the repaired $2b$.
    const known = hash.replace(/^\$2[axy]\$/, "$2b$");
    return Bun.password.verify(bytes, known, "bcrypt").catch(() => false);
  }
  if (hash.startsWith("{SHA}")) {
    return equals(`{SHA}${new Bun.CryptoHasher("sha1").update(bytes).digest("base64")}`, hash);
  }
  const salt = /^\$apr1\$([^$]{1,8})\$/.exec(hash)?.[1];
  return salt !== undefined && equals(apacheMd5(bytes, salt), hash);
}

function equals(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "latin1"), Buffer.from(right, "latin1")];
  return a.length === b.length && timingSafeEqual(a, b);
}

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function md5(...parts: readonly Uint8Array[]): Uint8Array {
  const hasher = new Bun.CryptoHasher("md5");
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}

/** `$apr1$`: the MD5 crypt of FreeBSD with another mark. */
function apacheMd5(password: Buffer, saltText: string): string {
  const salt = Buffer.from(saltText, "latin1");
  const inner = md5(password, salt, password);
  const first: Uint8Array[] = [password, Buffer.from("$apr1$"), salt];
  for (let left = password.length; left > 0; left -= 16) first.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = password.length; bits > 0; bits >>= 1) {
    first.push((bits & 1) === 1 ? Buffer.of(0) : password.subarray(0, 1));
  }
  let digest = md5(...first);
  for (let round = 0; round < 1000; round++) {
    const parts: Uint8Array[] = [(round & 1) === 1 ? password : digest];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push((round & 1) === 1 ? digest : password);
    digest = md5(...parts);
  }
  let text = "";
  const put = (high: number, middle: number, low: number, characters: number) => {
    let value = ((digest[high] ?? 0) << 16) | ((digest[middle] ?? 0) << 8) | (digest[low] ?? 0);
    for (let count = 0; count < characters; count++, value >>= 6) text += ALPHABET[value & 63];
  };
  put(0, 6, 12, 4);
  put(1, 7, 13, 4);
  put(2, 8, 14, 4);
  put(3, 9, 15, 4);
  put(4, 10, 5, 4);
  put(16, 16, 11, 2);
  return `$apr1$${saltText}$${text}`;
}
