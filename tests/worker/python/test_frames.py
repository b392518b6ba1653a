"""The codec against the vectors that both languages share, and against streams cut anywhere."""

import json
import os
import random
import unittest

from _malt import frames

HERE = os.path.dirname(os.path.abspath(__file__))

with open(os.path.join(HERE, "..", "vectors.json"), encoding="utf-8") as _file:
    VECTORS = json.load(_file)


def feed(buffer, data, sizes):
    """All frames of `data`, given to `buffer` in pieces of at most `sizes()` bytes."""
    found = []
    position = 0
    while position < len(data):
        room = buffer.room()
        count = min(sizes(), len(room), len(data) - position)
        room[:count] = data[position : position + count]
        position += count
        found += [(*fields, bytes(payload)) for *fields, payload in buffer.frames(count)]
    return found


def fields(vector):
    return vector["type"], vector["flags"], vector["aux"], vector["id"], bytes.fromhex(vector["payload"])


class Vectors(unittest.TestCase):
    def test_each_vector_is_written_byte_for_byte(self):
        for vector in VECTORS:
            kind, flags, aux, number, payload = fields(vector)
            self.assertEqual(frames.frame(kind, number, payload, flags, aux).hex(), vector["bytes"], vector["name"])

    def test_each_vector_is_read_cut_at_every_byte(self):
        for vector in VECTORS:
            data = bytes.fromhex(vector["bytes"])
            for cut in range(1, len(data) + 1):
                sizes = iter([cut] + [len(data)] * 2)
                self.assertEqual(feed(frames.FrameBuffer(), data, sizes.__next__), [fields(vector)], vector["name"])

    def test_the_vectors_name_every_type(self):
        known = [frames.REQUEST, frames.BODY, frames.GRANT, frames.CANCEL, frames.FILE_TAKEN, frames.DRAIN, frames.DEFINE]
        known += [frames.HELLO, frames.RESPONSE, frames.CHUNK, frames.END, frames.ABORT, frames.PULL, frames.RETURN]
        self.assertEqual({vector["type"] for vector in VECTORS}, set(known + [frames.DRAINED]))

    def test_what_the_worker_packs_is_what_the_vectors_say(self):
        by_name = {vector["name"]: bytes.fromhex(vector["bytes"]) for vector in VECTORS}
        head = "200 OK\0Content-Type\0text/plain\0X-Name\0caf\xe9".encode("latin-1")
        body = b"Hello, World!\n"
        packed = frames.response_prefix(1, len(head), len(body), frames.COMPLETE) + head + body
        self.assertEqual(packed, by_name["RESPONSE that is complete"])
        file = frames.file_slice(5000000000, 1234, b"/proc/4711/fd/9")
        packed = frames.response_prefix(3, len(head), len(file), frames.FILE) + head + file
        self.assertEqual(packed, by_name["RESPONSE with a file"])
        self.assertEqual(frames.pull(5, 262144), by_name["PULL"])
        self.assertEqual(frames.header(frames.CHUNK, 2, 7) + b", World", by_name["CHUNK"])

    def test_a_request_is_split_into_environ_and_body(self):
        by_name = {vector["name"]: memoryview(bytes.fromhex(vector["payload"])) for vector in VECTORS}
        text, body = frames.split_request(by_name["REQUEST with its whole body"])
        self.assertEqual(text.split("\0")[:4], ["REQUEST_METHOD", "GET", "PATH_INFO", "/caf\xc3\xa9"])
        self.assertEqual(body, b"a=1&b=\xff")
        self.assertEqual(frames.split_request(by_name["REQUEST with no body"])[1], b"")


class Streams(unittest.TestCase):
    def frames_of(self, seed, count, longest):
        dice = random.Random(seed)
        made = []
        for _ in range(count):
            payload = bytes([dice.randrange(256)]) * dice.choice([0, 1, dice.randrange(longest)])
            made.append((dice.randrange(1, 24), dice.randrange(4), dice.randrange(2**16), dice.randrange(2**32), payload))
        return made

    def test_random_streams_come_out_as_they_went_in(self):
        for seed in range(40):
            made = self.frames_of(seed, 60, 3000)
            data = b"".join(frames.frame(kind, number, payload, flags, aux) for kind, flags, aux, number, payload in made)
            dice = random.Random(seed)
            # A small buffer, so that frames that don't fit are met as well.
            found = feed(frames.FrameBuffer(1024), data, lambda: dice.choice([1, 13, dice.randrange(1, 5000)]))
            self.assertEqual(found, made, "seed %d" % seed)

    def test_a_frame_of_the_greatest_length_passes(self):
        payload = os.urandom(1024) * (frames.MAX_PAYLOAD_BYTES // 1024)
        data = frames.frame(frames.BODY, 1, payload) + frames.frame(frames.DRAIN, 0)
        found = feed(frames.FrameBuffer(), data, lambda: 300000)
        self.assertEqual(len(found), 2)
        self.assertEqual(found[0][-1], payload)

    def test_each_byte_is_moved_at_most_twice(self):
        moved = []

        class Counting(frames.FrameBuffer):
            def _make_room(self):
                moved.append(self._end - self._start)
                super()._make_room()

        data = frames.frame(frames.CANCEL, 1) + frames.frame(frames.BODY, 1, b"x" * 1000000)
        self.assertEqual(len(feed(Counting(4096), data, lambda: 700)), 2)
        self.assertLess(sum(moved), 2 * 4096)

    def test_a_longer_frame_than_allowed_is_an_error(self):
        buffer = frames.FrameBuffer()
        header = frames.header(frames.BODY, 1, frames.MAX_PAYLOAD_BYTES + 1)
        with self.assertRaises(frames.ProtocolError):
            feed(buffer, header, lambda: 12)

    def test_a_request_that_contradicts_itself_is_an_error(self):
        for payload in (b"", b"\0\0", b"\x05\0\0\0abcd"):
            with self.assertRaises(frames.ProtocolError):
                frames.split_request(memoryview(payload))


if __name__ == "__main__":
    unittest.main()
