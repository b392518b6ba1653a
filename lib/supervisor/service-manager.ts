/** Tells the service manager how the server is, if it wants to know (sd_notify(3): a systemd unit with Type=notify). */

import { monotonicUs } from "../os/clock.ts";
import { sendDatagram } from "../os/datagrams.ts";
import type { Journal } from "./journal.ts";

export interface ServiceManager {
  /** It serves. */
  ready(): void;
  /** It is about to do all anew, and says again when it is ready. */
  reloading(): void;
  stopping(): void;
}

/** `socket` is the value of NOTIFY_SOCKET; without one nobody is told. */
export function serviceManager(socket: string | undefined, journal: Journal): ServiceManager {
  const say = (text: string): void => {
    if (socket === undefined || socket === "") return;
    const failure = sendDatagram(socket, text);
    if (failure === undefined) return;
    void journal.write(
      "core",
      "warn",
      `NOTIFY_SOCKET ${socket} can't be told ${text.split("\n")[0]} (${failure.code})`,
    );
  };
  return {
    ready: () => say("READY=1"),
    reloading: () => say(`RELOADING=1\nMONOTONIC_USEC=${monotonicUs()}`),
    stopping: () => say("STOPPING=1"),
  };
}
