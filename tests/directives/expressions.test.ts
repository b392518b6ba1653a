import { expect, test } from "bun:test";
import { contextOf } from "../../lib/directives/expressions/context.ts";
import { parseExpression, parseTextExpression } from "../../lib/directives/expressions/parse.ts";
import { networkNamed } from "../../lib/directives/addresses.ts";
import type { Request } from "../../lib/directives/request.ts";
import { siteAt } from "./travel.ts";
import { requestHead } from "../http/heads.ts";

// What expressions mean is held against Apache in config.test.ts; here is how they fail, and what is special to Malt.

function request(): Request {
  return siteAt("/nowhere", []).phases.begin(requestHead("/x?q=1", { fields: [["X-A", "one"]] }));
}

function problem(text: string): string {
  try {
    parseExpression(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
}

test("what can't be read is told with its place in the text", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "a value was expected at its end"],
    ["%{REQUEST_URI}", "a comparison was expected at its end"],
    ["%{REQUEST_URI} == 'a' 'b'", "nothing more was expected before \"'b'\""],
    ["%{NOTHING} == 'a'", "there is no variable NOTHING before \" == 'a'\""],
    ["nothing('a') == 'a'", "there is no function nothing before \" == 'a'\""],
    ["-q 'a'", "there is no test -q before \" 'a'\""],
    ["'a' == 'b", "' without an end at its end"],
    ["('a' == 'b'", ") was expected at its end"],
    ["'a' in {'b'", "} was expected at its end"],
    ["'a' =~ /b", "the regular expression has no end at its end"],
    ["%{REQUEST_URI", "} was expected at its end"],
    ["!".repeat(200), "it is nested too deeply"],
  ];
  for (const [text, expected] of cases)
    expect([text, problem(text)]).toEqual([text, expect.stringContaining(expected)]);
  expect(problem("%{REMOTE_ADDR} -ipmatch '300.1.1.1'")).toBe("300.1.1.1 is no IP address and no network");
});

test("a text has variables, functions and groups in it", () => {
  const context = { ...contextOf(request()), groups: ["whole", "part"] };
  expect(parseTextExpression("a-%{REQUEST_METHOD}-%{req:X-A}-$1-$7-\\n%%")(context)).toBe("a-GET-one-part--\\n%%");
});

test("fields that decide are in Vary, but for those that are asked for quietly and Host", () => {
  const asked = request();
  for (const text of ["req('X-A') == 'one'", "req_novary('X-B') == ''", "req('Host') == ''"]) {
    parseExpression(text)(contextOf(asked));
  }
  expect([...asked.vary]).toEqual(["X-A"]);
});

test("networks are what Apache calls so", () => {
  const cases: readonly (readonly [network: string, address: string, belongs: boolean])[] = [
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.4", false],
    ["10.1", "10.1.200.1", true],
    ["10.1.", "10.2.0.1", false],
    ["10", "10.9.9.9", true],
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.1.0.0/255.255.0.0", "10.1.9.9", true],
    ["10.1.0.0/255.255.0.0", "10.2.9.9", false],
    ["2001:db8::/32", "2001:db8:1::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["::1", "::1", true],
    ["127.0.0.1", "::ffff:127.0.0.1", true],
    ["127.0.0.1", "nonsense", false],
  ];
  for (const [network, address, belongs] of cases) {
    expect([network, address, networkNamed(network)(address)]).toEqual([network, address, belongs]);
  }
  for (const wrong of [
    "",
    "x",
    "10.0.0.0/33",
    "10.1.2.3.4",
    "1/2/3",
    "0x7f.1",
    "10.0.0.0/x",
    "2130706433",
    "example.test",
  ]) {
    expect(() => networkNamed(wrong)).toThrow("is no IP address and no network");
  }
});

test("no text makes the parser do anything but parse or complain", () => {
  let seed = 7;
  const random = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * limit);
  };
  const pieces = [
    "%{",
    "}",
    "REQUEST_URI",
    "'",
    '"',
    "(",
    ")",
    "==",
    "=~",
    "/",
    "m#",
    "#",
    "in",
    "{",
    ",",
    "-n ",
    "-eq ",
    "$1",
    "!",
    "&&",
    "||",
    ".",
    " ",
    "\\",
    "req",
    ":",
    "1",
    "true",
  ];
  const context = contextOf(request());
  for (let round = 0; round < 20_000; round++) {
    let text = "";
    for (let count = random(12); count > 0; count--) text += pieces[random(pieces.length)];
    try {
      parseExpression(text)(context);
    } catch (error) {
      expect((error as Error).message).toMatch(/can't be read: |can't be used: |is no IP address/);
    }
  }
});
