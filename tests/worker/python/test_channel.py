"""The leader and its followers under load: threads that wait for bodies and credit while others run requests."""

import random
import socket
import struct
import threading
import time
import unittest
from _thread import get_ident

from _malt import frames
from _malt.channel import Channel
from _malt.input import Input
from _malt.sleeper import Sleeper

PATIENCE = 20


class FrontEnd:
    """Speaks the other side in a thread of its own, and remembers what it heard."""

    def __init__(self, channel, seed=0):
        self.socket, theirs = socket.socketpair()
        self.dice = random.Random(seed)
        self.heard = {}
        self.pulled = {}
        self.grant = True
        self.changed = threading.Condition()
        channel.add(theirs, b"{}")
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def send(self, data):
        self.socket.sendall(data)

    def request(self, number, text="A\0b", flags=frames.BODY_COMPLETE, body=b""):
        return frames.frame(frames.REQUEST, number, struct.pack("<I", len(text)) + text.encode() + body, flags)

    def listen(self):
        buffer = frames.FrameBuffer()
        while True:
            try:
                count = self.socket.recv_into(buffer.room())
            except OSError:
                count = 0
            if not count:
                return self.socket.close()
            for kind, _, _, number, payload in buffer.frames(count):
                with self.changed:
                    self.heard.setdefault(number, []).append((kind, bytes(payload)))
                    self.changed.notify_all()
                if kind == frames.PULL:
                    self.feed(number, frames.number(payload))
                elif kind == frames.CHUNK and self.grant:
                    self.send(frames.frame(frames.GRANT, number, struct.pack("<I", len(payload))))

    def feed(self, number, count):
        """The body is NUMBER thousand bytes long and comes in parts of random size."""
        sent = self.pulled.get(number, 0)
        end = min(number * 1000, sent + count)
        while sent < end:
            size = min(end - sent, self.dice.randrange(1, 20000))
            sent += size
            flags = frames.LAST if sent == number * 1000 else 0
            self.send(frames.frame(frames.BODY, number, b"x" * size, flags))
        self.pulled[number] = sent

    def wait(self, number, kind):
        with self.changed:
            done = self.changed.wait_for(lambda: any(one[0] == kind for one in self.heard.get(number, ())), PATIENCE)
        if not done:
            raise AssertionError("no frame %d for request %d, only %r" % (kind, number, self.kinds(number)))
        return next(payload for one, payload in self.heard[number] if one == kind)

    def kinds(self, number):
        return [kind for kind, _ in self.heard.get(number, ())]


class Pool:
    """Request threads that call `work(channel, request)` and then end the request."""

    def __init__(self, channel, count, work):
        self.channel = channel
        self.work = work
        self.started = []
        threading.Thread(target=channel.steward.run, daemon=True).start()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self):
        channel = self.channel
        sleeper = Sleeper()
        sleeper.native_id = threading.get_native_id()
        while True:
            try:
                request = channel.ready.popleft()
            except IndexError:
                request = channel.take(sleeper)
            if request is None:
                return
            self.started.append((request.connection, request.id))
            self.work(channel, request)
            request.connection.requests.pop(request.id, None)
            request.connection.put((frames.header(frames.END, request.id, 0),), time.monotonic_ns())
            channel.after_last_frame(request.connection)
            channel.completed += 1
            channel.flush()

    def close(self):
        self.channel.close()
        for thread in self.threads:
            thread.join(PATIENCE)
        return not any(thread.is_alive() for thread in self.threads)


def read_all(channel, request):
    """Read the body, and answer with its length."""
    size = len(Input(request, channel).read())
    request.connection.put((frames.frame(frames.CHUNK, request.id, b"%d" % size),), time.monotonic_ns())


