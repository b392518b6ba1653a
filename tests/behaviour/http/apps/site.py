"""Behaves in the way that the first part of the path names; the query says more. Talks with its test through files:
it appends lines to $MALT_TEST_NOTES/notes, and waits for other files in that folder to appear."""

import os
import time
from urllib.parse import unquote

FOLDER = os.environ.get("MALT_TEST_NOTES", "")
PLAIN = ("Content-Type", "text/plain")


def note(text):
    """One write of one line: lines of several processes don't mix."""
    descriptor = os.open(os.path.join(FOLDER, "notes"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(descriptor, text.encode() + b"\n")
    os.close(descriptor)


def wait(gate):
    """Until the test opens the gate."""
    while not os.path.exists(os.path.join(FOLDER, gate)):
        time.sleep(0.002)


class Parts:
    """COUNT parts of SIZE bytes; notes how many were made, every `report` of them, and how many close() left."""

    def __init__(self, count, size, report):
        self._count = count
        self._part = b"x" * size
        self._report = report
        self._made = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self._made == self._count:
            raise StopIteration
        self._made += 1
        if self._report and self._made % self._report == 0:
            note("made %d" % self._made)
        return self._part

    def close(self):
        note("closed with %d of %d made" % (self._made, self._count))


def answer(start_response, text, status="200 OK"):
    body = text.encode("latin-1")
    start_response(status, [PLAIN, ("Content-Length", str(len(body)))])
    return [body]


def echo(environ, start_response):
    """Method, path and body."""
    body = environ["wsgi.input"].read().decode("latin-1")
    return answer(start_response, "%s %s %s" % (environ["REQUEST_METHOD"], environ["PATH_INFO"], body))


def run(environ, start_response):
    """Notes that it ran."""
    note("ran %s" % environ["QUERY_STRING"])
    return answer(start_response, "ran")


def gate(environ, start_response):
    """Waits for the gate that the query names."""
    note("at %s" % environ["QUERY_STRING"])
    wait(environ["QUERY_STRING"])
    return answer(start_response, "through")


def unread(environ, start_response):
    """Leaves the body alone."""
    return answer(start_response, "unread")


def late(environ, start_response):
    """Reads the body once the gate is open."""
    note("at %s" % environ["QUERY_STRING"])
    wait(environ["QUERY_STRING"])
    return echo(environ, start_response)


def count(environ, start_response):
    """Counts the body, and notes what goes wrong with it."""
    note("counting")
    size = 0
    try:
        while True:
            block = environ["wsgi.input"].read(65536)
            if not block:
                break
            size += len(block)
    except OSError:
        note("cut after %d" % size)
        raise
    return answer(start_response, str(size))


def parts(environ, start_response):
    """COUNTxSIZE[xREPORT], without a Content-Length."""
    start_response("200 OK", [PLAIN])
    numbers = [int(number) for number in environ["QUERY_STRING"].split("x")]
    return Parts(numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 0)


def words(environ, start_response):
    """Three parts, the second behind a gate."""
    start_response("200 OK", [PLAIN])
    yield b"one"
    wait(environ["QUERY_STRING"])
    yield b"two"
    yield b"three"


def status(environ, start_response):
    """The status line that the query names, and a body that some of them must not have."""
    start_response(unquote(environ["QUERY_STRING"], "latin-1"), [PLAIN, ("Content-Length", "4")])
    return [b"body"]


def field(environ, start_response):
    """A header field of so many bytes."""
    start_response("200 OK", [PLAIN, ("X-Long", "x" * int(environ["QUERY_STRING"]))])
    return [b"body"]


def silent(environ, start_response):
    """Says nothing behind its first part until the gate opens, and has promised more than it sends then."""
    start_response("200 OK", [PLAIN, ("Content-Length", "100")])
    yield b"one"
    note("at %s" % environ["QUERY_STRING"])
    wait(environ["QUERY_STRING"])


def breaks(environ, start_response):
    """Fails behind its first part."""
    start_response("200 OK", [PLAIN])
    yield b"one"
    raise ValueError("failed behind the head")


BEHAVIOURS = {function.__name__: function for function in list(globals().values()) if callable(function)}


def application(environ, start_response):
    return BEHAVIOURS[environ["PATH_INFO"].split("/")[1]](environ, start_response)
