/** Malt and its peers: how each is installed, and started as two processes of five threads or the nearest it has. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { nginxConfiguration } from "./nginx.ts";
import type { Application } from "./workloads.ts";

export interface Launch {
  readonly application: Application;
  /** Folder that holds the application. */
  readonly directory: string;
  readonly port: number;
  /** An empty folder for what the server writes. */
  readonly scratch: string;
  /** `bin` of the virtual environment. */
  readonly bin: string;
  /** Whom to run the application as; null unless root started the benchmark. */
  readonly user: string | null;
  /** Serve HTTPS on `port`, and nothing else there; null is plain HTTP. */
  readonly secure: { readonly certificate: string; readonly http2: boolean } | null;
}

/** A command or file that must be there, and the Debian package that brings it. */
export interface SystemNeed {
  readonly path: string;
  readonly debian: string;
}

export interface Server {
  /** In tables and for --only. */
  readonly name: string;
  /** Project on PyPI and version; null for Malt. */
  readonly release: { readonly project: string; readonly version: string } | null;
  readonly needs: readonly SystemNeed[];
  /** Its nearest equivalent of two processes of five threads. */
  readonly shape: string;
  readonly command: (launch: Launch) => readonly string[];
}

const compiler: SystemNeed = { path: "cc", debian: "gcc" };

const bodyLimitBytes = 2 ** 31 - 1;

const startServer = ({ application, directory, port, scratch, user, secure }: Launch): readonly string[] => [
  "--host=127.0.0.1",
  ...(secure === null
    ? [`--port=${port}`]
    : [
        // There is always a plain port, too.
        `--port=${freePort()}`,
        `--https-port=${port}`,
        `--ssl-certificate=${secure.certificate}`,
        // Without it mod_wsgi-express does not listen there.
        "--server-name=localhost",
        ...(secure.http2 ? ["--http2"] : []),
      ]),
  "--processes=2",
  "--threads=5",
  `--server-root=${scratch}`,
  `--working-directory=${directory}`,
  ...(user === null ? [] : [`--user=${user}`]),
  // By default 10 MiB, and 1 GiB for waitress.
  ...(application.bigBodies ? [`--limit-request-body=${bodyLimitBytes}`] : []),
  ...(application.script === null
    ? ["--application-type=module", `--entry-point=${application.module}`]
    : [join(directory, application.script)]),
];

const uwsgi = { project: "uWSGI", version: "2.0.31" };

// Without --die-on-term SIGTERM is a reload; without --disable-logging uWSGI alone would write an access log.
const uwsgiCommand = ({ application, bin }: Launch, socket: readonly string[]): readonly string[] => [
  join(bin, "uwsgi"),
  ...socket,
  "--master",
  "--die-on-term",
  "--disable-logging",
  "--need-app",
  "--processes=2",
  "--threads=5",
  `--module=${application.module}`,
];

export const maltBinary = join(import.meta.dir, "..", "..", "dist", "malt");

export const malt: Server = {
  name: "malt",
  release: null,
  needs: [],
  shape: "2 processes × 5 threads",
  command: (launch) => [maltBinary, "start-server", ...startServer(launch)],
};

/** What the access log takes, in the same run. */
const loggingMalt: Server = {
  ...malt,
  name: "malt-access-log",
  shape: "as malt, with `--access-log`",
  command: (launch) => [...malt.command(launch), "--access-log"],
};

const express: Server = {
  name: "mod_wsgi-express",
  release: { project: "mod_wsgi", version: "4.9.4" },
  needs: [{ path: "apache2", debian: "apache2" }, { path: "apxs", debian: "apache2-dev" }, compiler],
  shape: "2 processes × 5 threads",
  command: (launch) => [join(launch.bin, "mod_wsgi-express"), "start-server", ...startServer(launch)],
};

const gunicorn = { project: "gunicorn", version: "27.0.1" };

/** Those that `--tls` measures: servers with TLS of their own, and the usual front of one that is not to be alone. */
export const secureServers: readonly Server[] = [
  malt,
  express,
  {
    name: "nginx-gunicorn",
    release: gunicorn,
    needs: [{ path: "nginx", debian: "nginx-light" }],
    shape: "nginx 2 processes, kept connections to gunicorn gthread, 2 processes × 5 threads",
    command(launch) {
      const { application, bin, directory, scratch } = launch;
      const configuration = join(scratch, "nginx.conf");
      writeFileSync(configuration, nginxConfiguration(launch));
      return ["sh", join(directory, "run_nginx_gunicorn.sh"), join(bin, "gunicorn"), scratch, application.module];
    },
  },
];

export const servers: readonly Server[] = [
  malt,
  loggingMalt,
  express,
  {
    name: "gunicorn",
    release: gunicorn,
    needs: [],
    shape: "gthread, 2 processes × 5 threads",
    command: ({ application, bin, port }) => [
      join(bin, "gunicorn"),
      `--bind=127.0.0.1:${port}`,
      "--worker-class=gthread",
      "--workers=2",
      "--threads=5",
      // It would be made in the home of the user.
      "--no-control-socket",
      `${application.module}:application`,
    ],
  },
  {
    name: "uwsgi-http",
    release: uwsgi,
    needs: [compiler],
    shape: "`--http` router, 2 processes × 5 threads",
    // Without --http-keepalive the router closes after each response and does not say so.
    command: (launch) => uwsgiCommand(launch, [`--http=127.0.0.1:${launch.port}`, "--http-keepalive"]),
  },
  {
    name: "uwsgi-http11",
    release: uwsgi,
    needs: [compiler],
    shape: "`--http11-socket`, 2 processes × 5 threads; a thread stays with its connection, so 10 of the 32 are served",
    command: (launch) => uwsgiCommand(launch, [`--http11-socket=127.0.0.1:${launch.port}`]),
  },
  {
    name: "waitress",
    release: { project: "waitress", version: "3.0.2" },
    needs: [],
    shape: "1 process × 10 threads (it has no processes); warns of its queue, as it does by default",
    command: ({ application, bin, port }) => [
      join(bin, "waitress-serve"),
      `--listen=127.0.0.1:${port}`,
      "--threads=10",
      ...(application.bigBodies ? [`--max-request-body-size=${bodyLimitBytes}`] : []),
      `${application.module}:application`,
    ],
  },
  {
    name: "granian",
    release: { project: "granian", version: "2.8.7" },
    needs: [],
    shape: "2 processes × 5 blocking threads, Rust",
    command: ({ application, bin, port }) => [
      join(bin, "granian"),
      "--interface=wsgi",
      "--host=127.0.0.1",
      `--port=${port}`,
      "--http=1",
      "--workers=2",
      "--blocking-threads=5",
      `${application.module}:application`,
    ],
  },
  {
    name: "bjoern",
    release: { project: "bjoern", version: "3.2.2" },
    needs: [{ path: "/usr/include/ev.h", debian: "libev-dev" }, compiler],
    shape: "2 processes, no threads: a slow request holds up all others of its process",
    command: ({ application, bin, directory, port }) => [
      join(bin, "python"),
      join(directory, "run_bjoern.py"),
      application.module,
      String(port),
    ],
  },
];
