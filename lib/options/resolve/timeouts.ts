/** The timeouts of the command line, from seconds to milliseconds. Pure. */

import type { Timeouts } from "../../settings/settings.ts";
import type { Values } from "../table.ts";

export function timeoutsOf(values: Values): Timeouts {
  return {
    startupMs: values["startup-timeout"] * 1000,
    shutdownMs: values["shutdown-timeout"] * 1000,
    gracefulMs: values["graceful-timeout"] * 1000,
    restartMs: values["restart-interval"] * 1000,
    cpuMs: values["cpu-time-limit"] * 1000,
    evictionMs: values["eviction-timeout"] * 1000,
    deadlockMs: values["deadlock-timeout"] * 1000,
    inactivityMs: values["inactivity-timeout"] * 1000,
    requestMs: values["request-timeout"] * 1000,
    queueMs: values["queue-timeout"] * 1000,
    connectMs: values["connect-timeout"] * 1000,
    answerMs: values["socket-timeout"] * 1000,
    socketMs: values["socket-timeout"] * 1000,
    responseSocketMs: (values["response-socket-timeout"] || values["socket-timeout"]) * 1000,
    headerMs: values["header-timeout"] * 1000,
    headerMaxMs: values["header-max-timeout"] * 1000,
    headerMinRateBytes: values["header-min-rate"],
    bodyMs: values["body-timeout"] * 1000,
    bodyMaxMs: values["body-max-timeout"] * 1000,
    bodyMinRateBytes: values["body-min-rate"],
    keepAliveMs: values["keep-alive-timeout"] * 1000,
  };
}

/** Those of --embedded-mode: what limits the application, or the wait for it, is off; clients have their limits still. */
export function embeddedTimeouts(timeouts: Timeouts): Timeouts {
  const unlimited = { startupMs: 0, gracefulMs: 0, evictionMs: 0, requestMs: 0, restartMs: 0, cpuMs: 0, deadlockMs: 0 };
  return { ...timeouts, ...unlimited, inactivityMs: 0, queueMs: 0, connectMs: 0, answerMs: 0 };
}
