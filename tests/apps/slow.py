"""Waits for the file that the path names to exist, then answers. "/now" answers at once."""

import os
import time


def application(environ, start_response):
    path = environ["PATH_INFO"]
    while path != "/now" and not os.path.exists(path):
        time.sleep(0.002)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
