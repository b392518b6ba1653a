"""Takes and gives big bodies without keeping them: byte number i of either is i % 251."""

# 251 is prime: a block lost, doubled or moved by a power of two shows in the very next byte.
PERIOD = 251
BLOCK = 65536
PATTERN = bytes(range(PERIOD)) * (BLOCK // PERIOD + 2)


def piece(position, length):
    """Return the `length` bytes (at most BLOCK) that belong at `position` of a body."""
    start = position % PERIOD
    return PATTERN[start : start + length]


def take(environ):
    """Read the request body to its end; say how many bytes came and whether they were the right ones."""
    stream = environ["wsgi.input"]
    expected = int(environ["CONTENT_LENGTH"])
    position = 0
    while position < expected:
        data = stream.read(min(BLOCK, expected - position))
        if not data:
            break
        if data != piece(position, len(data)):
            return "wrong bytes in the block at %d" % position
        position += len(data)
    return "%d bytes" % position


def give(total):
    """Yield a body of `total` bytes."""
    position = 0
    while position < total:
        data = piece(position, min(BLOCK, total - position))
        position += len(data)
        yield data


def application(environ, start_response):
    """PUT /up takes a body, GET /down?BYTES gives one; anything else is a greeting."""
    path = environ["PATH_INFO"]
    if path == "/down":
        total = int(environ["QUERY_STRING"])
        start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(total))])
        return give(total)
    body = (take(environ) if path == "/up" else "ready").encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
