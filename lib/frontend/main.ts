/** One front-end process: configured by the supervisor, unprivileged before the first byte of a client is read. */

import type { FromFrontEnd, ToFrontEnd } from "../control/frontend.ts";
import { WorkerPool } from "../handlers/wsgi/pool.ts";
import { Traffic } from "../metrics/traffic.ts";
import { quickNowUs } from "../os/clock.ts";
import { raiseDescriptorLimit } from "../os/limits.ts";
import { forgetProgramCode } from "../os/memory.ts";
import { dropPrivileges } from "../os/privileges.ts";
import { setTitle } from "../os/title.ts";
import { adminHandle } from "../pipeline/monitoring.ts";
import type { ConnectionContext } from "../http/context.ts";
import type { TimeLimits } from "../http/patience.ts";
import type { Timeouts } from "../settings/settings.ts";
import { addressSet } from "../settings/subnets.ts";
import { loggedSite } from "./access.ts";
import { crowdLimit, keptFiles, shareOf } from "./crowd.ts";
import { createInside, type Inside } from "./inside.ts";
import { openJournal } from "./journal.ts";
import { accept, type Acceptor } from "./listener.ts";
import { createProtocols } from "./protocols.ts";
import { createServerKeys, type ServerKeys } from "./server-keys.ts";
import { createSite, nameOf } from "./site.ts";
import { connectWorkers, type Workers } from "./workers.ts";

/** Before the supervisor kills what has not drained: time enough to answer, and to write the log. */
const LAST_WORD_MS = 250;

/** What only the start needs is done by then. */
const SETTLED_MS = 5000;

const CROWDED =
  "there are as many clients as can be held: new ones wait (--max-clients, or the limit on open files, allows more)";

/** On a busy server it happens with each client. */
const CROWDED_AGAIN_MS = 60_000;

interface Running {
  readonly workers: Workers;
  readonly acceptor: Acceptor;
  readonly keys: ServerKeys | null;
  readonly inside: Inside;
  /** As the message says; 0 is no limit. */
  drain(graceMs: number, keepIdle: boolean): void;
}

/** Runs until the supervisor says "drain", or is gone. @returns the exit code. */
export function runFrontEnd(): Promise<number> {
  return new Promise((resolve) => {
    let running: Running | null = null;
    process.on("message", (message: ToFrontEnd) => {
      if (message.kind === "configure") {
        running = start(message, resolve);
        tell({ kind: "ready" });
      } else if (running !== null) {
        obey(running, message);
      }
    });
    // Without its supervisor nobody could stop or replace this process.
    process.on("disconnect", () => resolve(1));
    // A terminal's Ctrl-C goes to the whole group; the supervisor decides what it means.
    for (const signal of ["SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGPIPE"] as const) {
      process.on(signal, () => undefined);
    }
    process.on("SIGTERM", () => {
      if (running === null) resolve(0);
      else running.drain(0, false);
    });
  });
}

function tell(message: FromFrontEnd): void {
  process.send?.(message);
}

type Configure = Extract<ToFrontEnd, { kind: "configure" }>;

function obey(running: Running, message: Exclude<ToFrontEnd, Configure>): void {
  const { acceptor, inside, keys, workers } = running;
  switch (message.kind) {
    case "count":
      tell({ kind: "counts", query: message.query, counts: inside.counts(acceptor) });
      break;
    case "report":
      inside.reports.heard(message.report);
      break;
    case "accept":
      acceptor.accept(message.owner);
      break;
    case "leave":
      acceptor.leave(message.owner);
      break;
    case "certificates":
      keys?.replace(message.tls);
      break;
    case "worker-up":
      workers.up(message);
      break;
    case "worker-loaded":
      workers.loaded(message.id);
      break;
    case "worker-drain":
      workers.drain(message.id);
      break;
    case "worker-down":
      workers.down(message.id, message.why, message.overdueMs);
      break;
    case "drain":
      running.drain(message.graceMs, message.keepIdle);
      break;
  }
}

