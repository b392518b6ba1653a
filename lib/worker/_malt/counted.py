"""Responses whose bytes are counted: for observers, and for the bytes of each thread in server_metrics()."""

from time import monotonic_ns

from .response import Response
from .threads import RequestThread


class CountedResponse(Response):
    """A response that counts what is sent, and how long that took."""

    writes = length = waited = 0

    def _put_complete(self, data):
        self._count(len(data))
        super()._put_complete(data)

    def _put(self, data):
        self._count(len(data))
        start = monotonic_ns()
        super()._put(data)
        self.waited += monotonic_ns() - start

    def _send_file(self, wrapper):
        before, start = self.writes, monotonic_ns()
        sent = super()._send_file(wrapper)
        if sent and self.writes == before and not self._bodiless:
            # The front end took the file, and no byte of it was seen here.
            self._count(int(self._lengths[0]))
            self.waited += monotonic_ns() - start
        return sent

    def _count(self, length):
        if length:
            self.writes += 1
            self.length += length


class CountingThread(RequestThread):
    """A request thread that adds up the bytes of its responses."""

    #: The response of the request being run, or of the last one.
    response = None

    def make_response(self, request, environ, channel, longest_line, now):
        """The response, which is kept until it has been counted."""
        self.response = CountedResponse(request, environ, channel, longest_line, now)
        return self.response

    def _run(self, request, now):
        self.response = None
        super()._run(request, now)
        if self.response is not None:
            self.sent += self.response.length
