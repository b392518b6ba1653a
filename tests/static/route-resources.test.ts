import { expect, test } from "bun:test";
import { createRouter } from "../../lib/pipeline/route.ts";
import { requestHead } from "../http/heads.ts";
import { siteSettings, surroundings, type SiteOptions, type Tree } from "./sites.ts";

const TREE: Tree = {
  "/root": "directory",
  "/root/a.tmpl": "file",
  "/root/b.TMPL": "file",
  "/root/c.tmpl.en": "file",
  "/root/d.tmpl.md": "file",
  "/root/a.txt": "file",
  "/root/.tmpl": "file",
  "/root/tmpl": "file",
  "/root/e.tmpl": "directory",
  "/root/e.tmpl/f.txt": "file",
  "/root/dir": "directory",
  "/root/dir/index.md": "file",
  "/data": "directory",
  "/data/g.md": "file",
  "/data/index.html": "file",
};

const options: SiteOptions = {
  handlers: [
    { extension: ".tmpl", script: "/scripts/tmpl.py" },
    { extension: ".md", script: "/scripts/md.py" },
  ],
  directoryIndex: ["index.md", "/a.tmpl"],
  aliases: [{ urlPath: "/data", target: "/data" }],
};

/** Which script answers, for which file, under which name; "" when none does. */
function scripted(target: string, more: SiteOptions = {}): string {
  const decision = createRouter(siteSettings({ ...options, ...more }), surroundings(TREE))(requestHead(target));
  if (decision.kind !== "application") return decision.kind === "status" ? `${decision.status}` : decision.kind;
  const parts = (decision.ownPairs ?? "").split("\0").slice(1);
  const pairs: Record<string, string | undefined> = {};
  for (let i = 0; i < parts.length; i += 2) pairs[parts[i] as string] = parts[i + 1];
  if (decision.ownPairs === undefined) return `app ${decision.pathInfo}`;
  return `${pairs["malt.resource"]} ${decision.scriptFilename} ${pairs["SCRIPT_NAME"]}|${decision.pathInfo}`;
}

test.each([
  ["/a.tmpl", ".tmpl /root/a.tmpl /a.tmpl|"],
  ["/b.TMPL", ".tmpl /root/b.TMPL /b.TMPL|"],
  ["/c.tmpl.en", ".tmpl /root/c.tmpl.en /c.tmpl.en|"],
  ["/d.tmpl.md", ".md /root/d.tmpl.md /d.tmpl.md|"],
  ["/a.tmpl/", ".tmpl /root/a.tmpl /a.tmpl|/"],
  ["/a.tmpl/x.md/y", ".tmpl /root/a.tmpl /a.tmpl|/x.md/y"],
  ["/dir/", ".md /root/dir/index.md /dir/index.md|"],
  ["/", ".tmpl /root/a.tmpl /a.tmpl|"],
  ["/data/g.md", ".md /data/g.md /data/g.md|"],
  ["/data/g.md/x", ".md /data/g.md /data/g.md|/x"],
  ["/a.txt", "file"],
  ["/a.txt/x", "404"],
  ["/.tmpl", "file"],
  ["/tmpl", "file"],
  ["/data/missing.md", "404"],
  ["/data/", "file"],
  ["/missing.tmpl", "app /missing.tmpl"],
  ["/missing.tmpl/x", "app /missing.tmpl/x"],
  ["/e.tmpl/f.txt", "file"],
  ["/e.tmpl/missing", "app /e.tmpl/missing"],
])("%s: who answers is %s", (target, expected) => {
  expect(scripted(target)).toBe(expected);
});

test("without scripts all of them are files", () => {
  const found = ["/a.tmpl", "/data/g.md", "/a.tmpl/x"].map((target) => scripted(target, { handlers: [] }));
  expect(found).toEqual(["file", "file", "404"]);
});
