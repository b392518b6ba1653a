"""What is said to the supervisor: signs of life come first. And what counts requests."""

import json
import socket
import threading
import unittest

from _malt.control import Control
from _malt.limits import LimitedCounter

PATIENCE = 20


class Sending(unittest.TestCase):
    def setUp(self):
        ours, self.theirs = socket.socketpair()
        self.theirs.settimeout(PATIENCE)
        self.control = Control(ours.detach())

    def tearDown(self):
        self.control.detach()
        self.theirs.close()

    def lines(self):
        """What has been sent, once a line with "last" is there."""
        data = b""
        while b"last" not in data:
            data += self.theirs.recv(65536)
        return [json.loads(line)["say"] for line in data.splitlines()]

    def test_a_sign_of_life_waits_for_nobody_and_leaves_before_what_waits(self):
        with self.control._lock:
            # Another thread may not have the lock: it leaves its message to who has it.
            thread = threading.Thread(target=self.control.send_urgent, args=({"say": "beat"},))
            thread.start()
            thread.join(PATIENCE)
            self.assertFalse(thread.is_alive())
        self.control.send([{"say": "one"}, {"say": "last"}])
        self.assertEqual(self.lines(), ["beat", "one", "last"])

    def test_without_others_it_leaves_at_once(self):
        self.assertTrue(self.control.send_urgent({"say": "last"}))
        self.assertEqual(self.lines(), ["last"])

    def test_a_supervisor_that_has_gone_is_noticed_by_both_ways(self):
        self.theirs.close()
        self.assertFalse(self.control.send([{"say": "x"}]))
        self.assertFalse(self.control.send_urgent({"say": "x"}))


class Hearing(unittest.TestCase):
    def test_what_came_together_with_another_message_does_not_wait_for_the_next_one(self):
        ours, theirs = socket.socketpair()
        control = Control(ours.detach())
        theirs.sendall(b'{"say":"begin"}\n{"say":"stop"}\n')
        self.assertEqual(control.receive(), {"say": "begin"})
        events = []

        class Selector:
            def select(self, timeout):
                events.append("wait")
                theirs.close()
                return real.select(0)

        real, control._selector = control._selector, Selector()
        control.serve(lambda message: events.append(message["say"]), lambda: {"say": "beat"})
        self.assertEqual(events[:2], ["stop", "wait"])
        control.detach()


class Counting(unittest.TestCase):
    def test_the_limit_is_reached_once_and_counting_goes_on(self):
        reached = []
        counter = LimitedCounter(3, lambda: reached.append(True))
        self.assertEqual([next(counter) for _ in range(2)], [1, 2])
        self.assertEqual(reached, [])
        self.assertEqual([next(counter) for _ in range(3)], [3, 4, 5])
        self.assertEqual(reached, [True])


if __name__ == "__main__":
    unittest.main()
