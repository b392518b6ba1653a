"""Bodies in parts. The query says which: COUNTxSIZE, with "!" also the Content-Length."""

import os


class Parts:
    """An iterable that notes in $MALT_TEST_CLOSED that it was closed, and how often."""

    def __init__(self, count, size):
        self._left = count
        self._size = size
        self._closed = 0

    def __iter__(self):
        return self

    def __next__(self):
        if not self._left:
            raise StopIteration
        self._left -= 1
        return bytes([65 + self._left % 26]) * self._size

    def close(self):
        """A second call would show in the file."""
        path = os.environ.get("MALT_TEST_CLOSED")
        self._closed += 1
        if path:
            with open(path, "a") as file:
                file.write("closed with %d left\n" % self._left)


def application(environ, start_response):
    query = environ["QUERY_STRING"]
    count, size = map(int, query.rstrip("!").split("x"))
    headers = [("Content-Type", "text/plain")]
    if query.endswith("!"):
        headers.append(("Content-Length", str(count * size)))
    start_response("200 OK", headers)
    return Parts(count, size)