class Sharing(unittest.TestCase):
    def test_requests_that_wait_for_bodies_do_not_keep_others_from_running(self):
        channel = Channel(65536)
        pool = Pool(channel, 8, lambda channel, request: read_all(channel, request) if request.id < 900 else None)
        fronts = [FrontEnd(channel, seed) for seed in range(3)]
        dice = random.Random(5)
        for _ in range(15):
            for front in fronts:
                front.heard.clear()
                front.pulled.clear()
                numbers = dice.sample(range(1, 600), 4) + list(range(900, 904))
                dice.shuffle(numbers)
                front.numbers = numbers
                flags = [frames.BODY_COMPLETE if number >= 900 else 0 for number in numbers]
                front.send(b"".join(front.request(number, flags=flag) for number, flag in zip(numbers, flags)))
            for front in fronts:
                for number in front.numbers:
                    with front.changed:
                        ends = (frames.END, frames.RETURN)
                        done = front.changed.wait_for(lambda: set(front.kinds(number)) & set(ends), PATIENCE)
                    self.assertTrue(done, "request %d: %r" % (number, front.kinds(number)))
                    if frames.END in front.kinds(number) and number < 900:
                        self.assertEqual(front.wait(number, frames.CHUNK), b"%d" % (number * 1000))
        self.assertTrue(pool.close())

    def test_more_waiting_threads_than_could_ever_lead(self):
        channel = Channel(10)
        def spend(channel, request):
            """Needs more credit than there is, again and again."""
            used = 0
            while used < 300:
                seen = request.news
                if request.credit - used <= 0:
                    channel.wait(request, seen)
                    continue
                used += 10
                request.connection.put((frames.frame(frames.CHUNK, request.id, b"x" * 10),), time.monotonic_ns())

        pool = Pool(channel, 40, spend)
        fronts = [FrontEnd(channel), FrontEnd(channel)]
        for front in fronts:
            front.send(b"".join(front.request(number) for number in range(1, 21)))
        for front in fronts:
            for number in range(1, 21):
                front.wait(number, frames.END)
                self.assertEqual(front.kinds(number).count(frames.CHUNK), 30)
        self.assertTrue(pool.close())

    def test_each_request_is_started_once_or_handed_back(self):
        channel = Channel(65536)
        dice = random.Random(3)
        naps = [dice.choice([0, 0, 0.001, 0.012]) for _ in range(2000)]
        pool = Pool(channel, 3, lambda channel, request: time.sleep(naps[request.id]))
        front = FrontEnd(channel)
        for first in range(1, 1200, 40):
            front.send(b"".join(front.request(number) for number in range(first, first + 40)))
            time.sleep(0.003)
        for number in range(1, 1201):
            with front.changed:
                self.assertTrue(front.changed.wait_for(lambda: number in front.heard, PATIENCE))
        started = [number for _, number in pool.started]
        returned = [number for number in front.heard if front.kinds(number) == [frames.RETURN]]
        self.assertEqual(sorted(started + returned), list(range(1, 1201)))
        self.assertTrue(returned)
        self.assertTrue(started)
        self.assertTrue(pool.close())

    def test_a_thread_of_the_application_may_read_while_another_writes(self):
        channel = Channel(10)

        def both(channel, request):
            sizes = []
            reader = threading.Thread(target=lambda: sizes.append(len(Input(request, channel).read())))
            reader.start()
            used = 0
            while used < 200:
                seen = request.news
                if request.credit - used <= 0:
                    channel.wait(request, seen)
                    continue
                used += 10
                request.connection.put((frames.frame(frames.CHUNK, request.id, b"x" * 10),), time.monotonic_ns())
            reader.join(PATIENCE)
            request.connection.put((frames.frame(frames.ABORT, request.id, b"%d" % sizes[0]),), time.monotonic_ns())

        pool = Pool(channel, 2, both)
        front = FrontEnd(channel)
        front.send(front.request(700, flags=0) + front.request(300, flags=0))
        for number in (700, 300):
            self.assertEqual(front.wait(number, frames.ABORT), b"%d" % (number * 1000))
        self.assertTrue(pool.close())

    def test_nothing_ticks_while_nothing_happens(self):
        channel = Channel(10)
        pool = Pool(channel, 2, lambda channel, request: None)
        front = FrontEnd(channel)
        front.send(front.request(1))
        front.wait(1, frames.END)
        deadline = time.monotonic() + PATIENCE
        while channel.steward.ticking and time.monotonic() < deadline:
            time.sleep(0.001)
        self.assertFalse(channel.steward.ticking)
        self.assertTrue(channel.leading)
        self.assertTrue(pool.close())


