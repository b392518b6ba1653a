"""Sleeps for 20 ms, then answers."""

import time


def application(environ, start_response):
    time.sleep(0.02)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"rested"]
