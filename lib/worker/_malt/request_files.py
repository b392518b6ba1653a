"""Names of files that belong to one request: when, by which process, and which one of them it was."""

import itertools
import os
import time


class RequestFiles:
    """The files in one folder."""

    def __init__(self, folder, first=1):
        self._folder = folder
        self._numbers = itertools.count(first)

    def next(self):
        """The path for the next request, without an ending: microseconds since the epoch, process id, number."""
        name = "%d-%d-%d" % (time.time_ns() // 1000, os.getpid(), next(self._numbers))
        return os.path.join(self._folder, name)


def open_private(path, mode="wb"):
    """A new file that only the user of the workers can read."""
    encoding = None if "b" in mode else "utf-8"
    errors = None if "b" in mode else "backslashreplace"
    return open(path, mode, encoding=encoding, errors=errors, opener=_private)


def _private(path, flags):
    # In a folder that others may write to, the name may be a link of theirs.
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
