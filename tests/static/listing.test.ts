import { describe, expect, test } from "bun:test";
import { inOrder, orderOf, type Entry } from "../../lib/handlers/listing-order.ts";
import { humanSize, listingPage } from "../../lib/handlers/listing-page.ts";

function entry(name: string, changes: Partial<Entry> = {}): Entry {
  return { name, isDirectory: false, size: 0, modifiedMs: 0, ...changes };
}

const NAMES_UP = { column: "N", descending: false } as const;

describe("the order", () => {
  test.each([
    ["", "N", false],
    ["C=M;O=D", "M", true],
    ["C=S&O=A", "S", false],
    ["C=D;O=D", "N", true],
    ["C=N;O=D;C=M", "M", true],
    ["xC=M;O=d;C=%4d", "N", false],
  ] as const)("%s", (query, column, descending) => {
    expect(orderOf(query)).toEqual({ column, descending });
  });

  test.each([
    ["C=N;O=A", "d/ B a b"],
    ["C=N;O=D", "d/ b a B"],
    ["C=S;O=A", "d/ b B a"],
    ["C=S;O=D", "d/ a B b"],
    ["C=M;O=A", "d/ a b B"],
    ["C=M;O=D", "d/ B b a"],
  ] as const)("%s: %s", (query, expected) => {
    const entries = [
      entry("b", { size: 1, modifiedMs: 2 }),
      entry("d", { isDirectory: true, size: 9, modifiedMs: 9 }),
      entry("a", { size: 3, modifiedMs: 1 }),
      entry("B", { size: 2, modifiedMs: 3 }),
    ];
    const names = inOrder(entries, orderOf(query)).map(({ name, isDirectory }) => name + (isDirectory ? "/" : ""));
    expect(names.join(" ")).toBe(expected);
  });
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KiB"],
  [10_240, "10 KiB"],
  [1_048_576, "1.0 MiB"],
  [1_024_000, "1.0 MiB"],
  [5e15, "4547 TiB"],
] as const)("%i bytes are %s", (bytes, text) => {
  expect(humanSize(bytes)).toBe(text);
});

/** What a browser makes of the page: tags and their attributes, and the text between them. */
async function read(page: string): Promise<{ links: string[]; tags: string[]; text: string }> {
  const links: string[] = [];
  const tags: string[] = [];
  let text = "";
  const reader = new HTMLRewriter()
    .on("*", {
      element(element) {
        tags.push(element.tagName, ...[...element.attributes].map(([name]) => name));
        if (element.tagName === "a") links.push(element.getAttribute("href") ?? "");
      },
    })
    .on("main", { text: (chunk) => void (text += chunk.text) });
  await reader.transform(new Response(page)).text();
  return { links, tags, text };
}

const USUAL_TAGS = new Set(
  "html lang head meta charset name content title style body main h1 a href bdi table thead tr th scope class aria-sort tbody td colspan time datetime data value".split(
    " ",
  ),
);

test.each([
  ["<script>alert(1)</script>", "./%3Cscript%3Ealert(1)%3C/script%3E", "&lt;script&gt;alert(1)&lt;/script&gt;"],
  [`"onmouseover='x`, "./%22onmouseover=&#39;x", "&quot;onmouseover=&#39;x"],
  ["javascript:alert(1)", "./javascript:alert(1)", "javascript:alert(1)"],
  ["a b?c#d%41&e", "./a%20b%3Fc%23d%2541&amp;e", "a b?c#d%41&amp;e"],
  ["two\nlines\r\t\x1b[31m", "./two%0Alines%0D%09%1B%5B31m", "two\ufffdlines\ufffd\ufffd\ufffd[31m"],
  ["\xff\xfe", "./%FF%FE", "\ufffd\ufffd"],
  [Buffer.from("Ünïcode ✓").toString("latin1"), "./%C3%9Cn%C3%AFcode%20%E2%9C%93", "Ünïcode ✓"],
  [Buffer.from("cod\u202egnp.exe").toString("latin1"), "./cod%E2%80%AEgnp.exe", "cod\ufffdgnp.exe"],
  [
    Buffer.from("\u05e9\u05dc\u05d5\u05dd").toString("latin1"),
    "./%D7%A9%D7%9C%D7%95%D7%9D",
    "\u05e9\u05dc\u05d5\u05dd",
  ],
  [
    "</title></style><img src=x>",
    "./%3C/title%3E%3C/style%3E%3Cimg%20src=x%3E",
    "&lt;/title&gt;&lt;/style&gt;&lt;img src=x&gt;",
  ],
])("a name is text and nothing else: %j", async (name, href, text) => {
  const page = listingPage("/d/", [entry(name)], NAMES_UP, 1);
  expect(page).toContain(`<a href="${href}"><bdi>${text}</bdi></a>`);
  const { tags } = await read(page);
  expect(tags.filter((tag) => !USUAL_TAGS.has(tag))).toEqual([]);
});

test("the path is text, too, and each part of it a link", async () => {
  const page = listingPage("/<b>/\xff/c/", [], NAMES_UP, 0);
  expect(page).toContain("<title>Index of /&lt;b&gt;/\ufffd/c/</title>");
  const { links, text } = await read(page);
  expect(links.slice(0, 4)).toEqual(["../../../", "../../", "../", "./"]);
  expect(text).toContain("Index of /&lt;b&gt;/\ufffd/c/");
});

test("the root of the site has no parent; an empty one says so", async () => {
  const page = listingPage("/", [], NAMES_UP, 0);
  expect(page).toContain("There is nothing in this directory.");
  expect((await read(page)).links).toEqual(["./"]);
  expect(listingPage("/a/", [], NAMES_UP, 0)).toContain('<a href="../">Parent directory</a>');
});

test("a click on a column sorts by it, a second one the other way round", () => {
  const page = listingPage("/", [entry("x")], NAMES_UP, 1);
  expect(page).toContain('aria-sort="ascending"><a href="?C=N;O=D">Name ↑</a>');
  expect(page).toContain('<a href="?C=M;O=A">Last modified (UTC)</a>');
  expect(listingPage("/", [entry("x")], { column: "N", descending: true }, 1)).toContain("?C=N;O=A");
});

test("what is left out is told", () => {
  expect(listingPage("/", [entry("x")], NAMES_UP, 12)).toContain("These are the first 1 of 12 entries.");
});

test("a time that no calendar has is the last or the first one that can be written", () => {
  const entries = [1, -1].map((sign) => entry(`${sign}`, { modifiedMs: sign * 99_999_999_999_999_000 }));
  const page = listingPage("/", entries, NAMES_UP, 2);
  expect(page).toContain('<time datetime="9999-12-31T23:59:59Z">9999-12-31 23:59</time>');
  expect(page).toContain('<time datetime="0001-01-01T00:00:00Z">0001-01-01 00:00</time>');
});
