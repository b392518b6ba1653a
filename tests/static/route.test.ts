import { describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouter, type Decision } from "../../lib/pipeline/route.ts";
import { folder } from "../harness/folders.ts";
import { requestHead } from "../http/heads.ts";
import { random } from "../support/random.ts";
import { routed, TREE, words } from "./routing.ts";
import { siteSettings, surroundings, type SiteOptions, type Tree } from "./sites.ts";

function decided(target: string, options: SiteOptions = {}): Decision {
  return createRouter(siteSettings(options), surroundings(TREE))(requestHead(target));
}

const APPLICATION: SiteOptions = {};
const WITH_INDEX: SiteOptions = { directoryIndex: ["home.htm"] };
const STATIC: SiteOptions = { type: "static" };

describe("the document root: application, application with --directory-index, static", () => {
  test.each([
    ["regular file", "/a.txt", "file /root/a.txt", "file /root/a.txt", "file /root/a.txt"],
    [
      "file in a directory",
      "/dir/sub/b.txt",
      "file /root/dir/sub/b.txt",
      "file /root/dir/sub/b.txt",
      "file /root/dir/sub/b.txt",
    ],
    ["file and more", "/a.txt/x", "404", "404", "404"],
    ["file and a slash", "/a.txt/", "404", "404", "404"],
    [
      "directory without slash",
      "/dir",
      "301 http://example.test:8000/dir/",
      "301 http://example.test:8000/dir/",
      "301 http://example.test:8000/dir/",
    ],
    [
      "empty directory without slash",
      "/empty",
      "301 http://example.test:8000/empty/",
      "301 http://example.test:8000/empty/",
      "301 http://example.test:8000/empty/",
    ],
    [
      "directory with an index",
      "/dir/",
      "file /root/dir/index.html",
      "file /root/dir/home.htm",
      "file /root/dir/index.html",
    ],
    ["directory without an index", "/empty/", "app |/empty/", "404", "404"],
    ["the root without an index", "/", "app |/", "404", "404"],
    ["nothing", "/nothing", "app |/nothing", "app |/nothing", "404"],
    ["nothing in a directory", "/dir/nothing/x", "app |/dir/nothing/x", "app |/dir/nothing/x", "404"],
    ["a directory as index", "/odd/", "app |/odd/", "404", "404"],
    ["an index that may not be read", "/shut/", "403", "403", "403"],
    ["a hidden file", "/.hidden", "file /root/.hidden", "file /root/.hidden", "file /root/.hidden"],
    ["a special file", "/fifo", "403", "403", "403"],
    ["below a special file", "/fifo/x", "403", "403", "403"],
    [".htaccess", "/.htaccess", "403", "403", "403"],
    ["a file in .htdir", "/.htdir/x", "403", "403", "403"],
    [".htaccess that is not there", "/dir/.htaccess", "app |/dir/.htaccess", "app |/dir/.htaccess", "404"],
    [
      "bytes of another encoding",
      "/caf%C3%A9.txt",
      "file /root/caf\xc3\xa9.txt",
      "file /root/caf\xc3\xa9.txt",
      "file /root/caf\xc3\xa9.txt",
    ],
    [
      "a backslash is a letter",
      "/back%5Cslash",
      "file /root/back\\slash",
      "file /root/back\\slash",
      "file /root/back\\slash",
    ],
    ["backslashes do not climb", "/dir/..%5C..%5Ca.txt", "app |/dir/..\\..\\a.txt", "app |/dir/..\\..\\a.txt", "404"],
  ])("%s (%s)", (_, target, application, withIndex, onlyFiles) => {
    expect([routed(target, APPLICATION), routed(target, WITH_INDEX), routed(target, STATIC)]).toEqual([
      application,
      withIndex,
      onlyFiles,
    ]);
  });

  test("an index in the root wins over the application", () => {
    const tree: Tree = { ...TREE, "/root/index.html": "file" };
    expect(routed("/", APPLICATION, tree)).toBe("file /root/index.html");
    expect(routed("/", WITH_INDEX, tree)).toBe("404");
  });

  test("the method makes no difference: files win over the application also for POST", () => {
    for (const method of ["HEAD", "POST", "PUT", "FOO"]) {
      expect(routed("/a.txt", APPLICATION, TREE, method)).toBe("file /root/a.txt");
      expect(routed("/dir", APPLICATION, TREE, method)).toStartWith("301 ");
    }
  });

  test("a document root that is not there leaves everything to the application", () => {
    expect(["/", "/a.txt", "/dir/x"].map((target) => routed(target, APPLICATION, {}))).toEqual([
      "app |/",
      "app |/a.txt",
      "app |/dir/x",
    ]);
  });
});

