"""Sleeps for the seconds in the query, in a function with a name, and answers with the bytes that were sent."""

import json
import threading
import time

import mod_wsgi


def dawdle(seconds):
    time.sleep(seconds)


def application(environ, start_response):
    if environ["PATH_INFO"] == "/server_metrics":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(mod_wsgi.server_metrics()).encode()]
    if environ["PATH_INFO"] == "/fail":
        raise RuntimeError("as asked")
    body = environ["wsgi.input"].read()
    dawdle(float(environ["QUERY_STRING"] or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body or b"done"]


def wait_for_ever():
    threading.Event().wait()


threading.Thread(target=wait_for_ever, name="of-the-application", daemon=True).start()
