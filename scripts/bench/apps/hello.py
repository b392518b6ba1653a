"""The smallest application: what is measured is the server."""


def application(environ, start_response):
    """Answer 12 bytes of plain text to anything."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12")])
    return [b"Hello World!"]
