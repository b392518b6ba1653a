"""What an application returns, with somebody around each step that is taken with it."""

from .files import FileWrapper


def is_inert(result):
    """Whether no code of the application runs any more for this result: it can be sent as it is."""
    return type(result) in (list, tuple, FileWrapper)


def plainly(call, *args):
    """A step with nobody around it."""
    return call(*args)


class WatchedBody:
    """The same body; `step(call, *args)` makes each call of the application's iterator, and of close()."""

    def __init__(self, result, step=plainly):
        self._result = result
        self._step = step
        self._items = None

    def __iter__(self):
        return self

    def __next__(self):
        if self._items is None:
            self._items = self._step(iter, self._result)
        return self._step(next, self._items)

    def close(self):
        """Close what the application has returned, if it can be."""
        close = getattr(self._result, "close", None)
        if close is not None:
            self._step(close)
