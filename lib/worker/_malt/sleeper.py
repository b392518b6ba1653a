"""What a thread of the channel sleeps on."""

from _thread import allocate_lock


class Sleeper:
    """What a thread sleeps on. It is woken once a sleep, by whoever took it off a list."""

    __slots__ = ("_lock", "baton", "native_id", "request")

    def __init__(self, request=None):
        self._lock = allocate_lock()
        self._lock.acquire()
        #: Set before the wake-up: the sleeper has to lead now.
        self.baton = False
        #: The kernel's number of the thread, for request threads.
        self.native_id = None
        #: The request of which it waits for news; None when it waits for any request to run.
        self.request = request

    def sleep(self):
        """Wait for `wake`. True when the baton came with it."""
        self._lock.acquire()
        led, self.baton = self.baton, False
        return led

    def wake(self, baton):
        """Let it go on, with or without the baton."""
        self.baton = baton
        self._lock.release()
