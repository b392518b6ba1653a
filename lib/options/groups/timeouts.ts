/** How long each phase of a request may take. */

import { integer, seconds } from "../builders.ts";
import { group } from "./group.ts";

export const timeouts = group("Timeouts of requests", {
  "header-timeout": seconds({
    status: "built",
    default: 15,
    zero: "no limit",
    help: "How long a client may take to send the head of a request.",
  }),
  "header-max-timeout": seconds({
    status: "built",
    default: 30,
    zero: "no ceiling",
    help: "The most that --header-min-rate can extend --header-timeout to.",
  }),
  "header-min-rate": integer("BYTES", "bytes", {
    status: "built",
    default: 500,
    zero: "no extension",
    help: "Each time this many bytes of the head have come, the client gets one second more.",
  }),
  "body-timeout": seconds({
    status: "built",
    default: 15,
    zero: "no limit",
    help: "How long a client may take to send the body of a request.",
  }),
  "body-max-timeout": seconds({
    status: "built",
    default: 0,
    zero: "no ceiling",
    help: "The most that --body-min-rate can extend --body-timeout to.",
  }),
  "body-min-rate": integer("BYTES", "bytes", {
    status: "built",
    default: 500,
    zero: "no extension",
    help: "Each time this many bytes of the body have come, the client gets one second more.",
  }),
  "keep-alive-timeout": seconds({
    status: "built",
    default: 2,
    zero: "close after every response",
    help: "How long an idle connection is kept for the next request.",
  }),
  "socket-timeout": seconds({
    status: "built",
    default: 60,
    zero: "no limit",
    help: "How long a single read or write, at the client or at a worker, may make no progress. A worker that is silent for this long is a 504.",
  }),
  "response-socket-timeout": seconds({
    status: "built",
    default: 0,
    zero: "the value of --socket-timeout",
    help: "How long a client may take nothing of its response before the connection is dropped.",
  }),
  "queue-timeout": seconds({
    status: "built",
    default: 45,
    zero: "no limit",
    help: "How long a request may wait for a free thread before the client gets 504.",
  }),
  "connect-timeout": seconds({
    status: "built",
    default: 15,
    zero: "one attempt",
    help: "How long to try to hand a request to a worker before the client gets 503.",
  }),
});
