"""--slow-requests: tells of requests that run for long, while they run, and what they are doing.

The control thread looks with each sign of life, which costs nothing that a request could feel. What will have run for too
long before the next one is looked at again at that moment.
"""

import sys
from time import monotonic_ns

from .logs import remote_of
from .stacks import request_frames

MOST_FRAMES = 100


class SlowRequests:
    """Remembers which requests it has told of."""

    def __init__(self, worker):
        self._worker = worker
        self._limit = worker.config["slowRequestMs"] * 1_000_000
        # By the number of the thread: when the request was started that was told of.
        self._told = {}

    def look(self):
        """Tell of those that are new. Returns the seconds until the next that runs now would have to be told of, or None."""
        now = monotonic_ns()
        left = None
        for thread in self._worker.threads:
            environ, started = thread.environ, thread.started
            if environ is None or self._told.get(thread.number) == started:
                continue
            remaining = started + self._limit - now
            if remaining > 0:
                left = remaining if left is None else min(left, remaining)
                continue
            self._told[thread.number] = started
            self._tell(thread, environ, (now - started) / 1e9)
        return None if left is None else left / 1e9

    def _tell(self, thread, environ, seconds):
        worker = self._worker
        frame = sys._current_frames().get(thread.ident)
        frames = [] if frame is None else request_frames(frame)[:MOST_FRAMES]
        if thread.environ is not environ:
            # It has just ended, and this is the stack of another.
            frames = []
        limit = worker.config["slowRequestMs"] // 1000
        head = "%sRequest %s has been running for %.1f s (--slow-requests %d) in thread %d, from %s."
        text = head % (worker.log.prefix, worker.what(environ), seconds, limit, thread.number, remote_of(environ))
        lines = ["executing " + frame if index == 0 else "called from " + frame for index, frame in enumerate(frames)]
        worker.log.lines("warn", [text] + lines)
