/** Which requests scripts answer. */

import { expect, test } from "bun:test";
import { TREE, routed } from "./routing.ts";
import type { Tree } from "./sites.ts";

const SCRIPTS: Tree = {
  ...TREE,
  "/root/a.cgi": "file",
  "/root/UP.CGI": "file",
  "/root/a.cgi.txt": "file",
  "/root/b.cgi": "directory",
  "/root/dir/index.cgi": "file",
  "/root/.htx.cgi": "file",
  "/files": "directory",
  "/files/a.cgi": "file",
};

const aliases = [{ urlPath: "/files", target: "/files" }];

const cases: readonly (readonly [target: string, expected: string])[] = [
  ["/a.cgi", "script /root/a.cgi|/a.cgi|"],
  ["/a.cgi?x", "script /root/a.cgi|/a.cgi|"],
  ["/a.cgi/", "script /root/a.cgi|/a.cgi|/"],
  ["/a.cgi/more/x", "script /root/a.cgi|/a.cgi|/more/x"],
  ["/UP.CGI/more", "script /root/UP.CGI|/UP.CGI|/more"],
  ["/a.cgi.txt", "file /root/a.cgi.txt"],
  ["/a.txt/x", "404"],
  ["/b.cgi", "301 http://example.test:8000/b.cgi/"],
  ["/dir/", "script /root/dir/index.cgi|/dir/index.cgi|"],
  ["/missing.cgi", "app |/missing.cgi"],
  ["/.htx.cgi", "403"],
  // The text of a program is for nobody.
  ["/files/a.cgi", "403"],
];

test.each(cases)("%s: %s", (target, expected) => {
  expect(routed(target, { cgi: true, directoryIndex: ["index.cgi"], aliases }, SCRIPTS)).toBe(expected);
});

test("without --with-cgi they are files like others", () => {
  expect(routed("/a.cgi", {}, SCRIPTS)).toBe("file /root/a.cgi");
  expect(routed("/a.cgi/more", {}, SCRIPTS)).toBe("404");
});
