"""An application to look into: it fails where its path says, and tells what it finds around it."""

import json
import os
import sys
import threading
import time


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/call":
        raise ValueError("in the call")
    if path == "/break":
        breakpoint()
    if path == "/exit":
        sys.exit(3)
    if path == "/die":
        os._exit(3)
    if path == "/wait":
        print("waiting", flush=True)
        time.sleep(60)
    if path == "/print":
        print("to standard output")
        print("to standard error", file=sys.stderr)
    if path == "/ask":
        environ["answer"] = input("who is there? ")
    if path == "/file":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](open(__file__, "rb"))
    if path == "/echo":
        write = start_response("200 OK", [("Content-Type", "text/plain"), ("X-Made", "by hand")])
        write(b"you said: ")
        return [environ["wsgi.input"].read()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path in ("/stream", "/iteration", "/close"):
        return Body(path)
    return [json.dumps(about(environ)).encode()]


def about(environ):
    return {
        "pid": os.getpid(),
        "isMainThread": threading.current_thread() is threading.main_thread(),
        "isTerminal": [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "variables": {name: value for name, value in os.environ.items() if name.startswith("MOD_WSGI_")},
        "environ": {name: value for name, value in environ.items() if isinstance(value, (str, bool))},
        "searchPath": sys.path,
    }


class Body:
    def __init__(self, path):
        self._path = path
        self._items = iter([b"one, ", b"two"])

    def __iter__(self):
        return self

    def __next__(self):
        if self._path == "/iteration":
            raise KeyError("in the iteration")
        return next(self._items)

    def close(self):
        if self._path == "/close":
            raise LookupError("in close")
