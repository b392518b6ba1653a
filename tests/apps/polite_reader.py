"""Reads the body as PEP 3333 allows it and answers with it."""


def application(environ, start_response):
    body = environ["wsgi.input"]
    parts = [body.read(3), body.readline()] + body.readlines() + list(body) + [body.read(10)]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return parts
