import { describe, expect, test } from "bun:test";
import { parseArguments } from "../../lib/options/argv.ts";
import { groups, options, type OptionName } from "../../lib/options/table.ts";
import { type ExpressOption, HIDDEN, MANUAL } from "./express-options.ts";

/** A value every check accepts, for the options that are picky. */
const GOOD: Readonly<Record<string, readonly string[]>> = {
  "application-type": ["module"],
  "auth-type": ["Digest"],
  "map-head-to-get": ["On"],
  "server-mpm": ["event"],
  "log-level": ["info"],
  "allow-override": ["All"],
  "trust-proxy": ["10.0.0.0/8"],
  host: ["127.0.0.1"],
  "error-document": ["404", "/missing"],
  "proxy-mount-point": ["/path", "http://127.0.0.1:8001/"],
  "proxy-url-alias": ["/path", "https://example.org"],
  "proxy-virtual-host": ["example.org", "unix:/run/site.sock|http://localhost/"],
};

function goodWords([name, kind, metavars]: ExpressOption): readonly string[] {
  if (GOOD[name] !== undefined) return GOOD[name];
  if (kind === "integer") return ["65536"].map((word) => (name.endsWith("port") ? "8001" : word));
  if (kind === "float") return ["0.5"];
  return metavars.map((metavar) => (metavar.startsWith("URL-PATH") ? "/path" : "word"));
}

/** The option an upstream name leads to, which for a hidden alias is another. */
function optionFor(name: string): OptionName {
  const [found] = [...options].find(([own, { alias }]) => own === name || alias === name) ?? [];
  if (found === undefined) throw new Error(`no option ${name}`);
  return found;
}

test("all 132 options of the original are in the table, in name, arity, repetition and default", () => {
  expect(MANUAL).toHaveLength(132);
  for (const [name, , metavars, repeatable, preset] of [...MANUAL, ...HIDDEN]) {
    const option = options.get(optionFor(name))!;
    const said = { name, metavars: option.metavars.length, repeatable: option.repeatable };
    expect(said).toEqual({ name, metavars: metavars.length, repeatable });
    if (preset !== null) expect(String(option.default).toLowerCase()).toBe(String(preset).toLowerCase());
  }
});

test("all options of the original, hidden ones too, take a good value", () => {
  for (const express of [...MANUAL, ...HIDDEN]) {
    const [name] = express;
    const parse = parseArguments([`--${name}`, ...goodWords(express)]);
    expect(parse).toMatchObject({ kind: "parsed" });
    if (parse.kind === "parsed") expect([...parse.parsed.given.keys()]).toEqual([optionFor(name)]);
  }
});

test("hidden options stay hidden, and only they", () => {
  const secret = new Set(HIDDEN.map(([name]) => name));
  for (const [name, option] of options)
    expect({ name, hidden: option.hidden }).toEqual({ name, hidden: secret.has(name) });
});

test("no two groups state the same option", () => {
  const stated = groups.flatMap((group) => Object.keys(group.options));
  expect(stated).toHaveLength(new Set(stated).size);
  expect(new Set(stated)).toEqual(new Set(options.keys()));
});

test("our own options are few, and told apart from those of the original", () => {
  const express = new Set([...MANUAL, ...HIDDEN].map(([name]) => optionFor(name)));
  expect([...options.keys()].filter((name) => !express.has(name))).toEqual([
    "precompressed",
    "unix-socket-mode",
    "ssl-sni-certificate",
    "frontends",
    "python",
    "log-format",
    "proxy-protocol",
    "metrics-path",
    "health-path",
    "admin-port",
    "admin-host",
    "slow-requests",
    "help",
  ]);
});

describe("every option", () => {
  for (const [name, option] of options) {
    test(`${name} is completely stated`, () => {
      expect(option.help).toMatch(/^[A-Z].+\.$/s);
      expect(option.metavars.length).toBe(option.kind === "flag" ? 0 : option.kind === "pair" ? 2 : 1);
      expect(option.metavars.join("")).not.toMatch(/\s/);
      expect(option.reason !== null).toBe(option.status === "ignored");
      expect(option.alias === null || !options.has(option.alias as OptionName)).toBe(true);
    });
  }
});
