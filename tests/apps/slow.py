"""Logs "waiting" and waits for the file that the path names to exist, then answers. "/now" answers at once."""

import os
import time


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path != "/now":
        print("waiting", file=environ["wsgi.errors"])
        while not os.path.exists(path):
            time.sleep(0.002)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
