/** Scripts that say who may use the site, and scripts for files. */

import { ask, get, type Scenario } from "../scenario.ts";

const HOSTS = `
def allow_access(environ, host):
    if environ["REQUEST_URI"].startswith("/raises"):
        raise RuntimeError("as asked for")
    if environ["REQUEST_URI"].startswith("/undecided"):
        return None
    return not environ["REQUEST_URI"].startswith("/refused")
`;

const USERS = `
def check_password(environ, user, password):
    if user == "raises":
        raise RuntimeError("as asked for")
    if user == "unknown":
        return None
    if user == "renamed":
        return "somebody"
    return password == "secret"


def get_realm_hash(environ, user, realm):
    return None
`;

const GROUPS = `
def groups_for_user(environ, user):
    return {"anna": ["staff", "wsgi"], "bert": ["guests"]}.get(user, [])
`;

const HANDLER = `
def handle_request(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    with open(environ["SCRIPT_FILENAME"]) as file:
        text = file.read()
    names = ("SCRIPT_NAME", "PATH_INFO", "REQUEST_METHOD", "QUERY_STRING")
    return [(" ".join(environ[name] or "-" for name in names) + ": " + text).encode()]
`;

function as(user: string, password = "secret"): Readonly<Record<string, string>> {
  return { Authorization: `Basic ${btoa(`${user}:${password}`)}` };
}

export const access: readonly Scenario[] = [
  {
    name: "--host-access-script",
    files: () => ({ "hosts.py": HOSTS, "htdocs/a.txt": "a\n", "htdocs/refused.txt": "r\n" }),
    options: ({ site }) => [`--host-access-script=${site}/hosts.py`],
    requests: [get("/x"), get("/a.txt"), get("/refused.txt"), get("/refused"), get("/raises"), get("/undecided")],
  },
  {
    name: "--auth-user-script",
    files: () => ({ "users.py": USERS, "htdocs/a.txt": "a\n" }),
    options: ({ site }) => [`--auth-user-script=${site}/users.py`],
    requests: [
      get("/x"),
      get("/a.txt"),
      get("/ready.txt"),
      get("/x", as("anna")),
      get("/a.txt", as("anna")),
      get("/x", as("anna", "wrong")),
      get("/x", as("unknown")),
      get("/x", as("renamed")),
      get("/x", as("raises")),
      get("/x", as("")),
      get("/x", { Authorization: "Basic !!!" }),
      get("/x", { Authorization: "Bearer x" }),
      ask("POST", "/x", "abc", as("anna")),
      get("/missing", as("anna")),
    ],
  },
  {
    name: "--auth-group-script",
    files: () => ({ "users.py": USERS, "groups.py": GROUPS }),
    options: ({ site }) => [`--auth-user-script=${site}/users.py`, `--auth-group-script=${site}/groups.py`],
    requests: [get("/x", as("anna")), get("/x", as("bert")), get("/x", as("carl")), get("/x")],
  },
  {
    name: "--add-handler",
    files: () => ({ "handler.py": HANDLER, "htdocs/a.tmpl": "text", "htdocs/sub/b.tmpl": "below" }),
    options: ({ site }) => ["--add-handler", ".tmpl", `${site}/handler.py`],
    requests: [
      get("/a.tmpl"),
      get("/a.tmpl?q=1"),
      get("/sub/b.tmpl"),
      ask("POST", "/a.tmpl", "abc"),
      ask("HEAD", "/a.tmpl"),
      get("/a.tmpl/more"),
      get("/missing.tmpl"),
    ],
  },
];
