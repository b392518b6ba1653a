"""What the application was loaded from, and whether that is still the same."""

import os


class Target:
    """A file as it is when it is about to be loaded: a script, the file of a module, a paste configuration."""

    def __init__(self, path):
        self.path = path
        self._stamp = modified(path)

    def outdated(self):
        """Whether it has another modification time by now, an older one included, or is gone. About a microsecond."""
        return modified(self.path) != self._stamp


def modified(path):
    """When a file was last changed, to the nanosecond; None when there is none to be seen."""
    try:
        return os.stat(path).st_mtime_ns
    except (OSError, ValueError):
        return None