class Answers(unittest.TestCase):
    def test_a_response_does_not_wait_behind_a_thread_that_blocks(self):
        channel = Channel(10)
        release = threading.Event()

        # As the request thread does while more is ready: put, and leave the sending to whoever comes.
        def put_and_block(channel, request):
            if request.id == 1:
                request.connection.put((frames.frame(frames.CHUNK, 1, b"early"),), time.monotonic_ns())
                channel.steward.rouse()
                release.wait(PATIENCE)

        pool = Pool(channel, 1, put_and_block)
        front = FrontEnd(channel)
        front.send(front.request(1) + front.request(2))
        self.assertEqual(front.wait(1, frames.CHUNK), b"early")
        # The other request, which no thread can start, comes back.
        front.wait(2, frames.RETURN)
        # So does what arrives later: it is read although every thread is busy.
        front.send(front.request(3))
        front.wait(3, frames.RETURN)
        release.set()
        front.wait(1, frames.END)
        front.send(front.request(4))
        front.wait(4, frames.END)
        self.assertTrue(pool.close())

    def test_drain_hands_back_and_says_when_nothing_is_left(self):
        channel = Channel(10)
        release = threading.Event()
        started = threading.Event()
        pool = Pool(channel, 1, lambda channel, request: started.set() or release.wait(PATIENCE))
        front = FrontEnd(channel)
        front.send(front.request(1))
        self.assertTrue(started.wait(PATIENCE))
        front.send(front.request(2) + frames.frame(frames.DRAIN, 0) + front.request(3))
        front.wait(2, frames.RETURN)
        front.wait(3, frames.RETURN)
        self.assertNotIn(frames.DRAINED, front.kinds(0))
        release.set()
        front.wait(1, frames.END)
        front.wait(0, frames.DRAINED)
        self.assertEqual(front.kinds(0), [frames.HELLO, frames.DRAINED])
        self.assertTrue(pool.close())

    def test_the_end_of_a_front_end_cancels_its_requests_and_no_others(self):
        channel = Channel(10)
        found = {}

        def until_cancelled(channel, request):
            if request.id == 1:
                while not request.cancelled:
                    channel.wait(request, request.news)
                found[1] = get_ident()

        pool = Pool(channel, 2, until_cancelled)
        leaving, staying = FrontEnd(channel), FrontEnd(channel)
        leaving.send(leaving.request(1))
        deadline = time.monotonic() + PATIENCE
        while not pool.started and time.monotonic() < deadline:
            time.sleep(0.001)
        leaving.socket.shutdown(socket.SHUT_RDWR)
        staying.send(staying.request(2))
        staying.wait(2, frames.END)
        while (1 not in found or len(channel.connections) > 1) and time.monotonic() < deadline:
            time.sleep(0.001)
        self.assertIn(1, found)
        self.assertEqual(len(channel.connections), 1)
        self.assertTrue(pool.close())

    def test_a_front_end_that_breaks_the_protocol_is_dropped_alone(self):
        channel = Channel(10)
        pool = Pool(channel, 2, lambda channel, request: None)
        for nonsense in (b"\xff" * 12, frames.frame(frames.REQUEST, 1, b"x"), frames.frame(99, 1)):
            broken, sound = FrontEnd(channel), FrontEnd(channel)
            # The last one is nonsense only about a request that exists.
            broken.send(nonsense + frames.frame(frames.REQUEST, 2, b"\xff\xff\xff\xff"))
            broken.thread.join(PATIENCE)
            self.assertFalse(broken.thread.is_alive())
            sound.send(sound.request(3))
            sound.wait(3, frames.END)
        self.assertTrue(pool.close())


if __name__ == "__main__":
    unittest.main()
