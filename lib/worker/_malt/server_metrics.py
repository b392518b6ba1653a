"""mod_wsgi.server_metrics(): what the server as a whole does, as the supervisor knows it."""

import itertools
from threading import Event

# Seconds to wait for the supervisor, which asks all processes first.
PATIENCE = 3.0


class ServerMetrics:
    """Asks for them over the control connection. Any thread may."""

    def __init__(self, control):
        self._control = control
        self._queries = itertools.count(1)
        # By the number of the question: the event that is waited for, and the answer once it is there.
        self._open = {}

    def sample(self):
        """The documented dict; None when there is no answer in time."""
        query = next(self._queries)
        asked = self._open[query] = [Event(), None]
        try:
            self._control.send([{"kind": "metrics-wanted", "query": query}])
            asked[0].wait(PATIENCE)
            return asked[1]
        finally:
            del self._open[query]

    def answered(self, query, metrics):
        """The supervisor has answered."""
        asked = self._open.get(query)
        if asked is not None:
            asked[1] = metrics
            asked[0].set()
