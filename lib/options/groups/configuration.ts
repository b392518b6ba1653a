/** Apache configuration to be read on top of the options. */

import { path, repeatable } from "../builders.ts";
import { group } from "./group.ts";

export const configuration = group("Apache configuration", {
  "include-file": repeatable(
    path("FILE-PATH", {
      status: "planned",
      guards: true,
      needs: "file",
      help: "File with Apache directives that apply after all options.",
    }),
  ),
  "rewrite-rules": path("FILE-PATH", {
    status: "planned",
    guards: true,
    fallback: "rewrite.conf in the server root",
    needs: "file",
    help: "File with rewrite rules for the document root.",
  }),
});
