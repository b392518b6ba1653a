"""One response on its way out: start_response, write, and the frames that they become."""

import os
from time import monotonic_ns

from . import frames
from .files import FileWrapper, regular_file
from .frames import response_prefix
from .heads import content_length, encode_head
from .input import EXPIRED

# Most body bytes in one frame: far below what a frame may carry, and enough to make its cost disappear.
PIECE_BYTES = 1024 * 1024
# Streamed bytes that are worth a send of their own (ns since the oldest was put, bytes).
LINGER = 500_000
BULK_BYTES = 16 * 1024
# Characters of the reason in an ABORT: it is one line of a log.
REASON_LENGTH = 1000


class ClientGone(OSError):
    """Nobody takes the response any more."""


class Response:
    """What the application answers to one request. Its methods are called by the request's thread."""

    #: The encoded head; None until start_response was called.
    head = None
    #: Whether the head has been put, and so can't be changed.
    sent = False
    #: Body bytes that Content-Length still leaves; None when it doesn't say.
    _remaining = None
    #: HEAD, 204 and 304: the body is produced and dropped.
    _bodiless = False
    _lengths = ()
    #: Whether the last frame has been put.
    ended = False
    #: Body bytes put so far, to be compared with the request's credit.
    _used = 0

    def __init__(self, request, environ, channel, longest_line, now):
        #: None once the request is over: every later use is an error.
        self.request = request
        self._environ = environ
        self._channel = channel
        self._longest_line = longest_line
        #: When the request was started: the age of frames is counted from there, which needs no clock.
        self._started = now

    # -- what the application calls -------------------------------------------------------------------------------

    def start_response(self, status, headers, exc_info=None):
        """PEP 3333's start_response; the head goes out with the first bytes of the body."""
        if self.request is None:
            raise RuntimeError(EXPIRED)
        if exc_info is not None:
            try:
                self._check_exception(exc_info)
            finally:
                exc_info = None
        elif self.sent:
            raise RuntimeError("headers have already been sent")
        self.head, self._lengths, self._bodiless = encode_head(status, headers, self._longest_line)
        return self.write

    def write(self, data):
        """PEP 3333's write; an empty `data` sends the head. Raises OSError when the client has gone."""
        if self.request is None:
            raise RuntimeError(EXPIRED)
        if not isinstance(data, bytes):
            raise TypeError("byte string value expected, value of type %s found" % type(data).__name__)
        self._send(data)
        self._flush_soon(len(data))

    def _check_exception(self, exc_info):
        if not isinstance(exc_info, tuple) or len(exc_info) != 3:
            raise RuntimeError("exception info must be a tuple of three")
        if self.sent:
            raise exc_info[1].with_traceback(exc_info[2])

    # -- what the request's thread calls --------------------------------------------------------------------------

    def send(self, result):
        """Send what the application returned. True when that was all; else close() and `finish` have to follow."""
        kind = type(result)
        if (kind is list or kind is tuple) and not self.sent:
            self._send_whole(result)
            return self.ended
        if kind is not FileWrapper or self.sent or not self._send_file(result):
            for data in result:
                if not isinstance(data, bytes):
                    _reject_item(data)
                if data:
                    self._send(data)
                    self._flush_soon(len(data))
        return False

    def finish(self):
        """Put the last frame, if it wasn't. Returns None, or why the response is incomplete and was aborted."""
        if self.ended:
            return None
        if not self.sent:
            self._begin()
            if not self._missing():
                self._put_complete(b"")
                return None
            self._put(b"")
        missing = self._missing()
        if missing:
            reason = "the response ended %d bytes short of its Content-Length" % missing
            self.abort(reason)
            return reason
        self.ended = True
        self._put_frame(frames.END, b"")
        return None

    def abort(self, reason):
        """Put an ABORT as the last frame: a 500 when nothing was sent, else the client is cut off."""
        self.ended = True
        self._put_frame(frames.ABORT, reason[:REASON_LENGTH].encode("utf-8", "replace"))

    # -- how it is done -------------------------------------------------------------------------------------------

    def _send_whole(self, items):
        """Send a body that is in memory, where possible together with the head in a single, last frame."""
        data = items[0] if len(items) == 1 else _join(items)
        if not isinstance(data, bytes):
            _reject_item(data)
        length = len(data)
        lengths, head = self._lengths, self.head
        # The usual case, for which it costs least: Content-Length is left out, or right.
        usual = not lengths or lengths == (str(length),)
        if usual and head is not None and length <= self.request.credit and length <= PIECE_BYTES:
            # With HEAD the front end drops the body, and knows its length from it.
            self._put_complete(b"" if self._bodiless else data)
        else:
            self._send(data)

    def _put_complete(self, data):
        """Put head and body as one frame that is the last one, too."""
        self.sent = self.ended = True
        request, head = self.request, self.head
        connection = request.connection
        prefix = response_prefix(request.id, len(head), len(data), frames.COMPLETE)
        # What Connection.put does: for most requests this is their only frame.
        if not connection.outbox:
            connection.oldest = self._started
        connection.extend((prefix, head, data))

    def _begin(self):
        """Fix what the head means for the body, now that it can't be replaced any more."""
        if self.head is None:
            raise RuntimeError("response has not been started")
        self._remaining = content_length(self._lengths)
        if self._environ.get("REQUEST_METHOD") == "HEAD":
            self._bodiless = True

    def _missing(self):
        return 0 if self._bodiless or not self._remaining else self._remaining

    def _send(self, data):
        """Put body bytes, waiting for credit where needed; with the head if that wasn't sent."""
        if self.request.cancelled:
            raise ClientGone("the client has closed the connection")
        if not self.sent:
            self._begin()
        if self._remaining is not None:
            data = data[: self._remaining]
            self._remaining -= len(data)
            if not self._remaining and self._is_whole(data):
                # Whatever the application does next, the response is whole: one frame, and one wake-up, carries it.
                self._put_complete(data)
                return
        self._put(b"" if self._bodiless else data)

    def _is_whole(self, data):
        """Whether a body of just `data` can be put in one frame with the head."""
        return not self.sent and not self._bodiless and len(data) <= min(PIECE_BYTES, self.request.credit)

    def _put(self, data):
        """Put `data` in frames as large as the credit allows."""
        rest = memoryview(data)
        if not self.sent:
            piece = rest[: min(PIECE_BYTES, self._room())]
            self.sent = True
            head = self.head
            prefix = response_prefix(self.request.id, len(head), len(piece), 0)
            self.request.connection.put((prefix, head, piece), self._started)
            self._used = len(piece)
            rest = rest[len(piece) :]
        while rest:
            piece = rest[: min(PIECE_BYTES, self._room(wait=True))]
            self._put_frame(frames.CHUNK, piece)
            self._used += len(piece)
            rest = rest[len(piece) :]

    def _put_frame(self, kind, payload):
        request = self.request
        head = frames.header(kind, request.id, len(payload))
        request.connection.put((head, payload) if payload else (head,), self._started)

    def _room(self, wait=False):
        """Body bytes that may be sent now; with `wait` at least one."""
        request = self.request
        while True:
            seen = request.news
            if request.cancelled:
                raise ClientGone("the client has closed the connection")
            room = request.credit - self._used
            if room > 0 or not wait:
                return max(0, room)
            self._channel.wait(request, seen)

    def _flush_soon(self, count):
        """Streamed bytes must not wait for what the application does next; the steward sees to it."""
        connection = self.request.connection
        if not connection.outbox:
            return
        if self.ended and self._channel.steward.rouse():
            # Nothing may follow but close(), after which the thread looks for itself.
            return
        if count >= BULK_BYTES or monotonic_ns() - connection.oldest > LINGER or not self._channel.steward.rouse():
            connection.flush()

    def _send_file(self, wrapper):
        """Have the front end send the file of `wrapper`. False when it is none, or can't be sent that way."""
        found = regular_file(wrapper)
        if found is None or self.head is None:
            return False
        descriptor, offset, length = found
        declared = content_length(self._lengths)
        if declared is not None and declared > length:
            return False
        if declared is None and not self._bodiless:
            self.head += b"\0Content-Length\0%d" % length
            self._lengths = (str(length),)
        self._begin()
        if self._bodiless:
            return True
        length = length if declared is None else declared
        request = self.request
        self.sent = True
        self._remaining = 0
        path = frames.file_slice(offset, length, b"/proc/%d/fd/%d" % (os.getpid(), descriptor))
        prefix = response_prefix(request.id, len(self.head), len(path), frames.FILE)
        request.connection.put((prefix, self.head, path), self._started)
        if not self._file_taken():
            # The front end couldn't open it: the bytes go the way of any other body.
            self._remaining = length
            for block in wrapper:
                self._send(block)
                self._flush_soon(len(block))
                if not self._remaining:
                    break
        return True

    def _file_taken(self):
        request = self.request
        while True:
            seen = request.news
            if request.cancelled:
                raise ClientGone("the client has closed the connection")
            if request.file_taken is not None:
                return request.file_taken
            self._channel.wait(request, seen)


def _join(items):
    for item in items:
        if not isinstance(item, bytes):
            _reject_item(item)
    return b"".join(items)


def _reject_item(item):
    raise TypeError("sequence of byte string values expected, value of type %s found" % type(item).__name__)
