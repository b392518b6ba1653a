import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDirectives } from "../../lib/directives/load.ts";
import { localSource } from "../../lib/directives/local.ts";
import type { Settings } from "../../lib/settings/settings.ts";
import { folder } from "../harness/folders.ts";
import { settingsIn } from "../supervisor/settings.ts";

/** What the settings of a server come to whose --include-file has these lines. */
function changedBy(...lines: string[]): Settings {
  using home = folder();
  const path = join(home.path, "site.conf");
  writeFileSync(path, lines.join("\n"));
  const directives = { includeFiles: [path], rewriteRules: null, allowOverride: [], included: [], rules: [] };
  const read = readDirectives({ ...settingsIn(home.path), directives }, localSource({}, false));
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

test("what options say too, directives change in the settings", () => {
  expect(changedBy("KeepAliveTimeout 7").timeouts.keepAliveMs).toBe(7000);
  expect(changedBy("KeepAliveTimeout 300ms").timeouts.keepAliveMs).toBe(300);
  expect(changedBy("KeepAlive Off").timeouts.keepAliveMs).toBe(0);
  expect(changedBy("Timeout 9").timeouts).toMatchObject({ socketMs: 9000, answerMs: 9000 });
  expect(changedBy("LimitRequestBody 1000").limits.requestBodyBytes).toBe(1000);
  expect(changedBy("LogLevel info mod_wsgi.c:debug ssl_module:error").logs).toMatchObject({
    level: "info",
    moduleLevels: { wsgi: "debug", ssl: "error" },
  });
  const { mounts } = changedBy("ProxyPass /a http://back.test/x", "ProxyPass /b/ http://back.test/").proxies;
  expect(mounts).toMatchObject([
    { urlPath: "/a", coversItself: true, upstream: { hostname: "back.test", path: "/x" } },
    { urlPath: "/b", coversItself: false },
  ]);
});

test("files that say nothing leave a site without directives", () => {
  expect(changedBy("# nothing", "").directives).toBeNull();
  expect(changedBy("Header set X-A b").directives?.included).toHaveLength(1);
});
