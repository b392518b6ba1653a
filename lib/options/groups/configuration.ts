/** Apache configuration to be read on top of the options. */

import { path, repeatable } from "../builders.ts";
import { group } from "./group.ts";

export const configuration = group("Apache configuration", {
  "include-file": repeatable(
    path("FILE-PATH", {
      status: "built",
      needs: "file",
      help: "File with Apache directives that apply after all options. Which ones there are is told in docs/directives.md; any other is an error.",
    }),
  ),
  "rewrite-rules": path("FILE-PATH", {
    status: "built",
    fallback: "rewrite.conf in the server root, if there is one",
    needs: "file",
    help: "File with rewrite rules of Apache's mod_rewrite, as if they stood in the section of the document root: patterns see paths without their first slash. They apply before files and the application.",
  }),
});
