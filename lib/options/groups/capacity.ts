/** How much the server handles at once: processes, threads, connections, queues and buffers. */

import { choice, flag, fraction, integer, repeatable } from "../builders.ts";
import { group } from "./group.ts";

export const capacity = group("Processes, threads and capacity", {
  processes: integer("NUMBER", "processes", {
    status: "built",
    fallback: "1",
    help: "How many worker processes run the application. Giving it, even as 1, sets wsgi.multiprocess to true.",
  }),
  threads: integer("NUMBER", "threads", {
    status: "built",
    default: 5,
    min: 1,
    help: "How many requests each worker process runs at once.",
  }),
  "max-clients": integer("NUMBER", "connections", {
    status: "planned",
    fallback: "10 more than 1.5 times the threads of all processes, at least 20",
    help: "How many clients are handled at once; more wait to be accepted. It is never less than the number of threads of all processes.",
  }),
  "initial-workers": fraction({
    status: "planned",
    fallback: "0.2, or 0.05 with prefork",
    help: "The part of the capacity that is made ready at start.",
  }),
  "minimum-spare-workers": fraction({
    status: "planned",
    fallback: "the value of --initial-workers",
    help: "The least part of the capacity to keep ready and idle.",
  }),
  "maximum-spare-workers": fraction({
    status: "planned",
    fallback: "0.6, or 0.1 with prefork",
    help: "The largest part of the capacity to keep ready and idle.",
  }),
  "server-mpm": repeatable(
    choice("NAME", ["event", "worker", "prefork"], {
      status: "planned",
      fallback: "event",
      help: "Which of Apache's ways of counting connections to follow: with event, idle kept-alive connections do not count against --max-clients; with worker and prefork they do.",
    }),
  ),
  "server-backlog": integer("NUMBER", "connections", {
    status: "built",
    default: 500,
    min: 1,
    help: "How many connections the kernel holds until they are accepted.",
  }),
  "daemon-backlog": integer("NUMBER", "requests", {
    status: "built",
    default: 100,
    help: "How many requests may wait for a worker when all its threads are busy.",
  }),
  "send-buffer-size": integer("NUMBER", "bytes", {
    status: "built",
    default: 0,
    min: 512,
    zero: "the system's default",
    help: "Size of the buffer that a worker sends through (SO_SNDBUF of its socket).",
  }),
  "receive-buffer-size": integer("NUMBER", "bytes", {
    status: "built",
    default: 0,
    min: 512,
    zero: "the system's default",
    help: "Size of the buffer that a worker receives through (SO_RCVBUF of its socket).",
  }),
  "header-buffer-size": integer("NUMBER", "bytes", {
    status: "built",
    default: 0,
    min: 8192,
    zero: "32768 bytes",
    help: "The longest response header, name and value, that is taken from the application; a longer one is a 500.",
  }),
  "response-buffer-size": integer("NUMBER", "bytes", {
    status: "built",
    default: 0,
    min: 65_536,
    zero: "65536 bytes",
    help: "How much of a response is held for a slow client before the application has to wait.",
  }),
  "embedded-mode": flag({
    status: "planned",
    help: "Run the workers without supervision: no limits, timeouts, reloading or error pages for their responses.",
  }),
  "orphan-interpreter": flag({
    status: "built",
    hidden: true,
    help: "Let workers exit without shutting Python down.",
  }),
});
