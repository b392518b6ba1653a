/** Who may use the site, decided by Python scripts. */

import { choice, path, text } from "../builders.ts";
import { group } from "./group.ts";

export const access = group("Access", {
  "host-access-script": path("SCRIPT-PATH", {
    status: "built",
    needs: "file",
    help: "Python script whose allow_access(environ, host) decides which clients are served at all.",
  }),
  "auth-user-script": path("SCRIPT-PATH", {
    status: "built",
    needs: "file",
    help: "Python script that knows the users: check_password() for Basic, get_realm_hash() for Digest. The whole site then needs a login.",
  }),
  "auth-type": choice("TYPE", ["Basic", "Digest"], {
    status: "built",
    default: "Basic",
    help: "How users prove who they are.",
  }),
  "auth-group-script": path("SCRIPT-PATH", {
    status: "built",
    needs: "file",
    help: "Python script whose groups_for_user(environ, user) names the groups of a user.",
  }),
  "auth-group": text("NAME", {
    status: "built",
    default: "wsgi",
    help: "The group a user must be in when there is a group script.",
  }),
});
