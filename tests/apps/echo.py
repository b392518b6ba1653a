"""Answers with what it was given: the environ, and size and SHA-256 of the body, as JSON."""

import hashlib
import json


def application(environ, start_response):
    body = hashlib.sha256()
    size = 0
    while True:
        block = environ["wsgi.input"].read(65536)
        if not block:
            break
        size += len(block)
        body.update(block)
    shown = {}
    for key, value in environ.items():
        simple = isinstance(value, (str, int, bool)) or key.endswith(".version")
        shown[key] = value if simple else "%s.%s" % (type(value).__module__, type(value).__name__)
    text = json.dumps({"environ": shown, "size": size, "sha256": body.hexdigest()}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]
