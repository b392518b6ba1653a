import { expect, test } from "bun:test";
import { basicScheme } from "../../lib/pipeline/basic.ts";
import { digestScheme, readParameters } from "../../lib/pipeline/digest.ts";
import { createNonces } from "../../lib/pipeline/nonces.ts";
import type { Credentials, Scheme } from "../../lib/pipeline/scheme.ts";
import { random } from "../support/random.ts";
import { requestHead } from "../http/heads.ts";

const SECRET = "00".repeat(32);
const REALM = "localhost:8000";

function read(scheme: Scheme, authorization: string, target = "/page?a=1"): Credentials {
  return scheme.read(requestHead(target, { fields: [["Authorization", authorization]] }));
}

test.each([
  ["Basic QTpi", ["A", "\0malt.user\0A\0malt.password\0b"]],
  ["bAsIc  QTpiOmM= ", ["A", "\0malt.user\0A\0malt.password\0b:c"]],
  ["Basic Og==", ["", "\0malt.user\0\0malt.password\0"]],
  ["Basic w6k6w6k=", ["Ã©", "\0malt.user\0Ã©\0malt.password\0Ã©"]],
])("Basic: %s has a user and a password", (text, [user = "", pairs = ""]) => {
  expect(read(basicScheme(REALM), text)).toMatchObject({ kind: "given", user, pairs });
});

test.each([
  "",
  "Basic",
  "Basic ",
  "Basic QQ==",
  "Basic QToA",
  "Basic QTo\x7f",
  "Basic QTpi QTpi",
  "Digest QTpi",
  "QTpi",
])("Basic: %j has none", (text) => {
  expect(read(basicScheme(REALM), text).kind).toBe("missing");
});

test("a realm is quoted", () => {
  expect(basicScheme('a"b\\c').challenge(false)).toBe('Basic realm="a\\"b\\\\c"');
});

test.each([
  ["a=1", { a: "1" }],
  ['A="x, y=\\"z\\"" ,, b = 2,', { a: 'x, y="z"', b: "2" }],
  ["", {}],
  ["a", null],
  ["a=1 b=2", null],
  ["a=1, A=2", null],
  ['a="1', null],
  ['a="1"b=2', null],
  ["=1", null],
])("the parameters of %j", (text, expected) => {
  const found = readParameters(text);
  expect(found && { ...found }).toEqual(expected);
});

test("parameters of any text are read in no time", () => {
  for (let seed = 0; seed < 300; seed++) {
    const dice = random(seed);
    const text = Array.from({ length: 2000 }, () => 'a=",\\ '[dice(6)]).join("");
    const before = performance.now();
    readParameters(text);
    expect(performance.now() - before).toBeLessThan(100);
  }
});

