import { expect, test } from "bun:test";
import { DirectiveError, type Directive } from "../../lib/directives/syntax/directive.ts";
import { globRegex } from "../../lib/directives/syntax/glob.ts";
import { parseDirectives } from "../../lib/directives/syntax/parse.ts";
import { isKnownModule } from "../../lib/directives/syntax/known.ts";
import { Reader, type Source } from "../../lib/directives/syntax/read.ts";
import { compileRegex } from "../../lib/directives/syntax/regex.ts";
import { rewriteWordsOf, wordsOf } from "../../lib/directives/syntax/words.ts";
import { random } from "../support/random.ts";

/** `Name args`, and `Name args { … }` for containers. */
function told(directives: readonly Directive[]): string {
  return directives
    .map(
      ({ name, args, children }) =>
        `${name}${args === "" ? "" : ` ${args}`}${children === null ? "" : ` { ${told(children)} }`}`,
    )
    .join("; ");
}

function problem(task: () => unknown): string {
  try {
    task();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "nothing";
}

test("lines are directives; blanks around them, comments and empty lines are nothing", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", ""],
    ["A", "A"],
    ["  A  b \t c  \r\n", "A b \t c"],
    ["A b\nC d", "A b; C d"],
    ["# comment\n  # another\nA b # no comment", "A b # no comment"],
    ["A b \\\n  c", "A b   c"],
    ["A b\\\nc", "A bc"],
    ["A b\\\r\nc", "A bc"],
    ["# comment \\\nA b\nC", "C"],
    ["A \\", "A \\"],
    ["<S x>\nA b\n</S>", "S x { A b }"],
    ["<S x>\n<T>\nA\n</T>\n</s>\nB", "S x { T { A } }; B"],
    ['<If "a > b">\n</If>', 'If "a > b" {  }'],
    ["<S>\n</S >", "S {  }"],
  ];
  for (const [text, expected] of cases) expect(told(parseDirectives(text, "f"))).toBe(expected);
});

test("a directive knows the line it begins in", () => {
  const [first, section] = parseDirectives("\n# c\nA b \\\n c\n<S>\n\nB\n</S>", "f");
  expect([first?.line, section?.line, section?.children?.[0]?.line]).toEqual([3, 5, 7]);
});

test("what is no structure is told with its line", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["A\n<S>", "f:2: <S> without </S>"],
    ["</S>", "f:1: </S> without <S>"],
    ["<S>\n<T>\n</S>", "f:3: </S> where </T> is due, for the section of line 2"],
    ["<S", 'f:1: <S is no beginning of a section: it doesn\'t end with ">"'],
    ["<S>\n</S x>", "f:2: </S x> is no end of a section"],
    ["A b\rc", "f:1: the line has a control character in it"],
    ["A\nB \0", "f:2: the line has a control character in it"],
    ["<>", 'f:1: <> is no beginning of a section: it doesn\'t end with ">"'],
    ["<S>\n".repeat(65), "f:65: more than 64 sections in each other"],
  ];
  for (const [text, expected] of cases) expect(problem(() => parseDirectives(text, "f"))).toBe(expected);
});

test("words are split as Apache splits them", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    ["a  b\tc", ["a", "b", "c"]],
    ['a "b c" d', ["a", "b c", "d"]],
    ["a 'b \"c\"'", ["a", 'b "c"']],
    ['"a \\"b\\" \\\\ \\c"', ['a "b" \\ \\c']],
    ['a\\\\b c\\d "e', ["a\\b", "c\\d", "e"]],
    ['""', [""]],
    ['a"b c"', ['a"b', 'c"']],
  ];
  for (const [text, expected] of cases) expect(wordsOf(text)).toEqual([...expected]);
});

test("words of rules keep their backslashes", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["^a\\.b$ - [L]", ["^a\\.b$", "-", "[L]"]],
    ['"^a b$" "c d" [L,R]', ["^a b$", "c d", "[L,R]"]],
    ["^a\\ b$ c", ["^a\\ b$", "c"]],
    ["'a\"b' c", ['a"b', "c"]],
  ];
  for (const [text, expected] of cases) expect(rewriteWordsOf(text)).toEqual([...expected]);
});

const FILES: Readonly<Record<string, string>> = {
  "/etc/part.conf": "P ${X}",
  "/etc/self.conf": "Include self.conf",
  "/etc/d/a.conf": "A",
  "/etc/d/b.conf": "B",
};

