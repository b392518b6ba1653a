"""The baton while requests are short: it stays with the thread that runs them, and comes free when it is needed."""

import hashlib
import struct
import threading
import time
import unittest

from _malt import frames
from _malt.channel import Channel
from _malt.effort import Effort

from test_channel import PATIENCE, FrontEnd, Pool, read_all


def watched(channel):
    """Have the steward of `channel` watch, so that the baton is kept."""
    channel.patient = False
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
            watched(channel)
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
            watched(channel)
            front.send(front.request(number, flags=0))
            self.assertEqual(front.wait(number, frames.CHUNK), b"%d" % (number * 1000))
            front.wait(number, frames.END)
        self.assertTrue(pool.close())

    def test_many_short_requests_are_all_answered(self):
        channel = Channel(65536)
        pool = Pool(channel, 4, lambda _channel, _request: None)
        front = FrontEnd(channel)
        watched(channel)
        for start in range(1, 2000, 40):
            watched(channel)
            front.send(b"".join(front.request(number) for number in range(start, start + 40)))
        for number in range(1, 2000):
            with front.changed:
                ends = {frames.END, frames.RETURN}
                done = front.changed.wait_for(lambda: ends & set(front.kinds(number)), PATIENCE)
            self.assertTrue(done, "request %d" % number)
        self.assertTrue(pool.close())


class Watching(unittest.TestCase):
    def looks(self, work):
        """What `Effort` says of a thread that does `work` between two looks at it."""
        effort = Effort()
        ready, stop = threading.Event(), threading.Event()
        numbers = []

        def run():
            numbers.append(threading.get_native_id())
            ready.set()
            work(stop)

        thread = threading.Thread(target=run)
        thread.start()
        ready.wait(PATIENCE)
        first = effort.is_idle(numbers[0], time.monotonic_ns())
        time.sleep(0.1)
        second = effort.is_idle(numbers[0], time.monotonic_ns())
        stop.set()
        thread.join()
        return first, second

    def test_a_thread_that_waits_is_idle(self):
        self.assertEqual(self.looks(lambda stop: stop.wait(PATIENCE)), (None, True))

    def test_a_thread_that_works_is_not_idle(self):
        def work(stop):
            # Hashing lets go of the interpreter, as an extension module would.
            block = b"x" * 1000000
            while not stop.is_set():
                hashlib.sha256(block).digest()

        self.assertEqual(self.looks(work), (None, False))

    def test_requests_that_wait_soon_run_side_by_side(self):
        channel = Channel(65536)
        pool = Pool(channel, 4, lambda _channel, _request: time.sleep(0.05))
        front = FrontEnd(channel)
        watched(channel)
        front.send(b"".join(front.request(number) for number in range(1, 5)))
        for number in range(1, 5):
            with front.changed:
                ends = {frames.END, frames.RETURN}
                done = front.changed.wait_for(lambda: ends & set(front.kinds(number)), PATIENCE)
            self.assertTrue(done)
        self.assertTrue(channel.patient)
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
