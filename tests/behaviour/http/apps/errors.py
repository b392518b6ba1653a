"""Answers with the status that the first part of the path says, as the second part says; tells of itself in JSON."""

import json

SHOWN = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "CONTENT_LENGTH")


def application(environ, start_response):
    _, status, way = (environ["PATH_INFO"] + "//").split("/")[:3]
    headers = [
        ("Content-Type", "text/x-own"),
        ("WWW-Authenticate", 'Basic realm="r"'),
        ("Allow", "GET"),
        ("Retry-After", "7"),
        ("X-Own", "yes"),
    ]
    if way == "raise":
        raise RuntimeError("it failed")
    start_response("%s As I Say" % status, headers)
    if way == "stream":
        return iter([b"one ", b"two ", b"three"])
    if way == "endless":
        return endless()
    if way == "file":
        return environ["wsgi.file_wrapper"](open(__file__, "rb"))
    told = {key: value for key, value in environ.items() if key in SHOWN or key.startswith("REDIRECT_")}
    told["body"] = environ["wsgi.input"].read().decode("latin-1")
    return [json.dumps(told).encode()]


def endless():
    while True:
        yield b"x" * 65536
