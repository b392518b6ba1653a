"""The baton while requests are short: it stays with the thread that runs them, and comes free when it is needed."""

import struct
import threading
import unittest

from _malt import frames
from _malt.channel import SHORT, Channel

from test_channel import PATIENCE, FrontEnd, Pool, read_all


def short_requests(channel):
    """Have `channel` believe that requests are short, and the steward watch."""
    channel.pace = SHORT // 10
    channel.steward.rouse()


class Keeping(unittest.TestCase):
    def test_a_request_that_turns_out_long_keeps_nobody_from_running(self):
        channel = Channel(65536)
        gate = threading.Event()

        def work(_channel, request):
            if request.id == 1:
                gate.wait(PATIENCE)

        pool = Pool(channel, 2, work)
        front = FrontEnd(channel)
        for _ in range(20):
            gate.clear()
            front.heard.clear()
            short_requests(channel)
            front.send(front.request(1))
            front.send(front.request(2))
            # Only a second thread can have run it: the first one still waits for this test.
            front.wait(2, frames.END)
            self.assertNotIn(frames.END, front.kinds(1))
            gate.set()
            front.wait(1, frames.END)
        self.assertTrue(pool.close())

    def test_a_thread_that_keeps_the_baton_can_wait_for_its_own_body(self):
        channel = Channel(65536)
        pool = Pool(channel, 1, read_all)
        front = FrontEnd(channel)
        for number in (3, 400, 7):
            short_requests(channel)
            front.send(front.request(number, flags=0))
            self.assertEqual(front.wait(number, frames.CHUNK), b"%d" % (number * 1000))
            front.wait(number, frames.END)
        self.assertTrue(pool.close())

    def test_many_short_requests_are_all_answered(self):
        channel = Channel(65536)
        pool = Pool(channel, 4, lambda _channel, _request: None)
        front = FrontEnd(channel)
        short_requests(channel)
        for start in range(1, 2000, 40):
            channel.pace = SHORT // 10
            front.send(b"".join(front.request(number) for number in range(start, start + 40)))
        for number in range(1, 2000):
            with front.changed:
                ends = {frames.END, frames.RETURN}
                done = front.changed.wait_for(lambda: ends & set(front.kinds(number)), PATIENCE)
            self.assertTrue(done, "request %d" % number)
        self.assertTrue(pool.close())


class Slots(unittest.TestCase):
    def run_requests(self, data, numbers):
        """Commons and texts of the requests in `data`, by their numbers; None when the connection was dropped."""
        channel = Channel(65536, lambda text: {"made of": text})
        seen = {}
        pool = Pool(channel, 1, lambda _channel, request: seen.update({request.id: (request.common, request.text)}))
        front = FrontEnd(channel)
        front.send(data)
        if numbers:
            for number in numbers:
                front.wait(number, frames.END)
        else:
            front.thread.join(PATIENCE)
            self.assertFalse(front.thread.is_alive())
        self.assertTrue(pool.close())
        return seen

    def request(self, number, slot):
        return frames.frame(frames.REQUEST, number, struct.pack("<I", 3) + b"A\0b", frames.BODY_COMPLETE, slot)

    def define(self, slot, text):
        return frames.frame(frames.DEFINE, 0, text, 0, slot)

    def test_a_request_begins_with_what_its_slot_held_when_it_was_sent(self):
        stream = self.define(1, b"one") + self.define(frames.SLOTS, b"last") + self.request(1, 1)
        stream += self.request(2, frames.SLOTS) + self.define(1, b"two") + self.request(3, 1) + self.request(4, 0)
        seen = self.run_requests(stream, [1, 2, 3, 4])
        self.assertEqual([seen[number][0] for number in (1, 2, 3)], [{"made of": t} for t in ("one", "last", "two")])
        self.assertEqual(seen[4], (None, "A\0b"))

    def test_a_slot_that_does_not_exist_ends_the_connection(self):
        for stream in (self.define(0, b"x"), self.define(frames.SLOTS + 1, b"x"), self.request(1, 5)):
            self.assertEqual(self.run_requests(stream, []), {})


if __name__ == "__main__":
    unittest.main()
