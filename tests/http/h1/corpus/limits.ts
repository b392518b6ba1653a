/** How much of everything is taken, as Apache takes it by default. */

import { accepted, get, head, refused, target, type Entry } from "./entry.ts";

/** A target that makes the request line as long as this. */
const lineOf = (bytes: number): string => `/?${"q".repeat(bytes - "GET /? HTTP/1.1".length)}`;
const fieldOf = (bytes: number): string => `X: ${"v".repeat(bytes - "X: ".length)}`;
/** Host is one of them. */
const fieldsOf = (count: number): string[] => Array.from({ length: count - 1 }, () => "X: 1");

export const limits: readonly Entry[] = [
  accepted("limits", "a request line of 8190 bytes", target(lineOf(8190)), {
    target: lineOf(8190),
    query: lineOf(8190).slice(2),
  }),
  refused("limits", "a request line of 8191 bytes", target(lineOf(8191)), 414),
  refused("limits", "a request line of 20,000 bytes", target(lineOf(20_000)), 414),
  refused("limits", "a method of 9000 letters", head(`${"M".repeat(9000)} / HTTP/1.1`, "Host: a"), 414),
  accepted("limits", "a segment of 300 bytes", target(`/${"s".repeat(300)}`), {
    target: `/${"s".repeat(300)}`,
    path: `/${"s".repeat(300)}`,
    status: 403,
  }),
  accepted("limits", "a field of 8190 bytes", get(fieldOf(8190)), { environ: { HTTP_X: fieldOf(8190).slice(3) } }),
  refused("limits", "a field of 8191 bytes", get(fieldOf(8191))),
  refused("limits", "a name of 9000 letters", get(`${"N".repeat(9000)}: 1`)),
  accepted("limits", "100 fields", get(...fieldsOf(100))),
  refused("limits", "101 fields", get(...fieldsOf(101))),
  refused("limits", "1000 empty fields", get(...Array.from({ length: 1000 }, () => "X:"))),
  accepted(
    "limits",
    "200 KiB in 25 fields",
    get(...Array.from({ length: 25 }, (_, n) => `X-${n}: ${"v".repeat(8180)}`)),
  ),
  refused(
    "limits",
    "a head of more than 256 KiB",
    get(...Array.from({ length: 34 }, (_, n) => `X-${n}: ${"v".repeat(8180)}`)),
    431,
  ),
];
