"""Uses what start_response returns, and an iterable after it."""


def application(environ, start_response):
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    write(b"")
    write(b"one ")
    write(b"two ")
    return [b"three ", b"", b"four"]
