/** What is asked of the servers, and what the right answer is. */

import { h2loadShape, runH2load } from "./h2load.ts";
import type { Load } from "./load.ts";
import { runWrk } from "./wrk.ts";

/** An application as a file and as a module; both are below the folder that the servers run in. */
export interface Application {
  readonly name: string;
  readonly module: string;
  /** The script to load, null when it has to be imported by name. */
  readonly script: string | null;
  /** Request target of a probe, and a piece of the body that only the right answer has. */
  readonly target: string;
  readonly answer: string;
  /** It is sent more than servers accept by default. */
  readonly bigBodies: boolean;
}

export const hello: Application = {
  name: "hello",
  module: "hello",
  script: "hello.py",
  target: "/",
  answer: "Hello World!",
  bigBodies: false,
};

export const django: Application = {
  name: "django",
  module: "bench_site.wsgi",
  script: null,
  target: "/archive/1888/whiskey/",
  answer: '<li class="even"><a href="#10">Glass</a></li>',
  bigBodies: false,
};

export const transfer: Application = {
  name: "transfer",
  module: "transfer",
  script: "transfer.py",
  target: "/",
  answer: "ready",
  bigBodies: true,
};

export interface Workload {
  readonly title: string;
  readonly application: Application;
  readonly transport: Transport;
  readonly load: Load;
}

/** How clients reach the server. */
export type Transport = "http" | "https" | "h2";

export const workloads: readonly Workload[] = [
  { title: "Hello world, 12 bytes", application: hello, transport: "http", load: runWrk },
  {
    title: "Django: a template with a URL argument behind the middleware of startproject",
    application: django,
    transport: "http",
    load: runWrk,
  },
];

/** What `--tls` measures. */
export const secureWorkloads: readonly Workload[] = [
  { title: "Hello world over TLS, HTTP/1.1 with keep-alive", application: hello, transport: "https", load: runWrk },
  { title: `Hello world over TLS, HTTP/2: ${h2loadShape}`, application: hello, transport: "h2", load: runH2load },
];
