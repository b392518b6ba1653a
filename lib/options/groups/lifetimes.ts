/** When a worker starts, is replaced, and stops. */

import { checkUrlPath } from "../checks/words.ts";
import { flag, integer, repeatable, seconds, text } from "../builders.ts";
import { group } from "./group.ts";

export const lifetimes = group("Life of a worker", {
  "maximum-requests": integer("NUMBER", "requests", {
    status: "built",
    default: 0,
    zero: "never",
    help: "Replace a worker after this many requests. It serves until its replacement is ready.",
  }),
  "startup-timeout": seconds({
    status: "built",
    default: 15,
    zero: "no limit",
    help: "How long a worker may take to load the application before it is replaced, and how long after a load that failed another worker tries it; until then each request does.",
  }),
  "shutdown-timeout": seconds({
    status: "built",
    default: 5,
    zero: "no limit",
    help: "How long a worker that has to stop may take for its requests and exit functions before it is killed.",
  }),
  "restart-interval": seconds({
    status: "built",
    default: 0,
    zero: "never",
    help: "Replace every worker when it is this old, some at a time.",
  }),
  "cpu-time-limit": seconds({
    status: "built",
    default: 0,
    zero: "no limit",
    help: "Replace a worker that has used this much processor time.",
  }),
  "graceful-timeout": seconds({
    status: "built",
    default: 15,
    zero: "--shutdown-timeout for --maximum-requests, no limit otherwise",
    help: "How long a worker that is being replaced may finish what it has begun before --shutdown-timeout begins.",
  }),
  "eviction-timeout": seconds({
    status: "built",
    default: 0,
    zero: "the value of --graceful-timeout",
    help: "The same for a worker that was sent SIGUSR1.",
  }),
  "deadlock-timeout": seconds({
    status: "built",
    default: 60,
    zero: "never",
    help: "Kill and replace a worker whose Python has not run anything for this long.",
  }),
  "inactivity-timeout": seconds({
    status: "built",
    default: 0,
    zero: "never",
    help: "Replace a worker that has had no request for this long since its last one.",
  }),
  "ignore-activity": repeatable(
    text("URL-PATH", {
      status: "built",
      check: checkUrlPath,
      help: "Requests below this path, such as health checks, do not count for --inactivity-timeout.",
    }),
  ),
  "request-timeout": seconds({
    status: "built",
    default: 60,
    zero: "no limit",
    help: "How long any single request may run. Then the stacks of its worker are logged, another worker takes its place, and what still runs after --shutdown-timeout is given up.",
  }),
  "disable-reloading": flag({
    status: "built",
    help: "Do not look whether the application's file has changed. Without this option the first request after a change is answered by a new worker.",
  }),
  "reload-on-changes": flag({
    status: "built",
    help: "Replace workers as soon as any source file that they have loaded changes, not only the application's own. It has no effect with --disable-reloading or --embedded-mode.",
  }),
});
