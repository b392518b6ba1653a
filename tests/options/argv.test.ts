import { describe, expect, test } from "bun:test";
import { parseArguments } from "../../lib/options/argv.ts";
import { options } from "../../lib/options/table.ts";
import { random } from "../support/random.ts";

/** The options that were given, with their values, and the plain words. */
function parsed(...words: string[]): { values: Record<string, unknown>; positionals: readonly string[] } {
  const parse = parseArguments(words);
  if (parse.kind !== "parsed") throw new Error(JSON.stringify(parse));
  const { values, given, positionals } = parse.parsed;
  return { values: Object.fromEntries([...given.keys()].map((name) => [name, values[name]])), positionals };
}

function error(...words: string[]): string {
  const parse = parseArguments(words);
  if (parse.kind !== "wrong") throw new Error(JSON.stringify(parse));
  return parse.text;
}

describe("what a command line comes to", () => {
  const cases: readonly (readonly [
    promise: string,
    words: string[],
    values: Record<string, unknown>,
    positionals?: string[],
  ])[] = [
    ["an option and its value are two words", ["--port", "80"], { port: 80 }],
    ["or one with =", ["--port=80"], { port: 80 }],
    ["a value may hold =", ["--access-log-format=%{a=b}e"], { "access-log-format": "%{a=b}e" }],
    ["an empty value after = is a value", ["--server-name="], { "server-name": "" }],
    ["a flag takes none", ["--access-log", "app.py"], { "access-log": true }, ["app.py"]],
    ["two values are two words", ["--setenv", "K", "V"], { setenv: [["K", "V"]] }],
    ["= holds the first of two values", ["--setenv=K", "V"], { setenv: [["K", "V"]] }],
    ["a value may begin with -", ["--setenv", "-K", "--port"], { setenv: [["-K", "--port"]] }],
    ["even be --", ["--python-path", "--", "a"], { "python-path": ["--"] }, ["a"]],
    ["the last use wins", ["--port", "1", "--port", "2"], { port: 2 }],
    ["repeatable ones collect in order", ["--passenv", "B", "--passenv", "A"], { passenv: ["B", "A"] }],
    ["a unique beginning is enough", ["--log-to-t", "--por=1"], { "log-to-terminal": true, port: 1 }],
    ["an exact name beats longer ones", ["--host", "::1", "--user", "x"], { host: "::1", user: "x" }],
    ["a hidden alias is its option", ["--ssl-port", "1", "--https-port", "2"], { "https-port": 2 }],
    ["plain words may come anywhere", ["a", "--threads", "2", "b"], { threads: 2 }, ["a", "b"]],
    ["-- ends the options", ["--threads", "2", "--", "--port", "-h"], { threads: 2 }, ["--port", "-h"]],
    ["a lone - is a plain word", ["-"], {}, ["-"]],
    ["a choice is known in any case", ["--map-head-to-get", "OFF"], { "map-head-to-get": "off" }],
  ];
  for (const [promise, words, values, positionals = []] of cases) {
    test(promise, () => expect(parsed(...words)).toEqual({ values, positionals }));
  }

  test("an option that was not given has its default", () => {
    const parse = parseArguments([]);
    if (parse.kind !== "parsed") throw new Error("not parsed");
    const { values } = parse.parsed;
    expect(values).toMatchObject({
      port: 8000,
      threads: 5,
      "python-path": [],
      "access-log": false,
      "log-level": "warn",
    });
    expect(values.host).toBeUndefined();
    expect(values.processes).toBeUndefined();
  });
});

// The texts are those of Python's optparse, word for word.
describe("the error of a command line", () => {
  const cases: readonly (readonly [words: string[], text: string])[] = [
    [["--x"], "no such option: --x"],
    [["--x=1"], "no such option: --x"],
    [["-x"], "no such option: -x"],
    [["-xh"], "no such option: -x"],
    [["--port"], "--port option requires 1 argument"],
    [["--por"], "--port option requires 1 argument"],
    [["--url-alias", "/a"], "--url-alias option requires 2 arguments"],
    [["--url-alias=/a"], "--url-alias option requires 2 arguments"],
    [["--http2=1"], "--http2 option does not take a value"],
    [["--help=1"], "--help option does not take a value"],
    [["--port", "abc"], "option --port: invalid integer value: 'abc'"],
    [["--por", "it's"], `option --port: invalid integer value: "it's"`],
    [["--ssl-port="], "option --ssl-port: invalid integer value: ''"],
    [["--initial-workers", "x"], "option --initial-workers: invalid floating-point value: 'x'"],
    [["--initial-workers", "2"], "--initial-workers option value needs to be within the range 0 to 1."],
    [["--initial-workers", "nan"], "--initial-workers option value needs to be within the range 0 to 1."],
    [["--log"], "ambiguous option: --log (--log-directory, --log-format, --log-level, --log-to-terminal?)"],
    [
      ["--ssl-c=1"],
      "ambiguous option: --ssl-c (--ssl-ca-certificate-file, --ssl-certificate, --ssl-certificate-chain-file, --ssl-certificate-file, --ssl-certificate-key-file?)",
    ],
    [["--port", "x", "--help"], "option --port: invalid integer value: 'x'"],
  ];
  for (const [words, text] of cases) test(`${words.join(" ")} is: ${text}`, () => expect(error(...words)).toBe(text));
});

