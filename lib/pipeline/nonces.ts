/**
 * The nonces of Digest: made without remembering them, recognised by a signature, good for a while, and each of their
 * counts for one request only (RFC 7616 §3.4, §5.5).
 *
 * What was used is remembered by the front end that saw it. With several of them a count is good once at each.
 */

export interface Nonces {
  make(): string;
  /** "stale" was once good. */
  judge(nonce: string): "good" | "stale" | "foreign";
  /** Notes that a request with this count was let in; false when that was so before, or is too long ago to tell. */
  use(nonce: string, count: number): boolean;
}

/** That of Apache's AuthDigestNonceLifetime. */
const LIFETIME_MS = 300_000;

/** Clients send several requests at once, and these arrive in any order: so far behind the latest one may come. */
const WINDOW = 128;

/** Clients that are remembered: one with all its counts takes some 10 kB. */
const MOST_REMEMBERED = 4096;

interface Uses {
  readonly madeMs: number;
  latest: number;
  readonly counts: Set<number>;
}

/** @param secret shared by all front ends; hexadecimal. @param now the wall clock, ms. */
export function createNonces(secret: string, now: () => number): Nonces {
  const key = Buffer.from(secret, "hex");
  const remembered = new Map<string, Uses>();
  // Nobody knows what was used before: by a predecessor of this process, or of those that were forgotten.
  let forgottenMs = now();

  const sign = (text: string) => new Bun.CryptoHasher("sha256", key).update(text).digest("base64url").slice(0, 32);

  /** Forgets the older half. */
  function forget(): void {
    const times = [...remembered.values()].map(({ madeMs }) => madeMs).toSorted((a, b) => a - b);
    forgottenMs = Math.max(forgottenMs, times[times.length >> 1] as number);
    for (const [nonce, { madeMs }] of remembered) if (madeMs <= forgottenMs) remembered.delete(nonce);
  }

  return {
    make() {
      const text = `${now().toString(36)}.${crypto.getRandomValues(new Uint8Array(9)).toBase64({ alphabet: "base64url" })}`;
      return `${text}.${sign(text)}`;
    },
    judge(nonce) {
      const dot = nonce.lastIndexOf(".");
      if (dot < 0 || !isEqual(sign(nonce.slice(0, dot)), nonce.slice(dot + 1))) return "foreign";
      const madeMs = madeAt(nonce);
      return madeMs > forgottenMs && now() - madeMs < LIFETIME_MS ? "good" : "stale";
    },
    use(nonce, count) {
      const madeMs = madeAt(nonce);
      let uses = remembered.get(nonce);
      if (uses === undefined) {
        if (remembered.size >= MOST_REMEMBERED) forget();
        // It may have been forgotten while the request was judged.
        if (madeMs <= forgottenMs) return false;
        uses = { madeMs, latest: 0, counts: new Set() };
        remembered.set(nonce, uses);
      }
      if (count <= uses.latest - WINDOW || uses.counts.has(count)) return false;
      uses.counts.add(count);
      uses.latest = Math.max(uses.latest, count);
      if (uses.counts.size > 2 * WINDOW) {
        for (const old of uses.counts) if (old <= uses.latest - WINDOW) uses.counts.delete(old);
      }
      return true;
    },
  };
}

/** In a time that tells nothing of where they differ. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, "latin1"), Buffer.from(other, "latin1")];
  return a.length === b.length && crypto.timingSafeEqual(a, b);
}

/** A nonce begins with its time; what follows the first dot is no digit. */
function madeAt(nonce: string): number {
  return parseInt(nonce, 36);
}
