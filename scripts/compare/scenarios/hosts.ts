/** Hosts of a site, and proxies in front of it. */

import { get, type Scenario } from "../scenario.ts";

const at = (host: string): Readonly<Record<string, string>> => ({ Host: host });

const hosts: Scenario = {
  name: "hosts",
  files: () => ({ "htdocs/a.txt": "a\n" }),
  options: () => ["--server-name=www.example.com", "--server-alias=*.alias.example"],
  requests: [
    get("/x", at("www.example.com")),
    get("/x", at("WWW.Example.Com")),
    get("/x", at("www.example.com:1234")),
    get("/a.txt", at("www.example.com")),
    get("/dir", at("www.example.com")),
    get("/x?q=1", at("example.com")),
    get("/x", at("a.alias.example")),
    get("/x", at("alias.example")),
    get("/x", at("other.example")),
    get("/x", at("127.0.0.1")),
    get("/x", at("localhost")),
  ],
};

const proxied: Scenario = {
  name: "trusted proxies",
  files: () => ({}),
  options: () => [
    "--trust-proxy-header=X-Forwarded-For",
    "--trust-proxy-header=X-Forwarded-Proto",
    "--trust-proxy-header=X-Forwarded-Host",
    "--trust-proxy=127.0.0.1",
    "--trust-proxy=10.0.0.0/8",
  ],
  requests: [
    get("/x"),
    get("/x", { "X-Forwarded-For": "192.0.2.7" }),
    get("/x", { "X-Forwarded-For": "192.0.2.7, 10.1.2.3" }),
    get("/x", { "X-Forwarded-For": "198.51.100.1, 192.0.2.7, 10.1.2.3" }),
    get("/x", { "X-Forwarded-For": "nonsense" }),
    get("/x", { "X-Forwarded-Proto": "https" }),
    get("/x", { "X-Forwarded-Proto": "gopher" }),
    get("/x", { "X-Forwarded-Host": "front.example" }),
    get("/x", { "X-Forwarded-Host": "front.example", "X-Host": "other.example" }),
    get("/x", { "X-Real-IP": "192.0.2.9" }),
    get("/x", { "X-Forwarded-Scheme": "https", "X-Scheme": "https" }),
    get("/x", { "X-Forwarded-Port": "8443", "X-Forwarded-Server": "front.example" }),
  ],
};

export const naming: readonly Scenario[] = [hosts, proxied];
