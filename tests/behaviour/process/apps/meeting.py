"""Keeps each request until as many as the query says are in the folder that it names, and answers who met."""

import json
import os
import time
from urllib.parse import parse_qs

# Seconds after which nobody else will come: the test has failed, and wants to say so.
PATIENCE = 15


def application(environ, start_response):
    query = {key: values[0] for key, values in parse_qs(environ["QUERY_STRING"]).items()}
    me = "%d-%d" % (os.getpid(), environ["mod_wsgi.thread_id"])
    open(os.path.join(query["folder"], me), "x").close()
    deadline = time.monotonic() + PATIENCE
    while len(os.listdir(query["folder"])) < int(query["count"]) and time.monotonic() < deadline:
        time.sleep(0.002)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(sorted(os.listdir(query["folder"]))).encode()]
