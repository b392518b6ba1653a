/**
 * Stands in for a front end: says over TCP what the supervisor told it. A client that sends "report" gets one line of
 * JSON; one that sends "hold" is a request in progress until it hangs up; "log" writes to both logs.
 */

import type { ToFrontEnd } from "../../lib/control/frontend.ts";
import type { FrontEndCounts } from "../../lib/metrics/report.ts";
import { NO_TRAFFIC } from "../../lib/metrics/traffic.ts";
import { lineWriter } from "../../lib/logs/line-writer.ts";

const counts: FrontEndCounts = {
  traffic: NO_TRAFFIC,
  connections: 0,
  busy: 0,
  running: 0,
  waiting: 0,
  oldestWaitMs: 0,
};
const heard: ToFrontEnd[] = [];
const access = lineWriter(1);
const errors = lineWriter(2);
const listeners: Bun.TCPSocketListener[] = [];
let held = 0;
let draining = false;

async function leaveWhenDone(): Promise<void> {
  if (!draining || held > 0) return;
  await Promise.all([access.flush(), errors.flush()]);
  process.send?.({ kind: "drained", counts });
  process.exit(0);
}

const socket: Bun.SocketHandler<{ holds: boolean }> = {
  open(client) {
    client.data = { holds: false };
  },
  data(client, bytes) {
    const [word = "", count = "0"] = bytes.toString().trim().split(" ");
    if (word === "report") client.end(`${JSON.stringify({ pid: process.pid, heard })}\n`);
    if (word === "hold") {
      client.data.holds = true;
      held += 1;
      client.write("held\n");
    }
    if (word === "log") {
      for (let line = 1; line <= Number(count); line += 1) access.write(`access ${line}`);
      errors.write("error of the front end");
      client.end("logged\n");
    }
  },
  close(client) {
    if (!client.data.holds) return;
    held -= 1;
    void leaveWhenDone();
  },
};

process.on("message", (message: ToFrontEnd) => {
  if (message.kind === "configure") {
    for (const { fd } of message.listeners) {
      const options = { fd, socket } as unknown as Bun.TCPSocketListenOptions<{ holds: boolean }>;
      listeners.push(Bun.listen(options));
    }
    process.send?.({ kind: "ready" });
    return;
  }
  heard.push(message);
  if (message.kind === "worker-drain") process.send?.({ kind: "worker-drained", id: message.id });
  if (message.kind !== "drain") return;
  for (const listener of listeners) listener.stop();
  draining = true;
  void leaveWhenDone();
});
process.on("disconnect", () => process.exit(1));