function start(
  { number, secret, settings, listeners, tls, sharedLines }: Configure,
  exit: (code: number) => void,
): Running {
  const descriptors = Number(raiseDescriptorLimit().soft);
  // It was started by way of /proc/self/exe. Later this file of /proc may belong to somebody else.
  setTitle([settings.program.name, "front-end"]);
  if (settings.identity.drop) dropPrivileges(settings.identity);
  const { timeouts, trust, limits, frontEnds, workers: workerSettings } = settings;
  const clock = { nowMs: Math.floor(performance.now()) };
  const state = { draining: false };
  const logged = loggedSite(settings, process.env);
  const journal = openJournal(settings, logged, sharedLines);
  const kept = settings.files.sendfile ? keptFiles(descriptors) : 0;
  const poolLimits = {
    capacity: shareOf(limits.maxClients, frontEnds.count),
    spare: shareOf(limits.maxClients - workerSettings.processes * workerSettings.threads, frontEnds.count),
    shared: frontEnds.count > 1,
    backlog: shareOf(workerSettings.daemonBacklog, frontEnds.count),
    connectMs: timeouts.connectMs,
    queueMs: timeouts.queueMs,
  };
  const traffic = new Traffic();
  const pools = {
    application: new WorkerPool(poolLimits, clock, traffic),
    // Questions to scripts are no requests of clients.
    access: new WorkerPool(poolLimits, clock, new Traffic()),
  };
  const known = { pool: pools.application, state, traffic };
  const inside = createInside(settings, known, () => tell({ kind: "report-wanted" }));
  const { pages } = inside;
  const site = createSite(settings, { logged, pools, secret, journal, traffic, pages, keptFiles: kept });
  const workers = connectWorkers(pools, journal, clock, tell);
  let quietUntilMs = 0;

  const context: ConnectionContext = {
    clock,
    nowUs: quickNowUs,
    firstByteUs: journal.letters.has("^FB") ? quickNowUs : () => 0,
    state,
    limits: timeLimits(timeouts),
    maxBodyBytes: limits.requestBodyBytes,
    sendfile: settings.files.sendfile,
    unsizedBodies: limits.chunkedRequest,
    handle: site.handle,
    answered: site.answered,
    refused: site.refused,
    faulted: site.faulted,
    silent: site.silent,
    unread: site.unread,
    closed() {
      // A microtask later the set of connections has forgotten this one.
      if (state.draining) queueMicrotask(finishWhenQuiet);
    },
  };
  const { admin } = settings.monitoring;
  const adminProtocols =
    admin && createProtocols({ ...context, handle: adminHandle(admin, pages), answered: () => undefined }, false);
  const protocols = createProtocols(context, settings.listeners.http2);
  const keys = tls && createServerKeys(tls);
  const acceptor: Acceptor = accept(listeners, {
    backlog: settings.listeners.backlog,
    limit: crowdLimit(
      frontEnds,
      workerSettings.processes,
      descriptors,
      settings.files.cgi ? poolLimits.capacity : 0,
      kept,
    ),
    // There is a listener for it only with --admin-port.
    welcomeAdmin: (opening) => (adminProtocols ?? protocols).begin(opening, () => undefined),
    accepted: () => traffic.accepted(),
    balancers: trust.proxyProtocol.length === 0 ? null : addressSet(trust.proxyProtocol),
    misintroduced(peer, why) {
      journal.error(
        "error",
        `a connection was dropped: its peer is listed in --proxy-protocol, but ${why}`,
        nameOf(peer),
      );
    },
    swept(nowMs) {
      for (const pool of Object.values(pools)) pool.tick(nowMs);
    },
    failed(error) {
      journal.error("crit", `a bug in the front end cost a connection: ${error.stack ?? error.message}`);
    },
    crowded() {
      if (clock.nowMs < quietUntilMs) return;
      quietUntilMs = clock.nowMs + CROWDED_AGAIN_MS;
      journal.error("warn", CROWDED);
    },
    handshakeFailed(peer, why) {
      traffic.handshakeFailed();
      journal.error("info", `a TLS handshake failed: ${why}`, nameOf(peer));
    },
    context,
    protocols,
    tls: keys && { keys, told: settings.tls?.environment ? { version: settings.program.version } : null },
  });
  acceptor.accept(number);
  setTimeout(forgetProgramCode, SETTLED_MS);

  let finishing = false;
  function finishWhenQuiet(): void {
    if (finishing || acceptor.count > 0) return;
    finishing = true;
    void journal.flush().then(() => {
      tell({ kind: "drained", counts: inside.counts(acceptor) });
      exit(0);
    });
  }

  let deadlineMs = Infinity;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  /** Clients have as long as the supervisor waits, but for the last words. */
  function setDeadline(graceMs: number): void {
    const atMs = graceMs === 0 ? Infinity : performance.now() + graceMs;
    if (atMs >= deadlineMs) return;
    deadlineMs = atMs;
    clearTimeout(deadline);
    deadline = setTimeout(
      () => {
        for (const pool of Object.values(pools)) pool.giveUp();
        site.giveUp();
        acceptor.dismissIdle();
      },
      Math.max(0, graceMs - LAST_WORD_MS),
    );
  }

  return {
    workers,
    acceptor,
    keys,
    inside,
    drain(graceMs, keepIdle) {
      setDeadline(graceMs);
      if (state.draining && keepIdle) return;
      acceptor.drain(keepIdle);
      for (const pool of Object.values(pools)) pool.close();
      finishWhenQuiet();
    },
  };
}

function timeLimits(timeouts: Timeouts): TimeLimits {
  return {
    head: {
      firstMs: timeouts.headerMs,
      ceilingMs: timeouts.headerMaxMs,
      minRateBytes: timeouts.headerMinRateBytes,
    },
    body: { firstMs: timeouts.bodyMs, ceilingMs: timeouts.bodyMaxMs, minRateBytes: timeouts.bodyMinRateBytes },
    keepAliveMs: timeouts.keepAliveMs,
    writeMs: timeouts.responseSocketMs === 0 ? timeouts.socketMs : timeouts.responseSocketMs,
    answerMs: timeouts.answerMs,
  };
}
