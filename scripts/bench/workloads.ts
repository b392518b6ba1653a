/** What is asked of the servers, and what the right answer is. */

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
}

export const workloads: readonly Workload[] = [
  { title: "Hello world, 12 bytes", application: hello },
  { title: "Django: a template with a URL argument behind the middleware of startproject", application: django },
];
