"""What is counted only where an option asks for it, so that it costs nothing elsewhere."""

import itertools

from .threads import RequestThread

# What a front end adds to the environ of a request that is no activity. Environs begin with another pair.
IGNORED = "\0mod_wsgi.ignore_activity\x001"


class LimitedCounter:
    """Numbers finished requests, as itertools.count does, and calls `reached` with the last of `limit`."""

    def __init__(self, limit, reached):
        self._numbers = itertools.count(1)
        self._limit = limit
        self._reached = reached

    def __next__(self):
        number = next(self._numbers)
        if number == self._limit:
            self._reached()
        return number


class WatchfulThread(RequestThread):
    """A request thread that knows how many of its requests were no activity."""

    def _run(self, request, now):
        super()._run(request, now)
        if IGNORED in request.text:
            self.ignored += 1
