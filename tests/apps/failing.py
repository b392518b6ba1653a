"""Goes wrong, in the way that the path names."""

import os
import sys
import time

PLAIN = [("Content-Type", "text/plain")]


class Closing:
    """An iterable that fails where it is told to."""

    def __init__(self, fail_at):
        self._fail_at = fail_at

    def __iter__(self):
        yield b"some data"
        if self._fail_at == "iteration":
            raise ValueError("failed in iteration")

    def close(self):
        if self._fail_at == "close":
            raise ValueError("failed in close")


def before(environ, start_response):
    raise ValueError("failed before the head")


def after_start(environ, start_response):
    start_response("200 OK", PLAIN)
    raise ValueError("failed after start_response")


def in_iteration(environ, start_response):
    start_response("200 OK", PLAIN)
    return Closing("iteration")


def in_close(environ, start_response):
    start_response("200 OK", PLAIN)
    return Closing("close")


def after_all(environ, start_response):
    class Late(Closing):
        """Fails once the response must have left."""

        def close(self):
            while not os.path.exists(os.environ["MALT_TEST_GATE"]):
                time.sleep(0.002)
            super().close()

    start_response("200 OK", PLAIN + [("Content-Length", "9")])
    return Late("close")


def system_exit(environ, start_response):
    sys.exit(3)


def no_words(environ, start_response):
    raise MemoryError


def no_start(environ, start_response):
    return [b"data"]


def not_bytes(environ, start_response):
    start_response("200 OK", PLAIN)
    return ["text"]


def too_short(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "100")])
    return [b"short"]


def too_short_stream(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "100")])
    return iter([b"sho", b"rt"])


def too_long(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "4")])
    return [b"shortened"]


def too_long_stream(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "4")])
    return iter([b"sho", b"rtened"])


def bad_length(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "-1")])
    return [b"data"]


def recovered(environ, start_response):
    start_response("200 OK", PLAIN)
    try:
        raise ValueError("before anything was sent")
    except ValueError:
        start_response("500 Oh No", [("Content-Type", "text/x-error")], sys.exc_info())
    return [b"recovered"]


def too_late(environ, start_response):
    write = start_response("200 OK", PLAIN)
    write(b"sent")
    try:
        raise ValueError("after the head was sent")
    except ValueError:
        start_response("500 Oh No", PLAIN, sys.exc_info())
    return [b"never"]


def again(environ, start_response):
    write = start_response("200 OK", PLAIN)
    write(b"sent")
    start_response("200 OK", PLAIN)
    return []


def long_header(environ, start_response):
    start_response("200 OK", PLAIN + [("X-Long", "x" * 40000)])
    return [b"data"]


CASES = {function.__name__: function for function in list(globals().values()) if callable(function)}


def application(environ, start_response):
    return CASES[environ["PATH_INFO"].strip("/")](environ, start_response)
