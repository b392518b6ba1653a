"""All connections of a worker, shared by all its threads: one leads (reads for everybody), the others run or wait.

The right to read is a baton. Whoever needs something that must be read (the next request, a part of a body, credit)
leads if nobody does, or else sleeps on a lock of its own, and is woken when that something came or when the baton is
handed to it. So nobody sleeps while the baton lies on the ground, and no wake-up depends on the fairness of a lock.
When every thread runs application code, the steward picks the baton up (see steward.py).
"""

import selectors
from _thread import allocate_lock
from collections import deque
from socket import socketpair
from time import monotonic_ns

from . import frames
from .connection import Connection
from .frames import BODY_COMPLETE, REQUEST, split_request
from .request import Request
from .sleeper import Sleeper
from .steward import Steward

# Reads in a row from the connection that was active last, before the others are looked at.
STREAK = 8


class Channel:
    """The requests of all front ends, and the way back for their responses."""

    def __init__(self, credit, define=str, look=None):
        """`credit`: response body bytes a request may send before it is granted more.

        `define(text)` makes of a DEFINE what requests with its slot begin with: their environ, in a worker. `look()`
        is called before the requests that one read brought can be started.
        """
        self._credit = credit
        self._define = define
        self._look = look
        #: Requests that were read and not started. Taking one out decides who starts it or hands it back.
        self.ready = deque()
        #: Requests that had their last frame.
        self.completed = 0
        #: Somebody holds the baton. Changed under `lock`.
        self.leading = False
        #: Who holds the baton while it runs a request, see `_lead`; None while the holder reads.
        self.keeper = None
        #: Requests wait for other things than the processor these days: they are to run side by side.
        self.patient = False
        #: Whoever holds the baton will start what is ready, as soon as it gets to run.
        self.taking = False
        self.connections = ()
        #: Nothing new is started; requests are handed back.
        self.stopping = False
        #: Threads that wait shall end.
        self.closed = False
        self.lock = allocate_lock()
        self._returned = 0  # the flags of each RETURN
        self._idle = []
        self._waiting = {}
        self._recent = None
        self._streak = 0
        self._selector = selectors.DefaultSelector()
        # A byte in this pair ends a wait in select.
        self._waker, self._woken = socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self.steward = Steward(self)

    # -- connections ----------------------------------------------------------------------------------------------

    def add(self, socket, hello, started=None):
        """Serve one more front end, from any thread, at any time; `hello` is the payload of its HELLO."""
        connection = Connection(socket, self.steward.rouse, started, self._look)
        connection.put((frames.frame(frames.HELLO, 0, hello),), monotonic_ns())
        connection.flush()
        with self.lock:
            connection.refusing = self.stopping
            others = self.connections
            self.connections += (connection,)
        self._selector.register(socket, selectors.EVENT_READ, connection)
        if len(others) == 1:
            # Who waits in a read from that one would not see the new one.
            others[0].put((frames.header(frames.NUDGE, 0, 0),), monotonic_ns())
            others[0].flush()

    def _lose(self, connection):
        """A front end has gone: nobody waits for its responses."""
        self._selector.unregister(connection.socket)
        if self._recent is connection:
            self._recent = None
        connection.closed = connection.refusing = True
        with self.lock:
            self.connections = tuple(other for other in self.connections if other is not connection)
        self._give_back_of(connection)
        for request in list(connection.requests.values()):
            request.cancel()
            self._notify(request)
        connection.close()

    def flush(self):
        """Send everything that waits to be sent."""
        for connection in self.connections:
            if connection.outbox:
                connection.flush()

    # -- taking requests ------------------------------------------------------------------------------------------

    def take(self, sleeper):
        """The next request for a thread that has none; None once the channel is closed.

        `sleeper` belongs to the calling thread.
        """
        while True:
            with self.lock:
                if self.closed:
                    return None
                lead = self.pick_up_baton()
                if lead:
                    self.taking = True
                elif not self.ready:
                    self._idle.append(sleeper)
                else:
                    lead = None
            if lead is None:
                try:
                    return self.ready.popleft()
                except IndexError:
                    continue
            if lead or sleeper.sleep():
                request = self._lead(sleeper)
                if request is not None:
                    return request

    def pick_up_baton(self):
        """Take the baton if nobody holds it, or somebody who isn't reading (with `lock`). True when it was taken."""
        if self.leading and self.keeper is None:
            return False
        self.leading = True
        self.keeper = None
        return True

    def _lead(self, sleeper):
        """Read until there is a request to run, and hand the baton on before it runs.

        Two threads that both want the interpreter only get in each other's way, and to wake one costs more than a short
        request. So while requests are short, or work rather than wait, the baton is kept: whoever needs it takes it, and
        when nobody does and a request turns out to wait or to be long, the steward hands it on.
        """
        kept = False
        try:
            while not self.closed:
                try:
                    request = self.ready.popleft()
                except IndexError:
                    self.read()
                    continue
                kept = not self.patient and self._keep_baton(sleeper)
                return request
        finally:
            if not kept:
                self.hand_on()
        return None

    def _keep_baton(self, sleeper):
        """Hold the baton while running a request: only while the steward watches.

        It is woken for that when requests come in bunches; for a single one it would cost more than it saves.
        """
        if not self.steward.ticking and not (self.ready and self.steward.rouse()):
            return False
        with self.lock:
            if not self.steward.ticking:
                return False
            self.keeper = sleeper
            self.taking = False
        return True

    def hand_on_kept(self):
        """Hand on the baton of a thread that keeps it while it runs a request."""
        with self.lock:
            if self.keeper is None:
                return
            self.keeper = None
        self.hand_on()

    def hand_on(self):
        """Pass the baton to a thread that sleeps, or leave it for the next one that needs it."""
        with self.lock:
            self.taking = bool(self._idle)
            if self.taking:
                sleeper = self._idle.pop()
            elif self._waiting:
                sleeper = self._pop_waiting()
            else:
                sleeper = None
                self.leading = False
        if sleeper is not None:
            sleeper.wake(True)
        if sleeper is None or self.ready:
            self.steward.rouse()

    def hand_to_idle(self):
        """Pass the baton to a thread that can run requests, if there is one: True when it was passed."""
        with self.lock:
            if not self._idle:
                return False
            self.taking = True
            sleeper = self._idle.pop()
        sleeper.wake(True)
        return True

    # -- waiting for news of a request ----------------------------------------------------------------------------

    def wait(self, request, seen):
        """Wait until `request.news` is no longer `seen`; the caller looks at its condition and waits again.

        Usable from any thread. What was put is sent first, as the news may be an answer to it.
        """
        self.flush()
        sleeper = Sleeper(request)
        while request.news == seen:
            with self.lock:
                if request.news != seen:
                    return
                lead = self.pick_up_baton()
                if not lead:
                    self._waiting[sleeper] = None
                    request.waiters += (sleeper,)
            if lead or sleeper.sleep():
                self._lead_for(request, seen)

    def _lead_for(self, request, seen):
        """Read until there is news; threads that are free take over as soon as there is something to run."""
        try:
            while request.news == seen and not (self.ready and self._idle):
                self.read()
                if self.ready:
                    self.steward.rouse()
        finally:
            self.hand_on()

    def _pop_waiting(self):
        """Take one sleeper off the list of those that wait for news (with `lock`)."""
        sleeper, _ = self._waiting.popitem()
        request = sleeper.request
        request.waiters = tuple(other for other in request.waiters if other is not sleeper)
        return sleeper

    def _notify(self, request):
        """There is news of `request`: wake all who wait for it."""
        with self.lock:
            sleepers, request.waiters = request.waiters, ()
            for sleeper in sleepers:
                del self._waiting[sleeper]
        for sleeper in sleepers:
            sleeper.wake(False)

    # -- reading (with the baton) ---------------------------------------------------------------------------------

    def read(self, timeout=None):
        """Read what is there, or wait for something, at most `timeout` seconds. Only for who holds the baton."""
        connections = self.connections
        if timeout is None and len(connections) == 1:
            # To wait in the read itself spares two system calls and an exception each time. Whatever else may happen
            # meanwhile ends it: a close, or the answer to the nudge that follows another connection.
            self._receive(connections[0], True)
            return
        recent = self._recent
        if recent is not None and self._streak < STREAK:
            self._streak += 1
            if self._receive(recent, False):
                return
        self._streak = 0
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                self._woken.recv(4096)
            else:
                self._receive(key.data, False)
                self._recent = key.data if not key.data.closed else None

    def _receive(self, connection, wait):
        """Take in what `connection` has sent, or with `wait` what it will send: True when there was anything."""
        try:
            received = connection.receive(wait)
            if not received:
                if received is None:
                    self._lose(connection)
                return received is None
            credit, ready, requests, slots = self._credit, self.ready, connection.requests, connection.slots
            for kind, flags, aux, request_id, payload in received:
                if kind == REQUEST:
                    text, body = split_request(payload)
                    request = Request(connection, request_id, text, body, flags & BODY_COMPLETE, credit)
                    if aux:
                        request.common = slots[aux]
                    requests[request_id] = request
                    if connection.refusing:
                        self.give_back(request)
                    else:
                        ready.append(request)
                elif kind == frames.DEFINE:
                    connection.define(aux, self._define(str(payload, "latin-1")))
                elif kind == frames.DRAIN:
                    self._drain(connection)
                else:
                    self._tell(requests.get(request_id), kind, flags, payload)
        except (frames.ProtocolError, KeyError):
            # KeyError: a slot that was never defined.
            self._lose(connection)
        return True

    def _tell(self, request, kind, flags, payload):
        """Let a request know what came for it; one that is finished needs to know nothing."""
        if request is not None:
            request.told(kind, flags, payload)
            if request.waiters:
                self._notify(request)

    # -- handing back, draining, stopping -------------------------------------------------------------------------

    def give_back(self, request):
        """Tell the front end that `request` was not started here; it was taken out of `ready`, or never put there."""
        connection = request.connection
        connection.requests.pop(request.id, None)
        connection.put((frames.header(frames.RETURN, request.id, 0, self._returned),), monotonic_ns())
        self.after_last_frame(connection)
        connection.flush()

    def _give_back_of(self, connection):
        for _ in range(len(self.ready)):
            try:
                request = self.ready.popleft()
            except IndexError:
                return
            if request.connection is connection:
                self.give_back(request)
            else:
                self.ready.append(request)

    def give_back_ready(self):
        """Hand back everything that was not started."""
        while True:
            try:
                request = self.ready.popleft()
            except IndexError:
                return
            self.give_back(request)

    def _drain(self, connection):
        connection.refusing = connection.draining = True
        self._give_back_of(connection)
        self.after_last_frame(connection)
        connection.flush()

    def after_last_frame(self, connection):
        """Say DRAINED if a draining connection has nothing left; `requests` has lost one just now, or is empty."""
        if not connection.draining or connection.requests:
            return
        with self.lock:
            say, connection.draining = connection.draining, False
        if say:
            connection.put((frames.header(frames.DRAINED, 0, 0),), monotonic_ns())
            connection.drained = True

    def stop(self, restart=False):
        """Start nothing more: hand back what is waiting and what comes, and ask the front ends to drain.

        With `restart`, what is handed back is for the application's next code.
        """
        self._returned |= frames.LEAVING | (frames.RESTART if restart else 0)
        with self.lock:
            if self.stopping:
                return
            self.stopping = True
            for connection in self.connections:
                connection.refusing = True
        self.give_back_ready()
        for connection in self.connections:
            connection.put((frames.header(frames.RETURN, 0, 0, frames.LEAVING),), monotonic_ns())
            connection.flush()

    def drained(self):
        """Whether no front end will send anything more: what it sent last has been handed back then."""
        return all(connection.drained for connection in self.connections)

    def in_hand(self):
        """How many requests have not had their last frame."""
        return sum(len(connection.requests) for connection in self.connections)

    def close(self):
        """Send the rest, end all connections and let the threads that wait end."""
        self.closed = True
        with self.lock:
            sleepers, self._idle = self._idle, []
        for sleeper in sleepers:
            sleeper.wake(False)
        self._waker.send(b"x")
        self.steward.close()
        # A response may be in the hands of a thread that has just finished it.
        for connection in self.connections:
            connection.finish()
