"""Wall-clock time from the monotonic clock: one reading serves durations and timestamps."""

from time import monotonic_ns, time_ns


class Clock:
    """Knows how far the epoch is from the monotonic clock's zero."""

    __slots__ = ("offset",)

    def __init__(self):
        self.adjust()

    def adjust(self):
        """Follow the wall clock; called each second."""
        #: Add it to a reading of monotonic_ns for nanoseconds since the epoch.
        self.offset = time_ns() - monotonic_ns()
