"""Writes down each request whose body it could read, as a line of JSON in $MALT_TEST_NOTES/notes."""

import json
import os

VARIABLES = ("CONTENT_TYPE", "CONTENT_LENGTH")


def application(environ, start_response):
    body = environ["wsgi.input"].read().decode("latin-1")
    record = {
        "method": environ["REQUEST_METHOD"],
        "target": environ["REQUEST_URI"],
        "path": environ["PATH_INFO"],
        "query": environ["QUERY_STRING"],
        "host": environ.get("HTTP_HOST", ""),
        "version": environ["SERVER_PROTOCOL"],
        "body": body,
        "environ": {key: value for key, value in environ.items() if key.startswith("HTTP_") or key in VARIABLES},
    }
    # One write of one line: those of several processes don't mix.
    notes = os.open(os.path.join(os.environ["MALT_TEST_NOTES"], "notes"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(notes, json.dumps(record).encode() + b"\n")
    os.close(notes)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return []
