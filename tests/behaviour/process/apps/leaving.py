"""Has an exit function that tells that it runs, and never ends where $MALT_TEST_STAY is set."""

import atexit
import os
import time


def leave():
    print("leaving")
    while os.environ.get("MALT_TEST_STAY"):
        time.sleep(1)


atexit.register(leave)


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]
