"""The wire format between a front end and a worker: pure bytes, mirrors lib/channel/frames.ts, which has the meanings."""

from struct import Struct

HEADER_BYTES = 12
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024

# Front end -> worker.
REQUEST = 1
BODY = 2
GRANT = 3
CANCEL = 4
FILE_TAKEN = 5
DRAIN = 6
DEFINE = 7

# Worker -> front end.
HELLO = 16
RESPONSE = 17
CHUNK = 18
END = 19
ABORT = 20
PULL = 21
RETURN = 22
DRAINED = 23
NUDGE = 24

# Flags of a REQUEST.
BODY_COMPLETE = 1
PREFETCHED = 2

# Flags of a BODY.
LAST = 1
FAILED = 2

# Flag of a FILE_TAKEN.
OK = 1

# Flags of a RETURN.
LEAVING = 1
RESTART = 2

# Flags of a RESPONSE or CHUNK.
COMPLETE = 1
FILE = 2

_header = Struct("<IBBHI")
_response = Struct("<IBBHII")
_number = Struct("<I")
_slice = Struct("<QQ")

_pack_header = _header.pack
_unpack_header = _header.unpack_from
_pack_response = _response.pack
_unpack_number = _number.unpack_from


#: Slots for DEFINE in each connection: enough for the clients that are busy at one time, and little memory.
SLOTS = 1024


class ProtocolError(ValueError):
    """The peer sent something that is no frame: the connection can't be used any longer."""


def frame(kind, request_id, payload=b"", flags=0, aux=0):
    """A whole frame as bytes."""
    return _pack_header(len(payload), kind, flags, aux, request_id) + payload


def header(kind, request_id, length, flags=0):
    """The header of a frame whose payload of `length` bytes is sent right behind it."""
    return _pack_header(length, kind, flags, 0, request_id)


def response_prefix(request_id, head_length, rest_length, flags):
    """What precedes the head in a RESPONSE; the head and `rest_length` bytes of body or file follow."""
    return _pack_response(4 + head_length + rest_length, RESPONSE, flags, 0, request_id, head_length)


def file_slice(offset, length, path):
    """What follows the head of a RESPONSE with FILE; `path` is bytes."""
    return _slice.pack(offset, length) + path


def pull(request_id, count):
    """A PULL: up to `count` bytes more of the request body are wanted."""
    return frame(PULL, request_id, _number.pack(count))


def split_request(payload):
    """The environ text and the inline body (bytes) of a REQUEST."""
    length = len(payload)
    end = 4 + _unpack_number(payload)[0] if length >= 4 else 4
    if end == length:
        # The usual request has no body.
        return str(payload[4:], "latin-1"), b""
    if end > length:
        raise ProtocolError("a REQUEST is shorter than it says")
    return str(payload[4:end], "latin-1"), bytes(payload[end:])


def number(payload):
    """The u32 of a GRANT or PULL."""
    if len(payload) != 4:
        raise ProtocolError("a frame that carries one number has %d bytes" % len(payload))
    return _unpack_number(payload)[0]


class FrameBuffer:
    """Received bytes on their way to become frames. No byte is moved more than twice, however it arrives."""

    __slots__ = ("_home", "_view", "_start", "_end")

    def __init__(self, size=256 * 1024):
        """`size`: bytes of one read. A frame that doesn't fit gets a buffer of its own while it arrives."""
        self._home = memoryview(bytearray(size))
        self._view = self._home
        self._start = 0
        self._end = 0

    def room(self):
        """Where to receive into; never empty. Payloads given out before are overwritten from here on."""
        view, start, end = self._view, self._start, self._end
        if start == end:
            self._view = view = self._home
            self._start = self._end = 0
            return view
        if start or end == len(view):
            self._make_room()
            view, end = self._view, self._end
        return view[end:]

    def _make_room(self):
        """Move the beginning of the unfinished frame to where all of it fits."""
        view, start, end = self._view, self._start, self._end
        wanted = HEADER_BYTES
        if end - start >= HEADER_BYTES:
            wanted += _unpack_header(view, start)[0]
        self._view = self._home if wanted <= len(self._home) else memoryview(bytearray(wanted))
        self._view[: end - start] = view[start:end]
        self._start = 0
        self._end = end - start

    def frames(self, received):
        """The frames completed by the last `received` bytes, as (type, flags, aux, id, payload).

        A payload is a view that is valid until the next `room`. Raises ProtocolError.
        """
        found = []
        view = self._view
        start = self._start
        self._end = end = self._end + received
        while end - start >= HEADER_BYTES:
            length, kind, flags, aux, request_id = _unpack_header(view, start)
            begin = start + HEADER_BYTES
            if begin + length > end:
                if length > MAX_PAYLOAD_BYTES:
                    raise ProtocolError("a frame of %d bytes is longer than any may be" % length)
                break
            start = begin + length
            found.append((kind, flags, aux, request_id, view[begin:start]))
        self._start = start
        return found
