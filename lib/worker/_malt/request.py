"""One request as the channel knows it: what arrived with it and since. The leader writes, the request's thread reads."""

from collections import deque

from . import frames


class HandedBack(BaseException):
    """Raised in place of a response, before anything of it was sent: a worker with newer code is to make it."""


class Request:
    """A request in the hands of this worker, from its REQUEST frame to its last frame.

    Fields that most requests never touch are defaults of the class, which keeps making one cheap.
    """

    #: The front end takes nothing any more: its client has gone, or the front end has.
    cancelled = False
    #: Why the body will not arrive; None while it still may.
    body_failure = None
    #: Chunks of the body that were pulled and not read yet.
    body_parts = None
    #: None until the front end answered a FILE response, then whether it opened the file.
    file_taken = None
    #: The environ its text is to be added to; None for that of the worker.
    common = None
    #: Raised with each change of the fields above, see `Channel.wait`.
    news = 0
    #: Threads that wait for news.
    waiters = ()

    def __init__(self, connection, request_id, text, body, body_complete, credit):
        self.connection = connection
        self.id = request_id
        #: The environ as NUL-separated name, value, name, value.
        self.text = text
        #: The part of the body that came with the request, and whether anything follows it.
        self.body = body
        self.body_complete = body_complete
        #: Body bytes of the response that may have been sent in all, whether or not they were taken.
        self.credit = credit

    def told(self, kind, flags, payload):
        """A frame came for it. Raises ProtocolError."""
        if kind == frames.GRANT:
            self.grant(frames.number(payload))
        elif kind == frames.BODY and flags & frames.FAILED:
            self.fail_body(str(payload, "utf-8", "replace"))
        elif kind == frames.BODY:
            self.add_body(bytes(payload), flags & frames.LAST)
        elif kind == frames.CANCEL:
            self.cancel()
        elif kind == frames.FILE_TAKEN:
            self.answer_file(bool(flags & frames.OK))
        else:
            raise frames.ProtocolError("a front end sent a frame of type %d" % kind)

    def add_body(self, payload, last):
        """More of the body, as asked for by a PULL."""
        if self.body_parts is None:
            self.body_parts = deque()
        if payload:
            self.body_parts.append(payload)
        if last:
            self.body_complete = True
        self.news += 1

    def fail_body(self, reason):
        """The rest of the body will not come."""
        self.body_failure = reason
        self.news += 1

    def grant(self, count):
        """`count` more bytes of the response may be sent."""
        self.credit += count
        self.news += 1

    def answer_file(self, taken):
        """The front end has opened the file of the response, or wants its bytes."""
        self.file_taken = taken
        self.news += 1

    def cancel(self):
        """Nobody wants the response."""
        self.cancelled = True
        self.news += 1
