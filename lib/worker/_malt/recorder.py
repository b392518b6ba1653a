"""Keeps every request and response in files, for looking at them later or sending the request again."""

import os
import pprint
import traceback

from .files import FileWrapper, regular_file
from .request_files import RequestFiles, open_private
from .watched_body import WatchedBody

# Bodies are copied in pieces of this size.
BLOCK_BYTES = 64 * 1024


class Recorder:
    """Writes the files DIRECTORY/MICROSECONDS-PID-NUMBER.KIND, one of each kind for each request."""

    def __init__(self, folder):
        self._files = RequestFiles(folder)

    def watch(self, application):
        """An application that is the same, and recorded."""

        def call(environ, start_response):
            recording = Recording(self._files.next(), start_response)
            try:
                recording.request(environ)
                return recording.response(application(environ, recording.start_response))
            except BaseException:
                recording.exception("oaexcept")
                recording.end()
                raise

        return call


class Recording:
    """One request: `iheaders` and `icontent`, then `oheaders` and `ocontent`, and tracebacks of what went wrong.

    `oaexcept` is of the application's call, `orexcept` of the iteration, `ofexcept` of close().
    """

    def __init__(self, path, start_response):
        self._path = path
        self._start_response = start_response
        self._input = None
        for kind in ("iheaders", "icontent", "oheaders", "oaexcept", "orexcept", "ofexcept"):
            self._save(kind, "")
        self._output = open_private(path + ".ocontent")

    def request(self, environ):
        """Put down the request, all of its body too, which the application then reads from the file."""
        self._save("iheaders", pprint.pformat(environ) + "\n")
        body = environ["wsgi.input"]
        with open_private(self._path + ".icontent") as file:
            for block in iter(lambda: body.read(BLOCK_BYTES), b""):
                file.write(block)
        self._input = environ["wsgi.input"] = open(self._path + ".icontent", "rb")

    def start_response(self, status, headers, exc_info=None):
        """As PEP 3333's; of several calls the last one is kept, which is the one that counts."""
        said = (status, headers) if exc_info is None else (status, headers, exc_info)
        self._save("oheaders", pprint.pformat(said) + "\n")
        if exc_info is None:
            write = self._start_response(status, headers)
        else:
            write = self._start_response(status, headers, exc_info)

        def recorded(data):
            self.keep(data)
            return write(data)

        return recorded

    def response(self, result):
        """What the application has returned, in a form that is recorded while it is sent."""
        if type(result) in (list, tuple):
            for data in result:
                self.keep(data)
        elif type(result) is FileWrapper and regular_file(result) is not None:
            self._copy(*regular_file(result))
        else:
            return _RecordedBody(result, self)
        self.end()
        return result

    def keep(self, data):
        """Put down a part of the response's body."""
        # What is no bytes is refused further on.
        if isinstance(data, bytes):
            self._output.write(data)

    def exception(self, kind):
        """Put down the exception that is being handled."""
        self._save(kind, traceback.format_exc())

    def end(self):
        """The request is over."""
        self._output.close()
        if self._input is not None:
            self._input.close()

    def _copy(self, descriptor, offset, length):
        """Keep a part of a file, whose position stays where it is."""
        while length > 0:
            data = os.pread(descriptor, min(length, BLOCK_BYTES), offset)
            if not data:
                break
            self._output.write(data)
            offset += len(data)
            length -= len(data)

    def _save(self, kind, text):
        with open_private("%s.%s" % (self._path, kind), "w") as file:
            file.write(text)


class _RecordedBody(WatchedBody):
    """What an application has returned."""

    def __init__(self, result, recording):
        super().__init__(result)
        self._recording = recording

    def __next__(self):
        try:
            data = super().__next__()
        except StopIteration:
            raise
        except BaseException:
            self._recording.exception("orexcept")
            raise
        self._recording.keep(data)
        return data

    def close(self):
        """The last step of a request."""
        try:
            super().close()
        except BaseException:
            self._recording.exception("ofexcept")
            raise
        finally:
            self._recording.end()