describe("--directory-index", () => {
  test("the first name that is a file counts", () => {
    expect(routed("/dir/", { directoryIndex: ["nothing", "sub", "index.html", "home.htm"] })).toBe(
      "file /root/dir/index.html",
    );
  });

  test("a name may lead into a folder", () => {
    expect(routed("/dir/", { directoryIndex: ["sub/b.txt"] })).toBe("file /root/dir/sub/b.txt");
    expect(routed("/", { directoryIndex: ["dir/home.htm"] })).toBe("file /root/dir/home.htm");
  });

  test("a URL path is a file or a page of the application, but no way in circles", () => {
    expect(routed("/empty/", { directoryIndex: ["/a.txt"] })).toBe("file /root/a.txt");
    expect(routed("/", { directoryIndex: ["/front"] })).toBe("app |/front");
    expect(routed("/empty/", { directoryIndex: ["/dir/"] })).toBe("404");
    expect(routed("/empty/", { directoryIndex: ["/../root/a.txt"] })).toBe("404");
  });

  test("an index that may not be read counts only when there is no other", () => {
    const tree: Tree = { ...TREE, "/root/shut/other": "file" };
    expect(routed("/shut/", { directoryIndex: ["index.html", "other"] }, tree)).toBe("file /root/shut/other");
  });

  test("the word disabled turns indexes off", () => {
    expect(routed("/dir/", { directoryIndex: ["disabled"] })).toBe("404");
    expect(routed("/dir/", { type: "static", directoryIndex: ["disabled"], directoryListing: true })).toBe(
      "listing /root/dir/",
    );
  });
});

describe("--directory-listing", () => {
  test.each([
    ["application", "/empty/", { directoryListing: true }, "app |/empty/"],
    [
      "with --directory-index",
      "/empty/",
      { directoryListing: true, directoryIndex: ["home.htm"] },
      "listing /root/empty/",
    ],
    [
      "with --directory-index, the root",
      "/",
      { directoryListing: true, directoryIndex: ["home.htm"] },
      "listing /root/",
    ],
    [
      "with --directory-index and an index",
      "/dir/",
      { directoryListing: true, directoryIndex: ["home.htm"] },
      "file /root/dir/home.htm",
    ],
    ["static", "/empty/", { directoryListing: true, type: "static" }, "listing /root/empty/"],
    ["static and an index", "/dir/", { directoryListing: true, type: "static" }, "file /root/dir/index.html"],
    ["beside the mount point", "/empty/", { directoryListing: true, mountPoint: "/api" }, "listing /root/empty/"],
  ] as const)("%s: %s", (_, target, options, expected) => {
    expect(routed(target, options)).toBe(expected);
  });
});

describe("what the application is told", () => {
  test.each([
    ["/", "/", "", "/root/", null],
    ["/p", "/p", "", "/root/p", null],
    ["/a/c", "/a", "/c", "/root/a", "/root/c"],
    ["/a/c/d/", "/a", "/c/d/", "/root/a", "/root/c/d/"],
    ["/empty/", "/empty/", "", "/root/empty/", null],
    ["/dir/x/y", "/dir/x", "/y", "/root/dir/x", "/root/y"],
    ["/dir/sub/x/", "/dir/sub/x", "/", "/root/dir/sub/x", "/root/"],
  ])("%s: SCRIPT_FILENAME ends with the first segment that does not exist", (target, name, rest, file, translated) => {
    expect(decided(target)).toEqual({
      kind: "application",
      scriptName: "",
      pathInfo: target,
      handlerScriptName: name,
      handlerPathInfo: rest,
      scriptFilename: file,
      pathTranslated: translated,
    });
  });

  test("below a mount point the folder of the mount point counts as existing", () => {
    expect(decided("/api/x/y", { mountPoint: "/api" })).toEqual({
      kind: "application",
      scriptName: "/api",
      pathInfo: "/x/y",
      handlerScriptName: "/api/x",
      handlerPathInfo: "/y",
      scriptFilename: "/root/api/x",
      pathTranslated: "/root/y",
    });
  });

  test("a document root and a mount point outside of ASCII are given as bytes", () => {
    const options: SiteOptions = { documentRoot: "/caf\u00e9", mountPoint: "/\u00fc" };
    expect(decided("/%C3%BC/x", options)).toMatchObject({
      scriptName: "/\xc3\xbc",
      pathInfo: "/x",
      scriptFilename: "/caf\xc3\xa9/\xc3\xbc/x",
    });
  });
});

describe("redirects", () => {
  test("the path is encoded, the query kept", () => {
    const tree: Tree = { "/root": "directory", "/root/a b%?\xe9\n": "directory" };
    expect(routed("/a%20b%25%3F%E9%0A?q=%41 c", {}, tree)).toBe(
      "301 http://example.test:8000/a%20b%25%3F%E9%0A/?q=%41%20c",
    );
  });
});

