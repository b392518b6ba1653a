"""Reads the body in the way that the path names, and answers with what came, as a JSON list of latin-1 strings."""

import json

READERS = {
    "nothing": lambda body: [],
    "all": lambda body: [body.read()],
    "minus": lambda body: [body.read(-1)],
    "exact": lambda body: [body.read(4), body.read(4), body.read(10000), body.read(4)],
    "none": lambda body: [body.read(0), body.read(1)],
    "lines": list,
    "readline": lambda body: [body.readline(), body.readline(3), body.readline(0), body.readline(-1)],
    "readlines": lambda body: body.readlines(),
    "hint": lambda body: body.readlines(7) + [b"|"] + body.readlines(1),
    "mixed": lambda body: [body.read(3), body.readline(), body.read(2), body.readline(1), body.read()],
    "close": lambda body: [body.close() or body.read()],
    "sizes": lambda body: [b"%d" % len(part) for part in iter(lambda: body.read(100000), b"")],
}


def twice_failing(body):
    """Both ways in which a broken body shows itself."""
    found = []
    for _ in range(2):
        try:
            found.append(body.read())
        except OSError as error:
            found.append(str(error).encode())
    return found


READERS["failing"] = twice_failing


def application(environ, start_response):
    parts = READERS[environ["PATH_INFO"].strip("/")](environ["wsgi.input"])
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps([part.decode("latin-1") for part in parts]).encode()]
