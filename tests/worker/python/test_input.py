"""wsgi.input over every way in which a body can arrive in parts."""

import io
import random
import unittest

from _malt import frames
from _malt.input import WINDOW, Input
from _malt.request import Request


class Connection:
    """Counts what was pulled."""

    def __init__(self):
        self.pulls = []

    def put(self, pieces, now):
        self.pulls.append(frames.number(memoryview(pieces[0])[12:]))

    def flush(self):
        pass


class Feeder:
    """Stands in for the channel: each wait brings the next part, never more than was pulled."""

    def __init__(self, parts):
        self.parts = parts
        self.most = 0
        self.fed = 0

    def wait(self, request, seen):
        assert request.news == seen
        part = self.parts.pop(0)
        if isinstance(part, str):
            request.fail_body(part)
            return
        self.fed += len(part)
        assert self.fed <= sum(request.connection.pulls), "more came than was asked for"
        request.add_body(part, not self.parts)


def make(inline, parts):
    request = Request(Connection(), 1, "", inline, not parts, 0)
    feeder = Feeder(list(parts))
    return Input(request, feeder), request, feeder


def cut(data, dice):
    """`data` as an inline part and pulled ones."""
    parts = []
    position = 0
    while position < len(data):
        size = dice.choice([1, 2, 3, dice.randrange(1, 40)])
        parts.append(data[position : position + size])
        position += size
    if dice.random() < 0.3:
        parts.append(b"")
    inline = parts.pop(0) if parts and dice.random() < 0.5 else b""
    return inline, parts or ([] if inline == data else [data])


class LikeAFile(unittest.TestCase):
    def test_any_series_of_calls_gives_what_a_file_gives(self):
        for seed in range(600):
            dice = random.Random(seed)
            data = bytes(dice.choice(b"ab\n\n") for _ in range(dice.randrange(0, 120)))
            body, _, _ = make(*cut(data, dice))
            file = io.BytesIO(data)
            for _ in range(12):
                call = dice.choice(["read", "readline", "readlines", "next", "rest"])
                size = dice.choice([-1, 0, 1, 2, 5, 50])
                if call == "rest":
                    found, wanted = body.read(), file.read()
                elif call == "readlines":
                    found, wanted = body.readlines(size), file.readlines(size)
                elif call == "next":
                    found, wanted = next(body, b"end"), next(file, b"end")
                else:
                    found, wanted = getattr(body, call)(size), getattr(file, call)(size)
                self.assertEqual(found, wanted, "seed %d: %s(%d)" % (seed, call, size))

    def test_none_means_everything(self):
        body, _, _ = make(b"a\nb", [b"c\nd", b"e"])
        self.assertEqual((body.readline(None), body.read(None)), (b"a\n", b"bc\nde"))

    def test_a_whole_inline_body_is_not_copied(self):
        data = b"x" * 1000
        body, _, _ = make(data, [])
        self.assertIs(body.read(), data)


class Pulling(unittest.TestCase):
    def test_nothing_is_pulled_before_the_first_read(self):
        body, request, _ = make(b"", [b"data"])
        self.assertEqual(request.connection.pulls, [])
        body.read(0)
        self.assertEqual(request.connection.pulls, [])
        body.read(1)
        self.assertEqual(request.connection.pulls, [WINDOW])

    def test_the_window_stays_open_and_bounded(self):
        part = b"x" * 50000
        body, request, feeder = make(b"", [part] * 100)
        taken = 0
        while True:
            block = body.read(30000)
            if not block:
                break
            taken += len(block)
            waiting = sum(request.connection.pulls) - taken
            self.assertLessEqual(waiting, WINDOW + len(part))
        self.assertEqual(taken, 5000000)
        self.assertEqual(feeder.parts, [])
        # By halves of the window, not for each part.
        self.assertLess(len(request.connection.pulls), 50)


class Failing(unittest.TestCase):
    def test_a_failed_body_is_an_oserror_and_stays_one(self):
        body, _, _ = make(b"start", ["it took too long"])
        self.assertEqual(body.read(5), b"start")
        for message in ("read error: it took too long", "Input is already in error state", "already in error state"):
            with self.assertRaisesRegex(OSError, message):
                body.read()

    def test_a_client_that_left_is_an_oserror(self):
        body, request, _ = make(b"", [b"x"])
        request.cancel()
        with self.assertRaisesRegex(OSError, "closed the connection"):
            body.readline()

    def test_an_expired_input_is_a_runtime_error(self):
        body, _, _ = make(b"data", [])
        body.request = None
        for use in (body.read, body.readline, body.readlines, lambda: next(body)):
            with self.assertRaisesRegex(RuntimeError, "request object has expired"):
                use()


if __name__ == "__main__":
    unittest.main()
