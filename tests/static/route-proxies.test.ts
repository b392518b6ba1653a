import { describe, expect, test } from "bun:test";
import { createRouter } from "../../lib/pipeline/route.ts";
import type { Proxies } from "../../lib/settings/settings.ts";
import { parseUpstream } from "../../lib/settings/upstream.ts";
import { mountPointOf } from "../../lib/settings/urls.ts";
import { requestHead } from "../http/heads.ts";
import { routed, TREE, words } from "./routing.ts";
import { siteSettings, surroundings, type SiteOptions } from "./sites.ts";

type Pair = readonly [string, string];

function proxies(mounts: readonly Pair[], hosts: readonly Pair[] = []): Proxies {
  return {
    mounts: mounts.map(([urlPath, url]) => ({
      urlPath: mountPointOf(urlPath),
      coversItself: !urlPath.endsWith("/"),
      upstream: parseUpstream(url)!,
    })),
    hosts: hosts.map(([name, url]) => ({ name, upstream: parseUpstream(url)! })),
  };
}

describe("a mount point of another server", () => {
  const options: SiteOptions = {
    aliases: [{ urlPath: "/px/alias", target: "/root/dir" }],
    proxies: proxies([
      ["/px/first", "http://one:1/"],
      ["/px", "http://up:8001/x"],
      ["/sl/", "http://up:8001/y/"],
      ["/dir", "http://up:8001"],
      ["/caf\u00e9", "http://up:8001/coffee/"],
      ["/px/second", "http://two:2"],
    ]),
  };

  test.each([
    ["below it", "/px/a/b", "proxy http://up:8001/x/a/b"],
    ["its root", "/px/", "proxy http://up:8001/x/"],
    ["without its slash: sent there, with the query", "/px?a=%20b", "302 http://example.test:8000/px/?a=%20b"],
    ["given with a slash: only what is below it", "/sl", "app |/sl"],
    ["given with a slash", "/sl/q", "proxy http://up:8001/y/q"],
    ["whole segments only", "/pxy", "app |/pxy"],
    ["the first one that fits wins", "/px/first/z", "proxy http://one:1/z"],
    ["a later one that fits better does not", "/px/second/z", "proxy http://up:8001/x/second/z"],
    ["it comes before aliases", "/px/alias/index.html", "proxy http://up:8001/x/alias/index.html"],
    ["it comes before files", "/dir/index.html", "proxy http://up:8001/index.html"],
    ["the query is passed on as it is", "/px/a?b=%2F&c=%zz", "proxy http://up:8001/x/a?b=%2F&c=%zz"],
    ["a path is encoded as it must be", "/px/%7ea%20b%3F%25;c=d", "proxy http://up:8001/x/~a%20b%3F%25;c=d"],
    ["a path that was encoded in another way", "/%70x/a", "proxy http://up:8001/x/a"],
    ["dots are resolved first", "/px/../px/./a//b", "proxy http://up:8001/x/a/b"],
    ["dots can't leave it", "/px/%2e%2e/sub", "app |/sub"],
    ["its name may be Unicode", "/caf%C3%A9/a", "proxy http://up:8001/coffee/a"],
  ])("%s: %s", (_, target, expected) => expect(routed(target, options)).toBe(expected));

  test("TRACE and CONNECT go nowhere", () => {
    expect(routed("/px/a", options, TREE, "TRACE")).toBe("405");
    expect(routed("/px/a", options, TREE, "CONNECT")).toBe("405");
  });

  test("at the root of the site it takes everything", () => {
    const everything: SiteOptions = { proxies: proxies([["/", "http://up:8001"]]) };
    expect(routed("/", everything)).toBe("proxy http://up:8001/");
    expect(routed("/a.txt", everything)).toBe("proxy http://up:8001/a.txt");
  });
});

describe("a virtual host of another server", () => {
  const options: SiteOptions = {
    proxies: proxies(
      [["/px", "http://up:8001/x"]],
      [
        ["vh.test", "http://up:8001/v/"],
        ["vh.test", "http://other:1"],
      ],
    ),
  };
  const route = createRouter(siteSettings(options), surroundings(TREE));

  test.each([
    ["vh.test", "/", "proxy http://up:8001/v/"],
    ["vh.test", "/a/b?c", "proxy http://up:8001/v/a/b?c"],
    ["vh.test", "/px/a", "proxy http://up:8001/v/px/a"],
    ["other.test", "/px/a", "proxy http://up:8001/x/a"],
    ["other.test", "/a", "app |/a"],
  ])("%s%s", (host, target, expected) => expect(words(route(requestHead(target, { host })))).toBe(expected));

  test("tells the upstream its own name and the port of the listener", () => {
    expect(route(requestHead("/", { host: "vh.test" }))).toMatchObject({
      origin: "http://vh.test",
      serverName: "vh.test",
      port: "8000",
      mountPath: "",
    });
    expect(route(requestHead("/px/", { host: "a.test", hostPort: "81" }))).toMatchObject({
      origin: "http://a.test:81",
      serverName: "localhost",
      port: "81",
      mountPath: "/px",
    });
  });
});
