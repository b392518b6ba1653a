"""The conversation with the supervisor: one JSON object a line over descriptor 3, mirrors lib/control/worker.ts."""

import json
import os
from selectors import EVENT_READ, DefaultSelector
from socket import socket as Socket
from threading import RLock
from time import monotonic

DESCRIPTOR = 3
# Seconds between two signs of life.
BEAT = 1.0


class Control:
    """The worker's end. Any thread may send; one thread listens."""

    def __init__(self, descriptor=DESCRIPTOR):
        # Not for programs that the application starts: they would keep the supervisor from seeing the worker's end.
        os.set_inheritable(descriptor, False)
        self._socket = Socket(fileno=descriptor)
        self._socket.setblocking(True)
        # Re-entrant: a destructor may print while this thread is sending.
        self._lock = RLock()
        # Signs of life that were not sent yet.
        self._urgent = []
        self._received = b""
        self._selector = DefaultSelector()
        self._selector.register(self._socket, EVENT_READ, None)
        self._owner = os.getpid()

    def send(self, messages):
        """Send objects, whole and in order; waits while the supervisor doesn't read. False once it is gone."""
        data = "".join([json.dumps(message, separators=(",", ":")) + "\n" for message in messages]).encode()
        if os.getpid() != self._owner:
            # In a child made by fork two writers would tear each other's lines; standard error is read as text.
            data = "".join([message.get("text", "") + "\n" for message in messages]).encode("utf-8", "replace")
            os.write(2, data)
            return True
        with self._lock:
            sent = self._put(self._take_urgent() + data)
        return self._send_urgent() and sent

    def send_urgent(self, message):
        """Send an object before all that wait to send theirs: threads that print without a pause would hold it up.

        Locks aren't fair: one that is released and taken again at once may never come to another thread. False once the
        supervisor is gone.
        """
        self._urgent.append(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        return self._send_urgent()

    def _send_urgent(self):
        # Whoever holds the lock comes by here after it.
        sent = True
        while self._urgent and self._lock.acquire(False):
            try:
                sent = self._put(self._take_urgent()) and sent
            finally:
                self._lock.release()
        return sent

    def _take_urgent(self):
        """What is urgent, taken off the list; with the lock."""
        data = b""
        while self._urgent:
            data += self._urgent.pop(0)
        return data

    def _put(self, data):
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def detach(self):
        """Leave the socket to the worker, as a child of fork."""
        self._socket.close()

    def receive(self):
        """The next message; None when the supervisor has gone."""
        while b"\n" not in self._received:
            try:
                data = self._socket.recv(65536)
            except OSError:
                return None
            if not data:
                return None
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        return json.loads(line)

    def watch(self, listener, accept):
        """From now on have the control thread call `accept()` when somebody connects to `listener`."""
        self._selector.register(listener, EVENT_READ, accept)

    def forget(self, listener):
        """Undo `watch`, before the listener is closed."""
        self._selector.unregister(listener)

    def serve(self, told, beat, look=None):
        """The control thread: pass on messages to `told`, send what `beat()` returns each second, accept front ends.

        `look()` is called with each beat, and again after the seconds it returns when these are over before the next.
        Returns when the supervisor has gone.
        """
        due = glance = monotonic()
        while True:
            # What came with the message before makes no descriptor readable any more.
            while b"\n" in self._received:
                told(self.receive())
            now = monotonic()
            if now >= due:
                if not self.send_urgent(beat()):
                    # It has gone, or the application has closed the socket.
                    return
                due = glance = now + BEAT
                if look is not None:
                    glance = now
            if now >= glance:
                wanted = look()
                glance = due if wanted is None else now + wanted
            for key, _ in self._selector.select(max(0, min(due, glance) - now)):
                if key.data is not None:
                    key.data()
                    continue
                message = self.receive()
                if message is None:
                    return
                told(message)
