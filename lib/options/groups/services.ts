/** Python scripts that run next to the application, each in a process of its own. */

import { pair, repeatable } from "../builders.ts";
import { group } from "./group.ts";

export const services = group("Services", {
  "service-script": repeatable(
    pair(["SERVICE", "SCRIPT-PATH"], {
      status: "planned",
      help: "Run a Python script as a service under this name, and start it again whenever it ends.",
    }),
  ),
  "service-user": repeatable(
    pair(["SERVICE", "USERNAME"], {
      status: "planned",
      help: "Who the service runs as when root starts the server, if not as --user.",
    }),
  ),
  "service-group": repeatable(
    pair(["SERVICE", "GROUP"], {
      status: "planned",
      help: "The group for the same purpose, if not --group.",
    }),
  ),
  "service-log-file": repeatable(
    pair(["SERVICE", "FILE-NAME"], {
      status: "planned",
      help: "A log file for the service in the log directory, instead of the error log.",
    }),
  ),
});
