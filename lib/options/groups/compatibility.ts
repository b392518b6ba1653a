/** Options about Apache itself, accepted so that existing command lines work. */

import { flag, path, text } from "../builders.ts";
import { group } from "./group.ts";

const NO_APACHE = "no Apache is run";
const NO_NEW_RELIC = "the New Relic agent is started by the application, or by NEW_RELIC_* and newrelic-admin";

export const compatibility = group("Kept for existing command lines", {
  "httpd-executable": path("FILE-PATH", {
    status: "ignored",
    reason: NO_APACHE,
    help: "Path of the Apache program.",
  }),
  "modules-directory": path("DIRECTORY-PATH", {
    status: "built",
    help: "Directory of Apache's modules. No Apache is run: the application gets it as MOD_WSGI_MODULES_DIRECTORY, and that is all.",
  }),
  "shell-executable": path("FILE-PATH", {
    status: "built",
    fallback: "bash, else sh",
    help: "The shell that runs the control script apachectl in the server root, and reads --envvars-script.",
  }),
  "with-php5": flag({
    status: "ignored",
    hidden: true,
    reason: "PHP is not served",
    help: "Serve .php files with Apache's PHP module.",
  }),
  "with-newrelic": flag({
    status: "ignored",
    hidden: true,
    reason: NO_NEW_RELIC,
    help: "Both New Relic options below.",
  }),
  "with-newrelic-agent": flag({
    status: "ignored",
    hidden: true,
    reason: NO_NEW_RELIC,
    help: "Wrap the application with the New Relic agent.",
  }),
  "with-newrelic-platform": flag({
    status: "ignored",
    hidden: true,
    reason: NO_NEW_RELIC,
    help: "Report server metrics to New Relic.",
  }),
  "newrelic-config-file": path("FILE-PATH", {
    status: "ignored",
    hidden: true,
    reason: NO_NEW_RELIC,
    help: "Configuration of the New Relic agent.",
  }),
  "newrelic-environment": text("NAME", {
    status: "ignored",
    hidden: true,
    reason: NO_NEW_RELIC,
    help: "Section of the New Relic configuration.",
  }),
});
