import { describe, expect, test } from "bun:test";
import { builtInTypes, mediaType, parseMimeTypes } from "../../lib/http/mime.ts";

describe("the built-in table", () => {
  test.each([
    ["/x/index.html", "text/html"],
    ["/x/site.css", "text/css"],
    ["/x/app.js", "text/javascript"],
    ["/x/app.mjs", "text/javascript"],
    ["/x/data.json", "application/json"],
    ["/x/note.txt", "text/plain"],
    ["/x/logo.svg", "image/svg+xml"],
    ["/x/photo.JPG", "image/jpeg"],
    ["/x/icon.png", "image/png"],
    ["/x/font.woff2", "font/woff2"],
    ["/x/doc.pdf", "application/pdf"],
    ["/x/lib.wasm", "application/wasm"],
    ["/x/film.mp4", "video/mp4"],
    ["/x/a.tar.gz", "application/gzip"],
  ])("%s is %s", (path, type) => {
    expect(mediaType(builtInTypes, path)).toBe(type);
  });

  test.each([
    ["a name without extension", "/x/README"],
    ["an extension nobody registered", "/x/a.q7x"],
    ["a type only before an unknown extension", "/x/upload.html.q7x"],
    ["a hidden file", "/x/.html"],
    ["a dot in a folder", "/x.html/README"],
    ["a dot at the end", "/x/a."],
    ["a word that is an extension elsewhere", "/x/html"],
    ["a property of every object", "/x/a.constructor"],
  ])("%s has no type: %s", (_, path) => {
    expect(mediaType(builtInTypes, path)).toBeUndefined();
  });
});

describe("a mime.types file", () => {
  const table = parseMimeTypes(
    "# comment\ntext/x-one\t one ONE2 # more\n\ntext/none\n  text/x-two two\r\ntext/x-last one\n",
  );

  test.each([
    ["a.one", "text/x-last"],
    ["a.one2", "text/x-one"],
    ["a.TWO", "text/x-two"],
    ["a.more", undefined],
    ["a.comment", undefined],
  ])("%s is %p", (path, type) => {
    expect(mediaType(table, path)).toBe(type as string);
  });

  test("it replaces the built-in table", () => {
    expect(mediaType(table, "a.html")).toBeUndefined();
  });
});
