"""The conversation with the supervisor: one JSON object a line over descriptor 3, mirrors lib/control/worker.ts."""

import json
import os
from select import POLLIN, poll
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
        self._received = b""
        self._owner = os.getpid()

    def send(self, messages):
        """Send objects, whole and in order; waits while the supervisor doesn't read, and drops them once it is gone."""
        data = "".join([json.dumps(message, separators=(",", ":")) + "\n" for message in messages]).encode()
        if os.getpid() != self._owner:
            # In a child made by fork two writers would tear each other's lines; standard error is read as text.
            data = "".join([message.get("text", "") + "\n" for message in messages]).encode("utf-8", "replace")
            os.write(2, data)
            return
        with self._lock:
            try:
                self._socket.sendall(data)
            except OSError:
                pass

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

    def serve(self, worker):
        """The control thread: messages, front ends that connect, a beat each second. Returns when there is no supervisor.

        `worker` has `listener` (a socket, once there is one), `accept()`, `beat()` and `told(message)`.
        """
        poller = poll()
        poller.register(self._socket, POLLIN)
        listening = None
        due = monotonic()
        while True:
            if listening is None and worker.listener is not None:
                listening = worker.listener
                poller.register(listening, POLLIN)
            now = monotonic()
            if now >= due:
                self.send([worker.beat()])
                due = now + BEAT
            for descriptor, _ in poller.poll(max(0, due - now) * 1000):
                if descriptor != self._socket.fileno():
                    worker.accept()
                    continue
                message = self.receive()
                if message is None:
                    return
                worker.told(message)
            while b"\n" in self._received:
                worker.told(self.receive())
