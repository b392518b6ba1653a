/** When a worker starts, is replaced, and stops. */

import { checkUrlPath } from "../checks/words.ts";
import { flag, integer, repeatable, seconds, text } from "../builders.ts";
import { group } from "./group.ts";

export const lifetimes = group("Life of a worker", {
  "maximum-requests": integer("NUMBER", "requests", {
    status: "planned",
    default: 0,
    zero: "never",
    help: "Replace a worker after this many requests.",
  }),
  "startup-timeout": seconds({
    status: "planned",
    default: 15,
    zero: "no limit",
    help: "How long a worker may take to load the application before it is replaced.",
  }),
  "shutdown-timeout": seconds({
    status: "built",
    default: 5,
    zero: "no limit",
    help: "How long a worker that has to stop may take for its requests and exit functions before it is killed.",
  }),
  "restart-interval": seconds({
    status: "planned",
    default: 0,
    zero: "never",
    help: "Replace every worker when it is this old.",
  }),
  "cpu-time-limit": seconds({
    status: "planned",
    default: 0,
    zero: "no limit",
    help: "Replace a worker that has used this much processor time.",
  }),
  "graceful-timeout": seconds({
    status: "planned",
    default: 15,
    zero: "at once for --maximum-requests, no limit otherwise",
    help: "How long a worker that is being replaced because of its age or requests may finish what it has begun.",
  }),
  "eviction-timeout": seconds({
    status: "planned",
    default: 0,
    zero: "the value of --graceful-timeout",
    help: "The same for a worker that a signal has asked to restart.",
  }),
  "deadlock-timeout": seconds({
    status: "planned",
    default: 60,
    zero: "never",
    help: "Kill and replace a worker whose Python has not run anything for this long.",
  }),
  "inactivity-timeout": seconds({
    status: "planned",
    default: 0,
    zero: "never",
    help: "Replace a worker that has had no request for this long.",
  }),
  "ignore-activity": repeatable(
    text("URL-PATH", {
      status: "planned",
      check: checkUrlPath,
      help: "Requests below this path, such as health checks, do not count for --inactivity-timeout.",
    }),
  ),
  "request-timeout": seconds({
    status: "planned",
    default: 60,
    zero: "no limit",
    help: "How long requests may run before their worker is replaced; with several threads it is the average over them.",
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