const source: Source = {
  read: (path) => FILES[path],
  find: (pattern) => Object.keys(FILES).filter((path) => globRegex(pattern, { isPath: true }).test(path)),
  environment: (name) => (name === "HOME" ? "/home/me" : undefined),
  isKnownDirective: (name) => name === "Known",
  isKnownModule: (name) => isKnownModule(name, false),
};

function read(text: string): string {
  const whole: Source = { ...source, read: (path) => (path === "/etc/main.conf" ? text : source.read(path)) };
  return told(new Reader(whole, "/etc/").file("/etc/main.conf", { file: "--include-file", line: 0 }));
}

test("what is decided while files are read is decided, and the rest is left", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["Define X y\nA ${X} ${HOME} ${NONE} ${m:k}", "A y /home/me ${NONE} ${m:k}"],
    ["Define X y\nUnDefine X\nA ${X}", "A ${X}"],
    ["Define X\n<IfDefine X>\nA\n</IfDefine>\n<IfDefine !X>\nB\n</IfDefine>", "A"],
    ["<IfModule mod_rewrite.c>\nA\n</IfModule>\n<IfModule rewrite_module>\nB\n</IfModule>", "A; B"],
    ["<IfModule mod_cgi.c>\nA\n</IfModule>\n<IfModule !cgi_module>\nB\n</IfModule>", "B"],
    ["<IfVersion >= 2.4>\nA\n</IfVersion>\n<IfVersion 2.2>\nB\n</IfVersion>", "A"],
    ["<IfVersion !< 2.4.1>\nA\n</IfVersion>\n<IfVersion /^2\\.4/>\nB\n</IfVersion>", "A; B"],
    ["<IfFile d/a.conf>\nA\n</IfFile>\n<IfFile !none>\nB\n</IfFile>", "A; B"],
    ["<IfDirective Known>\nA\n</IfDirective>\n<IfDirective Other>\nB\n</IfDirective>", "A"],
    ["Define X y\nInclude part.conf\nC", "P y; C"],
    ["Include d/*.conf", "A; B"],
    ["IncludeOptional none/*.conf\nA", "A"],
    ["<S>\n<IfModule core.c>\nA\n</IfModule>\n</S>", "S { A }"],
    ["<IfModule mod_cgi.c>\n<S>\nDefine X y\n</S>\n</IfModule>\nA ${X}", "A ${X}"],
  ];
  for (const [text, expected] of cases) expect(read(text)).toBe(expected);
});

test("what can't be read is told with the place that asks for it", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["A\nInclude none.conf", "/etc/main.conf:2: there is no file none.conf to include"],
    ["Include self.conf", "/etc/self.conf:1: files include each other endlessly"],
    ["Define", "/etc/main.conf:1: Define takes a name and a value"],
    ["Error not on this machine", "/etc/main.conf:1: not on this machine"],
    ["<IfModule>\n</IfModule>", "/etc/main.conf:1: <IfModule> needs an argument"],
    ["<IfVersion >= abc>\n</IfVersion>", "/etc/main.conf:1: abc is no version"],
  ];
  for (const [text, expected] of cases) expect(problem(() => read(text))).toBe(expected);
});

test("regular expressions are those of Apache", () => {
  const cases: readonly (readonly [pattern: string, text: string, found: string | null])[] = [
    ["^a.c$", "a\nc", "a\nc"],
    ["a$", "a\n", null],
    ["(?i)ABC", "xabc", "abc"],
    ["(?x) a  b # comment", "ab", "ab"],
    ["[[:alpha:]]+[[:digit:]]", "!ab1", "ab1"],
    ["[]a]+", "]a]", "]a]"],
    ["[^]a]+", "b]", "b"],
    ["[[]", "[", "["],
    ["\\Aa\\z", "a", "a"],
    ["\\Qa.b\\E+", "a.bb", "a.bb"],
    ["(?P<name>a)", "a", "a"],
    ["\\s", "\u00a0", null],
    ["a\\hb", "a\tb", "a\tb"],
    ["\\x{41}", "A", "A"],
    ["(?<!x)y", "ay", "y"],
    ["a{2}", "aaa", "aa"],
    ["\\.(?:jpe?g|png)$", "x.jpeg", ".jpeg"],
    ["\u00e4", "\u00e4", "\u00e4"],
    // Several repetitions, which are made groups: nothing else is seen of that.
    ["(a*)(b+?)c{2,}d?", "aabccdd", "aabccd"],
    ["\\x41*\\d+[0-9]{2}x?", "AA123x", "AA123x"],
    ["\\Qa.b\\E+c*", "a.bbcc", "a.bbcc"],
    ["(a)\\1*b*", "aaabb", "aaabb"],
    ["(?P<one>a+)\\k<one>*b*", "aab", "aab"],
    ["(?:a|b)+(?=c+)c*", "abcc", "abcc"],
    ["a{,2}b*c*", "a{,2}bc", "a{,2}bc"],
    ["a{b*c+", "a{bc", "a{bc"],
    ["[+*]+x?\\++", "*+++", "*+++"],
    ["^(.*)/(.*)\\?x*$", "a/b/c?", "a/b/c?"],
  ];
  for (const [pattern, text, found] of cases) {
    expect([pattern, compileRegex(pattern).exec(text)?.[0] ?? null]).toEqual([pattern, found]);
  }
  for (const pattern of [
    "(",
    "[a",
    "a**",
    "*a*",
    "a|*b+",
    "(*a+)",
    "(?:*)b+",
    "(?>a)",
    "a++",
    "a{2}+b*",
    "(a*)++",
    "\\K",
    "\\p{L}",
    "x\\",
  ]) {
    expect(problem(() => compileRegex(pattern))).toStartWith(`the regular expression ${pattern} can't be used: `);
  }
});

