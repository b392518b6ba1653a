import { describe, expect, test } from "bun:test";
import { docsPage } from "../../lib/handlers/docs/pages.ts";

const NAMES = ["", "index.html", "reference.html", "directives.html", "logs.html", "differences.html"];

async function linksOf(page: string): Promise<{ links: string[]; ids: Set<string>; sources: string[] }> {
  const links: string[] = [];
  const ids = new Set<string>();
  const sources: string[] = [];
  const reader = new HTMLRewriter()
    .on("a[href]", { element: (element) => void links.push(element.getAttribute("href") ?? "") })
    .on("[id]", { element: (element) => void ids.add(element.getAttribute("id") ?? "") })
    .on("[src],link,script,iframe", { element: (element) => void sources.push(element.tagName) });
  await reader.transform(new Response(page)).text();
  return { links, ids, sources };
}

describe.each(NAMES)("the page %j", (name) => {
  test("loads nothing, and every link of it leads somewhere", async () => {
    const { links, ids, sources } = await linksOf(`${docsPage(name)}`);
    expect(sources).toEqual([]);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) {
      const [page = "", anchor = ""] = link.split("#");
      const there = page === "" ? ids : (await linksOf(`${docsPage(page.replace("./", ""))}`)).ids;
      if (page !== "") expect([link, docsPage(page.replace("./", "")) !== undefined]).toEqual([link, true]);
      if (anchor !== "") expect([link, there.has(anchor)]).toEqual([link, true]);
    }
  });

  test("has one look, and one heading of the first order", () => {
    const page = `${docsPage(name)}`;
    expect(page).toStartWith("<!DOCTYPE html>\n");
    expect(page.match(/<h1[ >]/g)).toHaveLength(1);
    expect(page).not.toContain("&lt;!--");
  });
});

test("what was written in the words of Apache is text", () => {
  expect(`${docsPage("directives.html")}`).toContain("&lt;Directory");
});

test("there are no others", () => {
  for (const name of ["reference", "reference.md", "../docs/reference.html", "constructor", "index.html/"]) {
    expect(docsPage(name)).toBeUndefined();
  }
});
