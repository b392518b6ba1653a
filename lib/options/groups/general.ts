/** The command itself. */

import { flag } from "../builders.ts";
import { group } from "./group.ts";

export const general = group("General", {
  "setup-only": flag({
    status: "built",
    help: "Make the files of the server root and exit without starting the server; apachectl there starts it later. The command setup-server does the same.",
  }),
  help: flag({
    status: "built",
    help: "Show this list and exit.",
  }),
});
