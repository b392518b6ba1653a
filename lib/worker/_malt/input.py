"""wsgi.input: the request body, inline or pulled from the front end as the application reads it."""

from time import monotonic_ns

from . import frames

# Bytes of a body that may be on their way or wait here: enough to keep a UNIX socket busy.
WINDOW = 256 * 1024

EXPIRED = "request object has expired"
FAILED = "Apache/mod_wsgi request data read error: %s"


class Input:
    """The file-like object that PEP 3333 asks for; after the last byte each read gives b"" (input_terminated)."""

    #: How many bytes of the current part were read.
    _position = 0
    #: How many bytes were asked for, and how many of these were taken out of the request.
    _pulled = 0
    _taken = 0
    _failed = False

    def __init__(self, request, channel):
        #: None once the request is over: every later use is an error.
        self.request = request
        self._channel = channel
        #: The bytes being read.
        self._part = request.body

    def read(self, size=-1):
        """Exactly `size` bytes, fewer only at the end of the body; all that is left for None or a negative size."""
        if self.request is None:
            raise RuntimeError(EXPIRED)
        part, start = self._part, self._position
        left = len(part) - start
        everything = size is None or size < 0
        if not everything and size <= left:
            self._position = start + size
            return part[start : start + size]
        pieces = [part[start:]]
        wanted = None if everything else size - left
        while (everything or wanted > 0) and self._next_part():
            part = self._part
            if not everything and len(part) > wanted:
                self._position = wanted
                pieces.append(part[:wanted])
                return b"".join(pieces)
            pieces.append(part)
            if not everything:
                wanted -= len(part)
        # What was read is let go at once: the pieces may be all that keeps a large body in memory.
        self._part, self._position = b"", 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readline(self, size=-1):
        """The next line with its b"\\n", or its first `size` bytes; b"" at the end."""
        if self.request is None:
            raise RuntimeError(EXPIRED)
        limit = -1 if size is None or size < 0 else size
        pieces = []
        while limit:
            start = self._position
            end = self._part.find(b"\n", start) + 1
            complete = end > 0
            end = end or len(self._part)
            if 0 <= limit <= end - start:
                end, complete = start + limit, True
            if end > start:
                pieces.append(self._part[start:end])
                self._position = end
                limit = limit - (end - start) if limit > 0 else limit
            if complete or not self._next_part():
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readlines(self, hint=-1):
        """The lines that are left; with a positive `hint` only until they have that many bytes."""
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def close(self):
        """Does nothing: the body belongs to the server."""

    def _next_part(self):
        """Replace the part that is used up by the next one, waiting for it. False at the end of the body."""
        request = self.request
        if self._failed:
            raise OSError(FAILED % "Input is already in error state.")
        while True:
            seen = request.news
            parts = request.body_parts
            if parts:
                self._part = parts.popleft()
                self._position = 0
                self._taken += len(self._part)
                self._pull()
                return True
            if request.body_complete:
                self._part, self._position = b"", 0
                return False
            if request.body_failure is not None or request.cancelled:
                self._failed = True
                raise OSError(FAILED % (request.body_failure or "the client has closed the connection"))
            self._pull()
            self._channel.wait(request, seen)

    def _pull(self):
        """Keep the window open while more is to come. The first PULL is what sends "100 Continue" to the client."""
        request = self.request
        room = WINDOW - (self._pulled - self._taken)
        # By halves: a frame for each part that was read would cost more than it brings.
        if room >= WINDOW // 2 and not request.body_complete:
            self._pulled += room
            request.connection.put((frames.pull(request.id, room),), monotonic_ns())
            request.connection.flush()
