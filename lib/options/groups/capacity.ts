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
  "max-clients": integer("NUMBER", "clients", {
    status: "built",
    fallback: "10 more than 1.5 times the threads of all processes, at least 20",
    help: "How many clients are handled at once: those whose requests the application runs or that wait for a thread, or with --server-mpm worker and prefork all that are connected. More wait, in order, and no timeout runs for them. It is never less than the number of threads of all processes, and with event and worker rounded up as the line Server Capacity of the banner says.",
  }),
  "initial-workers": fraction({
    status: "ignored",
    fallback: "0.2, or 0.05 with prefork",
    help: "The part of the capacity that is made ready at start.",
    reason: "a front end holds any number of clients in one process, so all of the capacity is ready from the start",
  }),
  "minimum-spare-workers": fraction({
    status: "ignored",
    fallback: "the value of --initial-workers",
    help: "The least part of the capacity to keep ready and idle.",
    reason: "a front end holds any number of clients in one process, so there are no spare ones to keep",
  }),
  "maximum-spare-workers": fraction({
    status: "ignored",
    fallback: "0.6, or 0.1 with prefork",
    help: "The largest part of the capacity to keep ready and idle.",
    reason: "a front end holds any number of clients in one process, so there are no spare ones to end",
  }),
  "server-mpm": repeatable(
    choice("NAME", ["event", "worker", "prefork"], {
      status: "built",
      fallback: "event",
      help: "Which of Apache's ways of serving to follow. With event one front end holds all clients, and idle ones do not count against --max-clients. With worker and prefork there are several front ends, and each connection counts, also while it is idle between two requests. Of several names the first in this order counts.",
    }),
  ),
  frontends: integer("NUMBER", "processes", {
    status: "built",
    min: 1,
    max: 64,
    fallback: "1, or with --server-mpm worker and prefork as many as there are processors to use, at most 8",
    help: "How many front-end processes share the clients. One keeps several workers busy; more are of use when it is at the limit of its processor.",
  }),
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
    status: "built",
    help: "Show the application what it would see inside the web server's own processes, and leave it alone: no reloading, and none of the timeouts and limits that replace workers or end requests.",
  }),
  "orphan-interpreter": flag({
    status: "built",
    hidden: true,
    help: "Let workers exit without shutting Python down.",
  }),
});
