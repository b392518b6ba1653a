import { describe, expect, test } from "bun:test";
import {
  codedHeadOf,
  codingFor,
  notModifiedHead,
  plainConditions,
  type Coding,
} from "../../lib/http/content-coding.ts";
import type { Field } from "../../lib/http/exchange.ts";
import { responseHead, type ResponseHead } from "../../lib/http/response-head.ts";
import { requestHead } from "./heads.ts";

describe("what a client takes", () => {
  test.each([
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "zstd"],
    ["gzip, deflate, br", "br"],
    ["gzip;q=1.0, br;q=0.5", "gzip"],
    ["br;q=0, zstd;q=0, *", "gzip"],
    ["*", "zstd"],
    ["x-gzip", "gzip"],
    ["X-GZIP;q=0.1", "gzip"],
    ["deflate, compress", null],
    ["identity", null],
    ["identity;q=1, gzip;q=0.5", null],
    ["gzip;q=0", null],
    ["gzip;q=2", "gzip"],
    ["identity;q=0", null],
    ["", null],
    [";;,,=\u00ff", null],
  ] as const)("%j", (accepted, coding) => {
    expect(codingFor(accepted)).toBe(coding);
  });

  test("of some codings only", () => {
    expect(codingFor("gzip, zstd", ["br", "gzip"])).toBe("gzip");
    expect(codingFor("zstd", ["br"])).toBeNull();
  });
});

function coded(fields: readonly Field[], coding: Coding = "gzip", status = 200): ResponseHead | "as it is" {
  const head = codedHeadOf(responseHead(status, fields));
  return head === "as it is" ? head : head.in(coding);
}

describe("what is compressed", () => {
  const html: Field = ["Content-Type", "text/html; charset=utf-8"];

  test.each([
    ["text/plain"],
    ["TEXT/CSS"],
    ["application/json;charset=utf-8"],
    ["application/javascript ;v=1"],
    ["image/svg+xml"],
    ["application/xhtml+xml"],
    ["application/problem+json"],
    ["application/vnd.api+json; charset=utf-8"],
    ["application/x-javascript"],
    ["application/dash+xml"],
    ["application/vnd.ms-fontobject"],
  ])("%s", (type) => {
    expect(coded([["content-type", type]])).not.toBe("as it is");
  });

  test.each([["image/png"], ["text/event-stream"], ["text/plainly"], ["application/octet-stream"], [""]])(
    "not %j",
    (type) => {
      expect(coded([["Content-Type", type]])).toBe("as it is");
    },
  );

  test.each([
    [[html, ["Content-Encoding", "br"]], 200],
    [[html, ["Content-Range", "bytes 0-1/2"]], 200],
    [[html, ["Cache-Control", "public, No-Transform"]], 200],
    [[html], 206],
    [[html], 204],
    [[html], 304],
    [[], 200],
  ] as [Field[], number][])("as it is: %j %i", (fields, status) => {
    expect(coded(fields, "gzip", status)).toBe("as it is");
  });

  test("the head tells of it, and nothing of the bytes that were compressed", () => {
    const fields: Field[] = [
      html,
      ["ETag", '"x"'],
      ["Content-Length", "1000"],
      ["Accept-Ranges", "bytes"],
      ["Content-Encoding", "identity"],
      ["X-Own", "1"],
    ];
    expect(coded(fields, "br")).toMatchObject({
      contentLength: -1,
      fields: [html, ["ETag", '"x-br"'], ["X-Own", "1"], ["Vary", "Accept-Encoding"], ["Content-Encoding", "br"]],
    });
    const head = codedHeadOf(responseHead(404, [...fields, ["Connection", "close"]], "Gone Fishing"));
    expect(head).toMatchObject({ plain: { contentLength: 1000, reason: "Gone Fishing", status: 404, close: true } });
  });

  test("a weak validator stands for both", () => {
    const head = coded([html, ["ETag", 'W/"x"']]) as ResponseHead;
    expect(head.fields).toContainEqual(["ETag", 'W/"x"']);
  });

  test.each([
    ["Cookie", "Cookie, Accept-Encoding"],
    ["accept-encoding, Cookie", "accept-encoding, Cookie"],
    ["*", "*"],
  ])("Vary: %s", (given, made) => {
    const head = coded([html, ["Vary", given]]) as ResponseHead;
    expect(head.fields.filter(([name]) => name === "Vary")).toEqual([["Vary", made]]);
  });
});

describe("conditions", () => {
  test("they are said in the validators of what is compressed, to files and to the application", () => {
    const plain = plainConditions({
      ...requestHead("/", {
        fields: [
          ["If-None-Match", '"a-gzip", W/"b", "c-d-br"'],
          ["X", '"x-gzip"'],
        ],
      }),
      fieldEnviron: '\0HTTP_IF_NONE_MATCH\0"a-gzip", W/"b", "c-d-br"\0HTTP_X\0"x-gzip"',
    });
    expect(plain?.head).toEqual({
      fields: [
        ["If-None-Match", '"a", W/"b", "c-d"'],
        ["X", '"x-gzip"'],
      ],
      fieldEnviron: '\0HTTP_IF_NONE_MATCH\0"a", W/"b", "c-d"\0HTTP_X\0"x-gzip"',
    });
    expect([...(plain?.clientTags ?? [])]).toEqual([
      ['"a"', '"a-gzip"'],
      ['"c-d"', '"c-d-br"'],
    ]);
  });

  test("without any there is nothing to do", () => {
    const fields: Field[] = [
      ["If-None-Match", '"a", "b-gz"'],
      ["If-Range", '"x-gzip"'],
    ];
    expect(plainConditions(requestHead("/", { fields }))).toBeUndefined();
  });

  test("a 304 names the version that the client has", () => {
    const tags = new Map([['"a"', '"a-gzip"']]);
    expect(notModifiedHead(responseHead(304, [["ETag", '"a"']]), tags).fields).toEqual([
      ["ETag", '"a-gzip"'],
      ["Vary", "Accept-Encoding"],
    ]);
    expect(notModifiedHead(responseHead(304, [["ETag", '"b"']]), tags).fields).toEqual([["ETag", '"b"']]);
  });
});
