"""Text of many kinds: the first part of the path says how it comes, the query how much of it."""

import base64
import os
import time

LINE = b"The quick brown fox jumps over the lazy dog, again and again.\n"


def lines(count):
    return b"".join(b"%d %s" % (number, LINE) for number in range(count))


def application(environ, start_response):
    way = environ["PATH_INFO"].split("/")[1]
    count = int(environ["QUERY_STRING"] or 100)
    method = environ["REQUEST_METHOD"]
    headers = [("Content-Type", "text/html; charset=utf-8"), ("ETag", '"v1"'), ("X-Method", method)]
    if environ.get("HTTP_IF_NONE_MATCH") == '"v1"':
        start_response("304 Not Modified", [("ETag", '"v1"')])
        return []
    if way == "png":
        headers[0] = ("Content-Type", "image/png")
    if way == "short":
        headers.append(("Content-Length", "1000000"))
    if way == "raises":
        raise RuntimeError("before anything")
    start_response("200 OK", headers)
    if way == "parts":
        return parts(count)
    if way == "gated":
        return gated()
    if way == "fails":
        return fails()
    if way == "noise":
        return noise(count)
    if way == "short":
        return iter([lines(count)])
    if way == "file":
        return environ["wsgi.file_wrapper"](open(os.environ["TEXT_FILE"], "rb"))
    return [lines(count)]


def parts(count):
    for number in range(count):
        yield b"%d %s" % (number, LINE)


def noise(count):
    """Text that hardly gets smaller, with a note of each part made."""
    notes = os.open(os.path.join(os.environ["MALT_TEST_NOTES"], "notes"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for _ in range(count):
        os.write(notes, b"made\n")
        yield base64.b64encode(os.urandom(36 * 1024))
    os.close(notes)


def gated():
    """One part, and another when the test has read the first."""
    yield b"first part\n"
    while not os.path.exists(os.environ["GATE"]):
        time.sleep(0.002)
    yield b"second part\n"


def fails():
    yield LINE
    raise RuntimeError("in the middle")
