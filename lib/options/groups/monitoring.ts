/** What the server tells about itself. */

import { flag } from "../builders.ts";
import { group } from "./group.ts";

export const monitoring = group("Metrics and status", {
  "server-metrics": flag({
    status: "planned",
    help: "Let the application read the metrics of the server with mod_wsgi.server_metrics().",
  }),
  "server-status": flag({
    status: "planned",
    help: "Serve a status page under /server-status to clients on this machine.",
  }),
});