describe("a value that is refused", () => {
  const cases: readonly (readonly [words: string[], text: string])[] = [
    [["--port", "65536"], "option --port: 65536 is too large; the largest is 65535"],
    [["--port", "-1"], "option --port: -1 is too small; the smallest is 0"],
    [["--https-port", "-1"], "option --https-port: -1 is too small; the smallest is 0"],
    [["--threads", "0"], "option --threads: 0 is too small; the smallest is 1"],
    [["--processes=-2"], "option --processes: -2 is too small; the smallest is 0"],
    [["--server-backlog", "0"], "option --server-backlog: 0 is too small; the smallest is 1"],
    [["--queue-timeout=-5"], "option --queue-timeout: -5 is too small; the smallest is 0"],
    [["--keep-alive-timeout=-1"], "option --keep-alive-timeout: -1 is too small; the smallest is 0"],
    [["--limit-request-body=-1"], "option --limit-request-body: -1 is too small; the smallest is 0"],
    [
      ["--limit-request-body=9007199254740993"],
      "option --limit-request-body: 9007199254740993 is too large; the largest is 9007199254740991",
    ],
    [
      ["--send-buffer-size=511"],
      "option --send-buffer-size: 511 is too small; give 0 (the system's default) or at least 512 bytes",
    ],
    [
      ["--receive-buffer-size=1"],
      "option --receive-buffer-size: 1 is too small; give 0 (the system's default) or at least 512 bytes",
    ],
    [
      ["--header-buffer-size=8191"],
      "option --header-buffer-size: 8191 is too small; give 0 (32768 bytes) or at least 8192 bytes",
    ],
    [
      ["--response-buffer-size=65535"],
      "option --response-buffer-size: 65535 is too small; give 0 (65536 bytes) or at least 65536 bytes",
    ],
    [
      ["--application-type", "wsgi"],
      "option --application-type: 'wsgi' is not known; choose script, module, paste or static",
    ],
    [["--auth-type", "Foo"], "option --auth-type: 'Foo' is not known; choose Basic or Digest"],
    [["--server-mpm", "itk"], "option --server-mpm: 'itk' is not known; choose event, worker or prefork"],
    [["--map-head-to-get", "x"], "option --map-head-to-get: 'x' is not known; choose off, on or auto"],
    [["--server-root", ""], "option --server-root: an empty path; give one, or leave the option out"],
    [["--setenv", "", "x"], "option --setenv: an empty name; give the name of a variable"],
    [
      ["--url-alias", "static", "x"],
      `option --url-alias: 'static' is not a URL path; start it with "/", without "?" or "#"`,
    ],
  ];
  for (const [words, text] of cases)
    test(`${words.join(" ")} is told: ${text}`, () => expect(error(...words)).toBe(text));

  test("0 is good where it has a meaning of its own", () => {
    expect(parsed("--send-buffer-size=0", "--header-buffer-size=0", "--port=0").values).toEqual({
      "send-buffer-size": 0,
      "header-buffer-size": 0,
      port: 0,
    });
  });
});

test("help is asked for by --help, -h and any unique beginning, wherever no error comes first", () => {
  for (const words of [["--help"], ["-h"], ["-hx"], ["--hel"], ["app.py", "-h", "--nonsense"]]) {
    expect(parseArguments(words)).toEqual({ kind: "help" });
  }
});

test("whatever the words, the parser answers and never throws", () => {
  const dice = random(20_261_123);
  const alphabet = [..."-=_ax09.\\'\"$ \n\u0000\u00e9\u{1f943}\ud800", "--", "__proto__", "constructor", "--setenv"];
  const names = [...options.keys()];
  for (let round = 0; round < 20_000; round += 1) {
    const words = Array.from({ length: dice(6) }, () => {
      const noise = Array.from({ length: dice(6) }, () => alphabet[dice(alphabet.length)]).join("");
      if (dice(2) === 0) return noise;
      const name = `--${names[dice(names.length)]}`;
      const flag = dice(3) === 0 ? name.slice(0, dice(name.length + 1)) : name;
      return dice(3) === 0 ? `${flag}=${noise}` : flag;
    });
    const parse = parseArguments(words);
    if (parse.kind === "wrong") expect(parse.text).not.toBe("");
    else if (parse.kind === "parsed") expect(parse.parsed.positionals.length).toBeLessThanOrEqual(words.length);
    else expect(parse).toEqual({ kind: "help" });
  }
});
