/** What the server tells about itself. */

import { checkHost, pathIn } from "../checks/address.ts";
import { checkUrlPath } from "../checks/words.ts";
import { flag, integer, seconds, text } from "../builders.ts";
import { group } from "./group.ts";

export const monitoring = group("Metrics and status", {
  "server-metrics": flag({
    status: "built",
    help: "Let the application read the metrics of the server with mod_wsgi.server_metrics().",
  }),
  "server-status": flag({
    status: "built",
    help: "Serve a status page under /server-status to clients on this machine: ?auto is the form of Apache for programs, ?json has everything. A request that a proxy on this machine has forwarded is not one of this machine, when the proxy says so.",
  }),
  "metrics-path": text("URL-PATH", {
    status: "built",
    fallback: "none; /metrics at --admin-port",
    check: checkUrlPath,
    help: "Where the site has metrics of the server in the text form of Prometheus. Everybody who can reach the site can read them; with --admin-port they are there instead.",
  }),
  "health-path": text("URL-PATH", {
    status: "built",
    fallback: "none; /health at --admin-port",
    check: checkUrlPath,
    help: "Where probes are answered, whatever Host they name and however busy the application is: 200 while a worker is ready that could load the application, else 503; with ?alive 200 as long as the server runs. A load that failed is tried again after --startup-timeout, or without that limit (0, --embedded-mode) by requests only.",
  }),
  "admin-port": integer("NUMBER", null, {
    status: "built",
    max: 65_535,
    fallback: "none",
    zero: "any free port",
    help: "A port besides those of the site, on which metrics, health and status are served to everybody who can connect to it, and nothing else.",
  }),
  "admin-host": text("IP-ADDRESS", {
    status: "built",
    default: "127.0.0.1",
    check: (host) => (pathIn(host) === null ? checkHost(host) : "a path; give an address, such as 127.0.0.1"),
    help: "The address that --admin-port listens on.",
  }),
  "slow-requests": seconds({
    status: "built",
    default: 0,
    zero: "none",
    help: "Log requests that run for longer, while they run: which it is, and the Python code that it is in.",
  }),
});
