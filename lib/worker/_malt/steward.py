"""The thread that keeps promises while all others run application code: flushes what waits, hands back what is stuck.

It sleeps as long as nothing is put off. Roused, it ticks until nothing has been put off for a while.
"""

from _thread import allocate_lock
from time import monotonic_ns, sleep

from .effort import Effort

# Seconds between two looks while something stands still, and at most: each look takes the interpreter away from the
# requests, so while they come and go the looks become rarer.
TICK = 0.001
RARE_TICK = 0.004
# A response whose request was begun longer ago than this is sent (ns).
OLD = 4_000_000
# Requests that no thread came to start for so long (ns) are handed back. Counted in ticks as well: after a time in
# which nobody got to run, the threads deserve their chance first.
STUCK = 5_000_000
STUCK_TICKS = 3
# Ticks without work before it sleeps: a wake-up costs more than a tick.
QUIET_TICKS = 20
# How long a request may keep the baton while it works (ns); longer ones lose nothing by taking turns with others.
KEPT = 6_000_000
# How long requests run side by side after one was found waiting, before the baton is kept again (ns).
PATIENT = 200_000_000


class Steward:
    """Flushes, returns and, when no other thread does, leads."""

    def __init__(self, channel):
        self._channel = channel
        #: A look at everything that is put off will follow. False while it sleeps, and while it waits in `read`.
        self.ticking = False
        self._asleep = False
        self._effort = Effort()
        self._tick = TICK
        # Since when the same request has kept the baton (0: it has not), and until when requests run side by side.
        self._kept_since = self._patient_until = 0
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
                sleep(self._tick)
            now = monotonic_ns()
            for connection in channel.connections:
                if connection.outbox and now - connection.oldest >= OLD:
                    connection.flush()
            self._watch_keeper(now, channel.completed == completed)
            moves = channel.completed != completed or channel.taking or channel.keeper is not None
            if moves or (channel.leading and not channel.ready):
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

    def _watch_keeper(self, now, stands_still):
        """Hand on the baton that a thread keeps while its request waits, or takes long."""
        channel = self._channel
        channel.patient = now < self._patient_until
        keeper = channel.keeper
        if keeper is None or not stands_still:
            self._tick = TICK if keeper is None else min(2 * self._tick, RARE_TICK)
            self._kept_since = 0
            self._effort.forget()
            return
        self._kept_since = self._kept_since or now
        idle = self._effort.is_idle(keeper.native_id, now)
        self._tick = RARE_TICK if idle is False else TICK
        if idle:
            self._patient_until = now + PATIENT
            channel.patient = True
        if idle or now - self._kept_since > KEPT:
            channel.hand_on_kept()

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
