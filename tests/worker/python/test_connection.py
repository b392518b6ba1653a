"""One connection: what was put leaves whole, whoever ends the stream meanwhile."""

import socket
import threading
import time
import unittest

from _malt.connection import Connection

PATIENCE = 20
# How long something that must not happen is given to happen (s).
TEMPTATION = 0.2


class HeldSocket:
    """A socket that sends nothing before it is let go."""

    def __init__(self, real):
        self._real = real
        self.sending = threading.Event()
        self.go = threading.Event()

    def sendall(self, data):
        self.sending.set()
        self.go.wait(PATIENCE)
        self._real.sendall(data)

    def __getattr__(self, name):
        return getattr(self._real, name)


class Ending(unittest.TestCase):
    def setUp(self):
        ours, self.theirs = socket.socketpair()
        self.socket = HeldSocket(ours)
        self.connection = Connection(self.socket, lambda: False)

    def received(self):
        data = b""
        self.theirs.settimeout(PATIENCE)
        while True:
            part = self.theirs.recv(65536)
            if not part:
                return data
            data += part

    def test_finish_waits_for_what_another_thread_is_sending(self):
        self.connection.put((b"first",), time.monotonic_ns())
        sender = threading.Thread(target=self.connection.flush)
        sender.start()
        self.assertTrue(self.socket.sending.wait(PATIENCE))
        self.connection.put((b" and rest",), time.monotonic_ns())
        finisher = threading.Thread(target=self.connection.finish)
        finisher.start()
        finisher.join(TEMPTATION)
        self.assertFalse(self.connection.closed)
        self.socket.go.set()
        self.assertEqual(self.received(), b"first and rest")
        for thread in (sender, finisher):
            thread.join(PATIENCE)
        self.assertTrue(self.connection.closed)

    def test_finish_ends_a_stream_that_nobody_reads_any_more(self):
        self.theirs.close()
        self.socket.go.set()
        self.connection.put((b"lost",), time.monotonic_ns())
        self.connection.finish()
        self.assertTrue(self.connection.closed)

    def test_close_does_not_wait(self):
        self.connection.put((b"first",), time.monotonic_ns())
        sender = threading.Thread(target=self.connection.flush)
        sender.start()
        self.assertTrue(self.socket.sending.wait(PATIENCE))
        closer = threading.Thread(target=self.connection.close)
        closer.start()
        self.theirs.settimeout(PATIENCE)
        self.assertEqual(self.theirs.recv(1), b"")
        self.socket.go.set()
        for thread in (sender, closer):
            thread.join(PATIENCE)
            self.assertFalse(thread.is_alive())

    def test_what_was_noted_of_its_requests_is_let_go_once(self):
        closed = []

        class Notes:
            cells = ()

            def close(self):
                closed.append(self)

        ours, _theirs = socket.socketpair()
        connection = Connection(ours, lambda: False, Notes())
        connection.finish()
        # The reading thread notices the end of the stream, and closes as well.
        connection.close()
        self.assertEqual(len(closed), 1)


if __name__ == "__main__":
    unittest.main()
