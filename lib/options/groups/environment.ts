/** Who the server runs as, where it keeps its files, and the Python that runs the application. */

import { checkProcessName, checkVariable } from "../checks/words.ts";
import { pair, path, repeatable, text } from "../builders.ts";
import { group } from "./group.ts";

export const environment = group("Identity, directories and Python", {
  user: text("USERNAME", {
    status: "built",
    fallback: "who started the server; root has to name a user",
    help: "Who requests are handled as when root starts the server: a name, or a number as #1000. MOD_WSGI_USER in the environment wins over it.",
  }),
  group: text("GROUP", {
    status: "built",
    fallback: "the primary group of the user",
    help: "The group for the same purpose: a name, or a number as #1000. MOD_WSGI_GROUP in the environment wins over it.",
  }),
  python: path("PATH", {
    status: "built",
    fallback:
      "bin/python3 of the active virtual environment, else the first python3 or python on the PATH that the user can run",
    help: "The Python interpreter to run the application with, 3.8 or newer; that of a virtual environment brings its packages along.",
  }),
  "working-directory": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "the current directory",
    needs: "directory",
    help: "The current directory of the application, and the first place its modules are looked for.",
  }),
  "python-path": repeatable(
    path("DIRECTORY-PATH", {
      status: "built",
      help: "Another directory to find Python modules in, after the working directory. Its .pth files are read as well.",
    }),
  ),
  "python-eggs": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "python-eggs in the server root",
    help: "Where Python eggs are unpacked.",
  }),
  setenv: repeatable(
    pair(["KEY", "VALUE"], {
      status: "built",
      check: ([key]) => checkVariable(key),
      help: "Add a key to the environ of every request. Keys the server sets itself cannot be changed this way.",
    }),
  ),
  passenv: repeatable(
    text("KEY", {
      status: "built",
      check: checkVariable,
      help: "Add a variable of the server's own environment to the environ of every request.",
    }),
  ),
  "envvars-script": path("FILE-PATH", {
    status: "built",
    fallback: "envvars in the server root",
    needs: "file",
    help: "A shell script to read before the start; what it exports is in the environment of the server and the application. As root it is only read when nobody else could change it.",
  }),
  locale: text("NAME", {
    status: "built",
    fallback: "that of the environment; in place of C or POSIX, en_US.UTF-8 or C.UTF-8 where the system has it",
    help: "The locale of the application, set as LANG and LC_ALL.",
  }),
  lang: text("NAME", {
    status: "built",
    hidden: true,
    help: "The locale when --locale is not given.",
  }),
  "server-root": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "mod_wsgi-HOST:PORT:UID in TMPDIR, else in /tmp",
    needs: "made-directory",
    help: "Where the server keeps its files: logs, sockets, pid file, document root. It is made when only its last part is missing.",
  }),
  "pid-file": path("FILE-PATH", {
    status: "built",
    fallback: "httpd.pid in the server root",
    needs: "written-file",
    help: "File to write the process id of the server to.",
  }),
  "socket-prefix": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "the server root",
    needs: "directory",
    help: "Directory for the sockets of the workers, when the path of the server root is too long for one.",
  }),
  "process-name": text("NAME", {
    status: "built",
    fallback: "the command line",
    check: checkProcessName,
    help: "The name of the server in lists of processes. Workers are always called (wsgi:HOST:PORT:UID) there, services (wsgi:service:NAME).",
  }),
});
