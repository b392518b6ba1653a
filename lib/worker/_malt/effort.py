"""Whether a thread wants the processor, as the kernel sees it: at work, or waiting for something."""


def wanted_ns(native_id):
    """Nanoseconds this thread of the process has run or stood in line for a processor; None where nobody knows."""
    try:
        # Unbuffered: a single small read of what the kernel makes up on the spot.
        with open("/proc/self/task/%d/schedstat" % native_id, "rb", 0) as file:
            ran, stood, _ = file.read(64).split()
            return int(ran) + int(stood)
    except (OSError, ValueError):
        return None


class Effort:
    """What one thread does between two looks."""

    def __init__(self):
        self._of = self._wanted = None
        self._since = 0

    def is_idle(self, native_id, now):
        """Whether the thread, since the last look at it (`now` is ns), mostly waited; None at the first look at it."""
        wanted = wanted_ns(native_id)
        known = self._of == native_id
        before, since = self._wanted, self._since
        self._of, self._wanted, self._since = native_id, wanted, now
        if wanted is None:
            return True
        if not known or before is None:
            return None
        return (wanted - before) * 2 < now - since

    def forget(self):
        """The next look at any thread is the first."""
        self._of = None
