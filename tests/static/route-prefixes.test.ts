import { describe, expect, test } from "bun:test";
import { routed, TREE } from "./routing.ts";
import type { SiteOptions, Tree } from "./sites.ts";

describe("--mount-point", () => {
  const MOUNTED: SiteOptions = { mountPoint: "/api/v1" };

  test.each([
    ["the mount point gets its slash", "/api/v1", "301 http://example.test:8000/api/v1/"],
    ["so does the way to it", "/api", "301 http://example.test:8000/api/"],
    ["its directory is the application's", "/api/v1/", "app /api/v1|/"],
    ["all below is the application's", "/api/v1/x/y", "app /api/v1|/x/y"],
    ["whole segments only", "/api/v10", "404"],
    ["beside it", "/api/v2/x", "404"],
    ["above it", "/api/", "404"],
    ["the root", "/", "404"],
    ["files beside it", "/a.txt", "file /root/a.txt"],
    ["indexes beside it", "/dir/", "file /root/dir/index.html"],
    ["directories beside it", "/empty/", "404"],
  ])("%s: %s", (_, target, expected) => {
    expect(routed(target, MOUNTED)).toBe(expected);
  });

  const PHYSICAL: Tree = {
    ...TREE,
    "/root/api": "directory",
    "/root/api/v1": "directory",
    "/root/api/v1/file": "file",
  };

  test("it makes no difference whether its folder exists", () => {
    for (const target of ["/api/v1", "/api", "/api/v1/", "/api/v1/x/y", "/api/v10", "/api/v2/x", "/api/", "/"]) {
      expect(routed(target, MOUNTED, PHYSICAL)).toBe(routed(target, MOUNTED));
    }
  });

  test("files in its folder win over the application", () => {
    expect(routed("/api/v1/file", MOUNTED, PHYSICAL)).toBe("file /root/api/v1/file");
    expect(routed("/api/v1/file/x", MOUNTED, PHYSICAL)).toBe("404");
    const indexed: Tree = { ...PHYSICAL, "/root/api/v1/index.html": "file" };
    expect(routed("/api/v1/", MOUNTED, indexed)).toBe("file /root/api/v1/index.html");
  });

  test("with --directory-index its directory is not the application's, the rest is", () => {
    const options: SiteOptions = { ...MOUNTED, directoryIndex: ["home.htm"] };
    expect(routed("/api/v1/", options, PHYSICAL)).toBe("404");
    expect(routed("/api/v1/", { ...options, directoryListing: true }, PHYSICAL)).toBe("listing /root/api/v1/");
    expect(routed("/api/v1/x", options, PHYSICAL)).toBe("app /api/v1|/x");
  });

  test("a file in the place of the folder", () => {
    expect(routed("/m", { mountPoint: "/m" }, { "/root": "directory", "/root/m": "file" })).toBe("file /root/m");
  });
});

describe("--url-alias", () => {
  const aliases = [
    { urlPath: "/files/deep", target: "/other" },
    { urlPath: "/files", target: "/data/" },
    { urlPath: "/favicon.ico", target: "/data/icon" },
    { urlPath: "/gone", target: "/nowhere" },
    { urlPath: "/dir", target: "/data" },
  ];
  const tree: Tree = {
    ...TREE,
    "/data": "directory",
    "/data/icon": "file",
    "/data/.htpasswd": "file",
    "/data/fifo": "refused",
    "/data/sub": "directory",
    "/data/sub/index.html": "file",
    "/data/bare": "directory",
    "/data/deep": "directory",
    "/data/deep/hidden": "file",
    "/other": "directory",
    "/other/x": "file",
  };

  test.each([
    ["file", "/files/icon", "file /data/icon"],
    ["longest first", "/files/deep/x", "file /other/x"],
    ["no fall-through to a shorter one", "/files/deep/hidden", "404"],
    ["whole segments only", "/filesx", "app |/filesx"],
    ["no fall-through to the application", "/files/nothing", "404"],
    ["no fall-through to the document root", "/dir/home.htm", "404"],
    ["directory without slash", "/files", "301 http://example.test:8000/files/"],
    ["directory below without slash", "/files/sub", "301 http://example.test:8000/files/sub/"],
    ["directory with an index", "/files/sub/", "file /data/sub/index.html"],
    ["directory without an index", "/files/bare/", "404"],
    ["file alias", "/favicon.ico", "file /data/icon"],
    ["file alias and a slash", "/favicon.ico/", "404"],
    ["file alias and more", "/favicon.ico/x", "404"],
    ["below a file", "/files/icon/x", "404"],
    ["target that is not there", "/gone", "403"],
    ["below a target that is not there", "/gone/x", "403"],
    ["special file", "/files/fifo", "403"],
    [".htpasswd", "/files/.htpasswd", "403"],
    ["outside of all", "/x", "app |/x"],
  ])("%s: %s", (_, target, expected) => {
    expect(routed(target, { aliases }, tree)).toBe(expected);
  });

  test("--directory-index and --directory-listing are not about aliases", () => {
    const options: SiteOptions = { aliases, directoryIndex: ["home.htm"], directoryListing: true };
    expect(routed("/files/sub/", options, tree)).toBe("file /data/sub/index.html");
    expect(routed("/files/bare/", options, tree)).toBe("404");
  });

  test("an alias of / takes the whole site", () => {
    const options: SiteOptions = { aliases: [{ urlPath: "/", target: "/data" }] };
    expect(["/", "/icon", "/a.txt"].map((target) => routed(target, options, tree))).toEqual([
      "404",
      "file /data/icon",
      "404",
    ]);
  });
});