/** A Digest scheme with a clock, and the Authorization of a client that knows it. */
function digest(): {
  scheme: Scheme;
  clock: { ms: number };
  authorization: (changes?: Record<string, string | null>) => string;
} {
  const clock = { ms: 1_700_000_000_000 };
  const nonces = createNonces(SECRET, () => clock.ms);
  const scheme = digestScheme(REALM, nonces);
  clock.ms += 1000;
  const nonce = /nonce="([^"]+)"/.exec(scheme.challenge(false))?.[1] ?? "";
  const usual = {
    username: '"spy"',
    realm: `"${REALM}"`,
    nonce: `"${nonce}"`,
    uri: '"/page?a=1"',
    algorithm: "MD5",
    qop: "auth",
    nc: "00000001",
    cnonce: '"c"',
    response: `"${"A".repeat(32)}"`,
  };
  const authorization = (changes: Record<string, string | null> = {}): string =>
    `Digest ${Object.entries({ ...usual, ...changes })
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}=${value}`)
      .join(", ")}`;
  return { scheme, clock, authorization };
}

test("Digest: the challenge names all that a client needs", () => {
  const { scheme } = digest();
  const challenge = /^Digest realm="localhost:8000", nonce="[\w.-]+", algorithm=MD5, qop="auth"/;
  expect(scheme.challenge(false)).toMatch(new RegExp(`${challenge.source}$`));
  expect(scheme.challenge(true)).toMatch(new RegExp(`${challenge.source}, stale=true$`));
  expect(scheme.challenge(false)).not.toBe(scheme.challenge(false));
});

test("Digest: the access worker gets what the hash of the user is to be joined with", () => {
  const { scheme, authorization } = digest();
  const text = authorization();
  const nonce = /nonce="([^"]+)"/.exec(text)?.[1];
  const found = read(scheme, text);
  expect(found).toMatchObject({ kind: "given", user: "spy" });
  const ha2 = new Bun.CryptoHasher("md5").update("GET:/page?a=1").digest("hex");
  const rest = `${nonce}:00000001:c:auth:${ha2}`;
  const pairs = `\0malt.user\0spy\0malt.digest\0${rest}\0malt.response\0${"a".repeat(32)}`;
  expect(found.kind === "given" && found.pairs).toBe(pairs);
});

const given = "given";
test.each<[string, Record<string, string | null>, string]>([
  ["without an algorithm", { algorithm: null }, given],
  ["with the algorithm in quotes", { algorithm: '"md5"' }, given],
  ["with qop in quotes", { qop: '"auth"' }, given],
  ["with the URL in absolute form", { uri: '"http://h:8000/page?a=1"' }, given],
  ["with a name that is not ASCII", { username: null, "username*": "UTF-8''J%C3%A4s" }, given],
  ["with a name with NUL", { username: null, "username*": "UTF-8''a%00b" }, "missing"],
  ["for another realm", { realm: '"other"' }, "missing"],
  ["with another algorithm", { algorithm: "SHA-256" }, "missing"],
  ["of RFC 2069", { qop: null, nc: null, cnonce: null }, "missing"],
  ["with another qop", { qop: "auth-int" }, "missing"],
  ["with somebody else's nonce", { nonce: '"lp0000000.AAAAAAAAAAAA.AAAAAAAA"' }, "missing"],
  ["with a nonce that is none", { nonce: '""' }, "missing"],
  ["for another page", { uri: '"/other"' }, "malformed"],
  ["for another query", { uri: '"/page?a=2"' }, "malformed"],
  ["without a page", { uri: null }, "malformed"],
  ["without a user", { username: null }, "malformed"],
  ["without a nonce", { nonce: null }, "malformed"],
  ["without a response", { response: null }, "malformed"],
  ["with half a response", { response: '"abc"' }, "malformed"],
  ["without a count", { nc: null }, "malformed"],
  ["with a count that is too short", { nc: "1" }, "malformed"],
  ["with a count that is none", { nc: "0000000g" }, "malformed"],
  ["without a client's nonce", { cnonce: null }, "malformed"],
  ["with two users", { username: '"a", username="b"' }, "missing"],
])("Digest: credentials %s", (_what, changes, kind) => {
  const { scheme, authorization } = digest();
  expect(read(scheme, authorization(changes)).kind).toBe(kind as Credentials["kind"]);
});

test("Digest: whatever is cut off, left out or put in, there is one answer, and never an error", () => {
  const { scheme, authorization } = digest();
  const text = authorization();
  const dice = random(7);
  for (let at = 0; at <= text.length; at++) {
    const put = '"\\,= \x01é'[dice(7)];
    for (const changed of [
      text.slice(0, at),
      text.slice(0, at) + text.slice(at + 1),
      text.slice(0, at) + put + text.slice(at),
    ]) {
      const found = read(scheme, changed);
      if (found.kind !== "given") continue;
      expect(found.pairs.split("\0")).toHaveLength(7);
      expect(found.pairs).toMatch(/^\0malt\.user\0[^\0]*\0malt\.digest\0[^\0]*\0malt\.response\0[\da-f]{32}$/);
    }
  }
});

test("Digest: credentials of another method or another scheme are none", () => {
  const { scheme, authorization } = digest();
  expect(scheme.read(requestHead("/page?a=1")).kind).toBe("missing");
  expect(read(scheme, "Basic QTpi").kind).toBe("missing");
  const [get, post] = ["GET", "POST"].map((method) =>
    scheme.read(requestHead("/page?a=1", { method, fields: [["authorization", authorization()]] })),
  );
  expect(get?.kind === "given" && post?.kind === "given" && get.pairs !== post.pairs).toBe(true);
});

test("Digest: a nonce is good for five minutes, then stale", () => {
  const { scheme, clock, authorization } = digest();
  clock.ms += 299_999;
  expect(read(scheme, authorization()).kind).toBe("given");
  clock.ms += 1;
  expect(read(scheme, authorization()).kind).toBe("stale");
});

test("nonces: each count is good once, in any order, unless it comes much too late", () => {
  let nowMs = 1_700_000_000_000;
  const nonces = createNonces(SECRET, () => nowMs);
  nowMs++;
  const nonce = nonces.make();
  const use = (count: number): boolean => nonces.use(nonce, count);
  expect([use(1), use(1), use(3), use(2), use(2), use(0)]).toEqual([true, false, true, true, false, true]);
  expect([use(500), use(373), use(372), use(500), use(373)]).toEqual([true, true, false, false, false]);
  for (let count = 501; count < 2000; count++) expect(use(count)).toBe(true);
  expect(use(1872)).toBe(false);
  expect(nonces.use(nonces.make(), 1)).toBe(true);
});

test("nonces: those of a predecessor are stale, as nobody knows what they were used for", () => {
  let nowMs = 1_700_000_000_000;
  const clock = (): number => nowMs;
  const former = createNonces(SECRET, clock);
  nowMs += 1000;
  const nonce = former.make();
  expect(former.judge(nonce)).toBe("good");
  // Another front end that runs at the same time takes it.
  const other = createNonces(SECRET, () => 1_700_000_000_000);
  expect(other.judge(nonce)).toBe("good");
  nowMs += 1000;
  const next = createNonces(SECRET, clock);
  expect([next.judge(nonce), next.use(nonce, 1)]).toEqual(["stale", false]);
  expect(createNonces("11".repeat(32), clock).judge(nonce)).toBe("foreign");
});

test("nonces: what is remembered is bounded, and what is forgotten is stale", () => {
  let nowMs = 1_700_000_000_000;
  const nonces = createNonces(SECRET, () => nowMs);
  const made = Array.from({ length: 5000 }, () => {
    nowMs++;
    return nonces.make();
  });
  for (const nonce of made) expect(nonces.use(nonce, 1)).toBe(true);
  expect(made.filter((nonce) => nonces.use(nonce, 1))).toEqual([]);
  expect(nonces.judge(made[0] as string)).toBe("stale");
  expect(nonces.judge(made.at(-1) as string)).toBe("good");
});
