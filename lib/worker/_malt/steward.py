"""The thread that keeps promises while all others run application code: flushes what waits, hands back what is stuck.

It sleeps as long as nothing is put off. Roused, it ticks until nothing has been put off for a while.
"""

from _thread import allocate_lock
from time import monotonic_ns, sleep

# Seconds between two looks. Responses wait for others at most about that long.
TICK = 0.001
# A response older than this is sent (ns).
OLD = 1_000_000
# Requests that no thread came to start for so long (ns) are handed back. Counted in ticks as well: after a time in
# which nobody got to run, the threads deserve their chance first.
STUCK = 5_000_000
STUCK_TICKS = 3
# Ticks without work before it sleeps: a wake-up costs more than a tick.
QUIET_TICKS = 20


class Steward:
    """Flushes, returns and, when no other thread does, leads."""

    def __init__(self, channel):
        self._channel = channel
        #: A look at everything that is put off will follow. False while it sleeps, and while it waits in `read`.
        self.ticking = False
        self._asleep = False
        self._bell = allocate_lock()
        self._bell.acquire()

    def rouse(self):
        """Make sure that a tick follows. False when it can't: the caller must flush by itself."""
        if self.ticking:
            return True
        with self._channel.lock:
            if self.ticking or not self._asleep:
                return self.ticking
            self._asleep = False
            self.ticking = True
        self._bell.release()
        return True

    def close(self):
        """End the thread, soon."""
        self.rouse()

    def run(self):
        """The thread's function."""
        channel = self._channel
        self.ticking = True
        leading = False
        completed = -1
        quiet = stuck = since = 0
        while not channel.closed:
            if leading:
                self._read()
                leading = not channel.hand_to_idle()
            elif quiet >= QUIET_TICKS:
                self._sleep()
                quiet = 0
            else:
                sleep(TICK)
            now = monotonic_ns()
            for connection in channel.connections:
                if connection.outbox and now - connection.oldest >= OLD:
                    connection.flush()
            if channel.keeper is not None and channel.completed == completed:
                channel.hand_on_kept()
            if channel.completed != completed or channel.taking or (channel.leading and not channel.ready):
                completed = channel.completed
                stuck = 0
            else:
                since = since if stuck else now
                stuck += 1
                if stuck > STUCK_TICKS and now - since >= STUCK:
                    channel.give_back_ready()
                    leading = leading or self._pick_up_baton()
                    stuck = 0
            quiet = quiet + 1 if self._rests() else 0

    def _anything(self):
        """Whether anything is put off."""
        channel = self._channel
        return channel.ready or any(connection.outbox for connection in channel.connections)

    def _rests(self):
        """Whether nothing depends on ticks: nothing is put off, and whoever holds the baton is reading."""
        channel = self._channel
        return channel.leading and channel.keeper is None and not self._anything()

    def _pick_up_baton(self):
        with self._channel.lock:
            return self._channel.pick_up_baton()

    def _read(self):
        """Lead one read. Without anything put off it may take any time, so others are told not to count on ticks."""
        if self._anything():
            return self._channel.read(TICK)
        self.ticking = False
        self._channel.read(TICK if self._anything() else None)
        self.ticking = True

    def _sleep(self):
        self.ticking = False
        with self._channel.lock:
            if not self._rests() or self._channel.closed:
                self.ticking = True
                return
            self._asleep = True
        self._bell.acquire()
