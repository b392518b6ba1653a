"""One front end: its socket, what waits to be sent to it, and the requests of it that are in hand."""

from _thread import allocate_lock
from socket import MSG_DONTWAIT, SHUT_RDWR, SO_RCVTIMEO, SOL_SOCKET
from struct import pack

from . import frames

# Sends in a row that one thread does, for others, before the steward is asked to go on.
ROUNDS = 4
# How long a read may wait (a struct timeval of seconds and microseconds) when a front end, being stuck, doesn't answer
# the nudge that tells of a new one.
PATIENCE = pack("ll", 5, 0)


class Connection:
    """A stream to a front end. Only the leader receives; any thread may put frames and flush."""

    def __init__(self, socket, pass_on, started=None, look=None):
        """`socket` is a connected, blocking stream socket and belongs to the connection from here on.

        `pass_on()` has somebody else flush soon; False when nobody can. `look()` is called between each read and the
        first use of what it brought.
        """
        self.socket = socket
        #: The cells of a Started, which request threads write to.
        self.started = started.cells if started is not None else None
        self._notes = started
        #: Requests that have not had their last frame, by id.
        self.requests = {}
        #: DRAIN was received and DRAINED not sent yet.
        self.draining = False
        #: DRAINED was put.
        self.drained = False
        #: Nothing new is taken: each request is handed back.
        self.refusing = False
        self.closed = False
        #: What DEFINE frames have put down: environs, by slot.
        self.slots = {}
        #: When the oldest frame in `outbox` was put, or a little earlier (ns, monotonic).
        self.oldest = 0
        # A list that is never replaced: `extend` and the deletion in `flush` are atomic, so that putting needs no lock.
        self.outbox = []
        self.extend = self.outbox.extend
        self._pass_on = pass_on
        self._look = look
        self._sending = allocate_lock()
        self._buffer = frames.FrameBuffer()
        self._receive_into = socket.recv_into
        socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, PATIENCE)

    def receive(self, wait):
        """The frames that reads brought, at least one; empty when nothing is there; None at the end of the stream.

        With `wait`, nothing is there only after a while.
        """
        buffer = self._buffer
        how = 0 if wait else MSG_DONTWAIT
        while True:
            try:
                received = self._receive_into(buffer.room(), 0, how)
            except (BlockingIOError, InterruptedError):
                return ()
            except OSError:
                return None
            if not received:
                return None
            found = buffer.frames(received)
            if found:
                if self._look is not None:
                    self._look()
                return found

    def define(self, slot, environ):
        """What the requests with this slot have in common. Raises ProtocolError."""
        if not 0 < slot <= frames.SLOTS:
            raise frames.ProtocolError("there is no slot %d" % slot)
        self.slots[slot] = environ

    def put(self, pieces, now):
        """Queue the pieces (a tuple of bytes) of one or more whole frames."""
        if not self.outbox:
            self.oldest = now
        self.extend(pieces)

    def flush(self):
        """Send what was put. When another thread is sending already, that one sends it."""
        outbox = self.outbox
        rounds = 0
        while outbox and self._sending.acquire(False):
            try:
                self._send()
            finally:
                self._sending.release()
            # Busy threads could keep this one sending for ever, and its own request waiting.
            rounds += 1
            if rounds >= ROUNDS and self._pass_on():
                return

    def _send(self):
        """Send what is in the outbox (with `_sending`)."""
        outbox = self.outbox
        count = len(outbox)
        data = b"".join(outbox[:count])
        del outbox[:count]
        try:
            if not self.closed:
                self.socket.sendall(data)
        except OSError:
            # The reading side notices the end as well, and cleans up.
            self.closed = True

    def detach(self):
        """Have nothing to do with the stream any more, as a child of fork; the worker goes on with it."""
        self.closed = True
        self.outbox.clear()
        for request in self.requests.values():
            request.cancel()
        self.socket.close()

    def finish(self):
        """Send what was put, wait for what another thread is sending, then end the stream."""
        with self._sending:
            self._send()
        self.close()

    def close(self):
        """End the stream, also under a thread that is sending. Again, it does nothing."""
        self.closed = True
        try:
            self.socket.shutdown(SHUT_RDWR)
        except OSError:
            pass
        # The descriptor number must not be reused while another thread still sends on it.
        with self._sending:
            self.socket.close()
            notes, self._notes = self._notes, None
        if notes is not None:
            notes.close()
