"""What is counted only where an option asks for it, so that it costs nothing elsewhere."""

import itertools


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


def is_ignored(environ):
    """Whether the front end takes this request for no activity, see --ignore-activity."""
    return environ.get("mod_wsgi.ignore_activity") == "1"


class Attention:
    """Counts the requests that are activity."""

    def __init__(self):
        self.counted = 0
        # Taking the next one is atomic.
        self._numbers = itertools.count(1)

    def watch(self, application):
        """An application that is the same, and counted."""

        def call(environ, start_response):
            if not is_ignored(environ):
                self.counted = next(self._numbers)
            return application(environ, start_response)

        return call
