"""Answers for files: with what it is told about them, as JSON; edited templates have the process replaced."""

import json
import os
import sys

STARTED = {}


def reload_required(resource):
    """Whether the file is another one than this process saw first."""
    time = os.stat(resource).st_mtime_ns
    return STARTED.setdefault(resource, time) != time


def handle_request(environ, start_response):
    """The environ, as far as it is text."""
    shown = {key: value for key, value in environ.items() if isinstance(value, str)}
    with open(environ["SCRIPT_FILENAME"], encoding="utf-8") as file:
        shown["file"] = file.read()
    shown["module"] = sorted(name for name in sys.modules if name.startswith("__wsgi_resource"))
    shown["body"] = environ["wsgi.input"].read().decode()
    shown["pid"] = os.getpid()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(shown).encode()]
