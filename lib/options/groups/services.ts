/** Python scripts that run next to the application, each in a process of its own. */

import { pair, repeatable } from "../builders.ts";
import { checkFileName, checkServiceName } from "../checks/words.ts";
import { group } from "./group.ts";

export const services = group("Services", {
  "service-script": repeatable(
    pair(["SERVICE", "SCRIPT-PATH"], {
      status: "built",
      check: ([name]) => checkServiceName(name),
      help: "Run a Python script as a service under this name, and start it again whenever it ends: a second later, and ever later while it fails.",
    }),
  ),
  "service-user": repeatable(
    pair(["SERVICE", "USERNAME"], {
      status: "built",
      help: "Who the service runs as when root starts the server, if not as --user.",
    }),
  ),
  "service-group": repeatable(
    pair(["SERVICE", "GROUP"], {
      status: "built",
      help: "The group for the same purpose, if not --group.",
    }),
  ),
  "service-log-file": repeatable(
    pair(["SERVICE", "FILE-NAME"], {
      status: "built",
      check: ([, file]) => checkFileName(file),
      help: "A log file for the service in the log directory, instead of the error log. --log-to-terminal leaves it there.",
    }),
  ),
});
