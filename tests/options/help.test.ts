import { expect, test } from "bun:test";
import { helpText } from "../../lib/options/help.ts";
import { groups, options } from "../../lib/options/table.ts";

const FLAGS = /^ {2}(?:-h, )?--([a-z0-9-]+)/;

test("--help: every option that is not hidden is shown, under its subject", () => {
  const text = helpText("malt", "start-server", 80);
  const shown = text.split("\n").flatMap((line) => FLAGS.exec(line)?.[1] ?? []);
  const expected = groups.flatMap((group) =>
    Object.keys(group.options).filter((name) => !options.get(name as never)!.hidden),
  );
  expect(shown).toEqual(expected);
  for (const { subject } of groups) expect(text).toContain(`\n${subject}:\n`);
});

test("--help: lines keep to the width of the terminal", () => {
  for (const width of [60, 80, 132]) {
    const lines = helpText("malt", "start-server", width).split("\n");
    const long = lines.filter((line) => line.length > width && !FLAGS.test(line));
    expect(long).toEqual([]);
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(width - 12);
  }
});

const words = (text: string) => text.split(/\s+/).join(" ");

test("--help: a narrow terminal still gets every word", () => {
  expect(words(helpText("malt", "start-server", 10))).toBe(words(helpText("malt", "start-server", 500)));
});

test("--help: defaults, zeros, repetition and missing effect are told", () => {
  const text = helpText("malt", "start-server", 500);
  expect(text).toContain("Default: 8000. 0: any free port.");
  expect(text).toContain("Default: 45 seconds. 0: no limit.");
  expect(text).toContain("Default: 0 (never).");
  expect(text).toMatch(/--passenv KEY .*May be repeated\.\n/);
  expect(text).toMatch(/--httpd-executable FILE-PATH\s.*\[ignored: no Apache is run\]/);
});
