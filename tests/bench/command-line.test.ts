import { expect, test } from "bun:test";
import { readCommandLine } from "../../scripts/bench/command-line.ts";

test("without words there are three rounds of four seconds for everybody, and nothing is written", () => {
  expect(readCommandLine([])).toEqual({
    rounds: 3,
    seconds: 4,
    only: null,
    write: false,
    transfer: false,
    clients: false,
    static: false,
    tls: false,
  });
});

test("words are taken as they say", () => {
  const words = ["--rounds", "1", "--seconds=10", "--only", "malt,gunicorn", "--write", "--transfer"];
  expect(readCommandLine(words)).toEqual({
    rounds: 1,
    seconds: 10,
    only: ["malt", "gunicorn"],
    write: true,
    transfer: true,
    clients: false,
    static: false,
    tls: false,
  });
});

test.each([
  ["--rounds=0"],
  ["--rounds=1.5"],
  ["--seconds=-1"],
  ["--seconds=1e3"],
  ["--seconds=9999"],
  ["--fast"],
  ["malt"],
])("%s is refused", (word) => {
  expect(readCommandLine([word])).toBeInstanceOf(Error);
});

test("one benchmark is run at a time", () => {
  expect(readCommandLine(["--clients"])).toMatchObject({ clients: true, transfer: false });
  expect(readCommandLine(["--transfer", "--clients"])).toBeInstanceOf(Error);
  expect(readCommandLine(["--static", "--clients"])).toBeInstanceOf(Error);
});