test("the engine gives up an expression that would take for ever, as one that doesn't match", () => {
  const long = "-".repeat(8000);
  for (const pattern of ["^(.*)-(.*)-(.*)-(.*)x$", "^(-+)+$", "^[^x]*-*.{0,9000}-+x"]) {
    expect([pattern, compileRegex(pattern).exec(`${long}y`)]).toEqual([pattern, null]);
  }
  expect(compileRegex("^(.*)-(.*)-(.*)-(.*)$").exec(long)?.slice(2)).toEqual(["", "", ""]);
  expect(globRegex("*-*-*-*-*x").exec(`${long}y`)).toBe(null);
});

test("repetitions find what they find in an expression as it stands", () => {
  const below = random(20_260_726);
  const pick = <Each>(all: readonly Each[]): Each => all[below(all.length)] as Each;
  const pieces = [
    "a",
    "b",
    ".",
    "\\w",
    "[ab]",
    "[^a]",
    "\\x61",
    "(a)",
    "(b|ab)",
    "(?:ab?)",
    "\\.",
    "^",
    "a|",
    "(a*b+)",
  ];
  for (let round = 0; round < 5000; round++) {
    const pattern = Array.from({ length: 1 + below(5) }, () => {
      const piece = pick(pieces);
      return /^\^|\|$/.test(piece) ? piece : piece + pick(["", "", "*", "+", "?", "*?", "+?", "{2}", "{1,}", "{0,2}?"]);
    }).join("");
    const text = Array.from({ length: below(8) }, () => pick(["a", "b", "."])).join("");
    expect([pattern, text, compileRegex(pattern).exec(text)]).toEqual([
      pattern,
      text,
      new RegExp(pattern, "s").exec(text),
    ]);
  }
});

test("wildcards are those of a shell", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*.html", "a.html", true],
    ["*.html", "a.htm", false],
    ["a?c", "abc", true],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["a.c", "abc", false],
    ["\\*", "*", true],
    ["[", "[", true],
  ];
  for (const [pattern, text, matches] of cases)
    expect([pattern, globRegex(pattern).test(text)]).toEqual([pattern, matches]);
  expect(globRegex("/*/x", { isPath: true }).test("/a/b/x")).toBe(false);
});

test("no text makes the parser do anything but parse or complain with a place", () => {
  const below = random(20_240_601);
  const pieces = [
    "<",
    "</",
    ">",
    "A",
    "If",
    '"',
    "'",
    "\\",
    "\n",
    " ",
    "#",
    "${X}",
    "Define X y\n",
    "<S>\n",
    "</S>\n",
    "\r",
    "\0",
    "\u00ff",
    "Include d/a.conf\n",
  ];
  for (let round = 0; round < 5000; round++) {
    let text = "";
    for (let count = below(30); count > 0; count--) text += pieces[below(pieces.length)];
    try {
      for (const { args } of parseDirectives(text, "f")) {
        wordsOf(args);
        rewriteWordsOf(args);
      }
      read(text);
    } catch (error) {
      if (!(error instanceof DirectiveError)) throw error;
      expect(error.message).toMatch(/^[^\n]*:\d+: /);
    }
  }
});
