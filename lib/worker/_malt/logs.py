"""What the application prints, and what the worker has to say, as log records over the control connection."""

import codecs
import io
import os
import traceback
from _thread import get_ident
from threading import get_native_id, local

# Longest text of one record, in characters: what fits into a line of the error log behind its fields.
RECORD_LENGTH = 6144
# Records are sent when so many characters of them have come together.
BATCH_LENGTH = 64 * 1024

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))


class Log:
    """Makes records; knows which request each thread runs."""

    def __init__(self, send, running):
        """`send(messages)` takes a list of JSON-able objects. `running` maps a thread's ident to its RequestThread."""
        #: Keys of a request's environ that its records carry.
        self.variables = ()
        self._send = send
        self._running = running
        #: Lines whose end hasn't come yet, by (stream, ident of the thread); none is longer than a record.
        self.unfinished = {}
        self._ends = local()
        self.prefix = "mod_wsgi (pid=%d): " % os.getpid()

    def stream(self, name):
        """A text stream whose lines become records at level error."""
        return LogStream(self, name)

    def record(self, level, *lines):
        """One record a line, tagged with the client of the request that the calling thread runs."""
        self._send([self._message(level, piece) for line in lines for piece in _pieces(line)])

    def lines(self, level, texts):
        """Many records, sent in batches."""
        batch, length = [], 0
        for text in texts:
            for piece in _pieces(text):
                batch.append(self._message(level, piece))
                length += len(piece) + 100
                if length > BATCH_LENGTH:
                    self._send(batch)
                    batch, length = [], 0
        if batch:
            self._send(batch)

    def exception(self, error, script):
        """An exception that ended a request or the loading of `script`, with its traceback."""
        if isinstance(error, SystemExit):
            self.record("error", "%sSystemExit exception raised by WSGI script '%s' ignored." % (self.prefix, script))
        self.record("error", "%sException occurred processing WSGI script '%s'." % (self.prefix, script))
        self.lines("error", traceback_lines(error))

    def keep(self, key, text):
        """An unfinished line, until more of it comes, or its thread ends: the next thread may have the same ident."""
        self.unfinished[key] = text
        if not hasattr(self._ends, "end"):
            self._ends.end = _EndOfThread(self)

    def end_of_request(self):
        """Nothing of a request, or a thread, stays behind: its last line may have no end."""
        thread = get_ident()
        for key in list(self.unfinished):
            if key[1] == thread:
                self.finish_line(key)

    def end_of_process(self):
        """Nothing stays behind at all."""
        for key in list(self.unfinished):
            self.finish_line(key)

    def finish_line(self, key):
        """Log an unfinished line, if there is one."""
        rest = self.unfinished.pop(key, "")
        if rest:
            self.record("error", rest)

    def _message(self, level, text):
        message = {"kind": "log", "level": level, "tid": get_native_id(), "text": text}
        thread = self._running.get(get_ident())
        if thread is not None and thread.environ is not None:
            message["remote"] = remote_of(thread.environ)
            if self.variables:
                # The application may have put anything there.
                about = ((name, thread.environ.get(name)) for name in self.variables)
                message["about"] = {name: value[:RECORD_LENGTH] for name, value in about if isinstance(value, str)}
        return message


class _EndOfThread:
    """Belongs to one thread, and goes when that ends, in that thread."""

    def __init__(self, log):
        self._log = log
        self._thread = get_ident()

    def __del__(self):
        # A child of fork clears away the threads of its parent, in the one that it has.
        if get_ident() == self._thread:
            self._log.end_of_request()


def remote_of(environ):
    """Who a request comes from; a client of a socket in the file system has no address, and the socket stands for it."""
    address = environ.get("REMOTE_ADDR", "")
    if "REMOTE_PORT" in environ:
        return "%s:%s" % (address, environ["REMOTE_PORT"])
    return address or environ.get("SERVER_ADDR", "")


class LogStream(io.TextIOBase):
    """sys.stdout, sys.stderr and wsgi.errors. Each thread has its own unfinished line."""

    encoding = "utf-8"
    errors = "replace"
    newlines = None
    line_buffering = True
    mode = "w"

    def __init__(self, log, name):
        super().__init__()
        self.name = name
        self._log = log
        self._bytes = ByteStream(self)

    @property
    def buffer(self):
        """The same stream for bytes."""
        return self._bytes

    def write(self, text):
        """Log the complete lines of `text`, keep the rest until its end comes."""
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not %s" % type(text).__name__)
        end = text.rfind("\n")
        key = (self, get_ident())
        unfinished = self._log.unfinished
        before = unfinished.pop(key, "")
        if end >= 0:
            self._log.lines("error", _lines(before, text, end))
            before = ""
        rest = before + text[end + 1 :]
        if len(rest) >= RECORD_LENGTH:
            whole = len(rest) - len(rest) % RECORD_LENGTH
            self._log.lines("error", (rest[:whole],))
            rest = rest[whole:]
        if rest:
            self._log.keep(key, rest)
        return len(text)

    def flush(self):
        """Log the unfinished line of the calling thread."""
        self._log.finish_line((self, get_ident()))

    def close(self):
        """Does nothing: later output is to be seen as well."""

    def writable(self):
        """Always."""
        return True

    def isatty(self):
        """Never."""
        return False

    def reconfigure(self, **_):
        """Accepted for programs that set the encoding of their output: there is only this one."""


class ByteStream(io.BufferedIOBase):
    """The `buffer` of a LogStream: bytes are taken for UTF-8, what isn't is replaced."""

    def __init__(self, text):
        super().__init__()
        self._text = text
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data):
        """Log `data` like text."""
        data = bytes(data)
        self._text.write(self._decoder.decode(data))
        return len(data)

    def flush(self):
        """Log the unfinished line of the calling thread."""
        self._text.write(self._decoder.decode(b"", True))
        self._text.flush()

    def close(self):
        """Does nothing, see LogStream."""

    def writable(self):
        """Always."""
        return True


def traceback_lines(error):
    """A traceback in lines, without the frames of the worker that lead to the application."""
    trace = error.__traceback__
    while trace is not None and _is_own(trace) and trace.tb_next is not None:
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace))
    return text.rstrip("\n").split("\n")


def _is_own(trace):
    return os.path.dirname(trace.tb_frame.f_code.co_filename) == _OWN_FOLDER


def _lines(before, text, end):
    """The lines of `before` + `text` up to the line feed at `end`, one after the other."""
    start = 0
    while start <= end:
        stop = text.index("\n", start)
        yield before + text[start:stop]
        before = ""
        start = stop + 1


def _pieces(line):
    """A line as it fits into records: never longer, never with what JSON or UTF-8 can't carry."""
    line = line[:-1] if line.endswith("\r") else line
    if not line.isascii():
        line = line.encode("utf-8", "replace").decode("utf-8")
    if len(line) <= RECORD_LENGTH:
        return (line,)
    return (line[start : start + RECORD_LENGTH] for start in range(0, len(line), RECORD_LENGTH))