describe("the rest", () => {
  test("OPTIONS * is answered by the server, * is nothing else's target", () => {
    expect(routed("*", {}, TREE, "OPTIONS")).toBe("200");
    expect(routed("*", {}, TREE, "GET")).toBe("400");
  });

  test.each([
    ["first segment", `/${"x".repeat(256)}`, "403"],
    ["first segment, deep", `/${"x".repeat(256)}/y`, "403"],
    ["in a directory", `/dir/${"x".repeat(256)}`, "403"],
    ["as long as a name may be", `/${"x".repeat(255)}`, `app |/${"x".repeat(255)}`],
    ["below what does not exist", `/x/${"x".repeat(7000)}`, `app |/x/${"x".repeat(7000)}`],
  ])("a segment no file can have is 403: %s", (_, target, expected) => {
    expect(routed(target)).toBe(expected);
    expect(routed(target, { type: "static" })).toBe(expected.startsWith("app") ? "404" : expected);
  });

  test("a path that was not normalised is refused before the file system sees it", () => {
    const asked: string[] = [];
    const route = createRouter(
      siteSettings(STATIC),
      surroundings({ "/etc/passwd": "file", "/root": "directory" }, asked),
    );
    for (const path of ["/../etc/passwd", "/dir/../../etc/passwd", "/..", "/a\0b", "/./a"]) {
      expect(words(route({ ...requestHead("/"), path }))).toBe("403");
    }
    expect(asked).toEqual([]);
  });

  test("a request for the application asks the file system nothing", () => {
    const asked: string[] = [];
    const route = createRouter(siteSettings(), surroundings(TREE, asked));
    for (const target of ["/", "/x", "/x/y/z", "/favicon.ico"])
      expect(words(route(requestHead(target)))).toStartWith("app");
    expect(asked).toEqual([]);
  });

  test("fuzz: with and without what the overlay remembers, the decision is the same", () => {
    const dice = random(5);
    const names = ["a.txt", "dir", "sub", "empty", "api", "v1", ".htdir", "x", "fifo", "index.html", "shut"];
    const sites: SiteOptions[] = [APPLICATION, WITH_INDEX, { mountPoint: "/api" }, { mountPoint: "/dir/sub" }];
    for (let round = 0; round < 4000; round++) {
      const site = sites[dice(sites.length)] as SiteOptions;
      const segments = Array.from({ length: dice(4) }, () => names[dice(names.length)]);
      const target = `/${segments.join("/")}${dice(2) === 0 && segments.length > 0 ? "/" : ""}`;
      const forgetful = {
        ...surroundings(TREE),
        directory: () => ({ stamp: () => ({ state: "x", ageMs: 1e6 }), names: () => undefined }),
      };
      const asking = createRouter(siteSettings(site), forgetful)(requestHead(target));
      const remembering = createRouter(siteSettings(site), surroundings(TREE))(requestHead(target));
      expect(remembering).toEqual(asking);
    }
  });
});

describe("on a real file system", () => {
  test("symbolic links are followed, what they or special files can't be served for is 403", () => {
    using home = folder();
    const root = join(home.path, "htdocs");
    mkdirSync(join(root, "dir"), { recursive: true });
    writeFileSync(join(home.path, "outside.txt"), "outside");
    writeFileSync(join(root, "a.txt"), "a");
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xe9, 0xff])]), "bytes");
    symlinkSync(join(home.path, "outside.txt"), join(root, "link"));
    symlinkSync(root, join(root, "circle"));
    symlinkSync("nowhere", join(root, "dangling"));
    symlinkSync("loop", join(root, "loop"));
    execFileSync("mkfifo", [join(root, "fifo")]);
    const route = createRouter(siteSettings({ documentRoot: root }));
    const at = (target: string): string => words(route(requestHead(target))).replaceAll(root, "ROOT");
    expect({
      link: at("/link"),
      circle: at("/circle/dir/"),
      dangling: at("/dangling"),
      belowDangling: at("/dangling/x"),
      loop: at("/loop"),
      fifo: at("/fifo"),
      file: at("/a.txt"),
      belowFile: at("/a.txt/x"),
      bytes: at("/%E9%FF"),
      directory: at("/dir"),
      nothing: at("/nothing/x"),
      nothingInDirectory: at("/dir/nothing/x"),
      tooLong: at(`/dir/${"x".repeat(256)}`),
      device: words(createRouter(siteSettings({ documentRoot: "/dev" }))(requestHead("/null"))),
    }).toEqual({
      link: "file ROOT/link",
      circle: "app |/circle/dir/",
      dangling: "403",
      belowDangling: "403",
      loop: "403",
      fifo: "403",
      file: "file ROOT/a.txt",
      belowFile: "404",
      bytes: "file ROOT/\xe9\xff",
      directory: "301 http://example.test:8000/dir/",
      nothing: "app |/nothing/x",
      nothingInDirectory: "app |/dir/nothing/x",
      tooLong: "403",
      device: "403",
    });
  });
});
