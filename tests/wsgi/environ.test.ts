import { expect, test } from "bun:test";
import { createEnvironBuilder, type Mapping } from "../../lib/handlers/wsgi/environ.ts";
import { requestHead } from "../http/heads.ts";
import { settingsIn } from "../supervisor/settings.ts";

const mapping: Mapping = {
  pathInfo: "/a/b",
  scriptFilename: "/srv/htdocs/a",
  pathTranslated: "/srv/htdocs/b",
  handlerScriptName: "/a",
  handlerPathInfo: "/b",
};

/** All pairs of a request as the worker puts them together: the common ones first, its own over them. */
function environOf(target: string, changes: Parameters<typeof requestHead>[1], site = {}): Record<string, string> {
  const build = createEnvironBuilder(settingsIn("/srv", site));
  const head = requestHead(target, changes);
  const own = build(head, mapping, head.startedUs + 5);
  const parts = `${head.common.environ}\0${own}`.split("\0");
  const pairs: Record<string, string> = {};
  for (let i = 0; i < parts.length; i += 2) pairs[parts[i] as string] = parts[i + 1] as string;
  return pairs;
}

test("the environ has the request, its mapping and its times", () => {
  const startedUs = 1_700_000_000_000_000;
  expect(environOf("/a/b?q=1", { method: "POST", startedUs, hostPort: "81" })).toMatchObject({
    REQUEST_METHOD: "POST",
    REQUEST_URI: "/a/b?q=1",
    SCRIPT_NAME: "",
    PATH_INFO: "/a/b",
    QUERY_STRING: "q=1",
    PATH_TRANSLATED: "/srv/htdocs/b",
    SCRIPT_FILENAME: "/srv/htdocs/a",
    SERVER_NAME: "example.test",
    SERVER_PORT: "81",
    SERVER_PROTOCOL: "HTTP/1.1",
    REMOTE_ADDR: "192.0.2.1",
    REQUEST_SCHEME: "http",
    "mod_wsgi.script_name": "/a",
    "mod_wsgi.path_info": "/b",
    "mod_wsgi.request_start": `${startedUs}`,
    "mod_wsgi.queue_start": `${startedUs + 5}`,
  });
});

test("what the last request of the connection said is not said of the next", () => {
  const build = createEnvironBuilder(settingsIn("/srv"));
  const first = requestHead("/x?q=1", { method: "POST" });
  const { common } = first;
  build(first, mapping, first.startedUs);
  const own = build({ ...requestHead("/x"), common }, { ...mapping, handlerPathInfo: "" }, first.startedUs);
  expect(own).not.toContain("q=1");
  expect(own).not.toContain("POST");
  const moved = build({ ...requestHead("/x"), common }, { ...mapping, scriptFilename: "/other" }, first.startedUs);
  expect(moved).toContain("SCRIPT_FILENAME\0/other");
});

test("a HEAD is seen as GET only when it is to be", () => {
  expect(environOf("/", { method: "HEAD" })["REQUEST_METHOD"]).toBe("HEAD");
  expect(environOf("/", { method: "HEAD" }, { application: { mapHeadToGet: "on" } })["REQUEST_METHOD"]).toBe("GET");
});
