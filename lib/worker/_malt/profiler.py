"""A profile of each request: of the call of the application, of its iteration, and of close()."""

from cProfile import Profile
from contextlib import contextmanager

from .files import FileWrapper
from .request_files import RequestFiles


class Profiler:
    """Writes DIRECTORY/MICROSECONDS-PID-NUMBER.pstats; number 0 is the start."""

    def __init__(self, folder):
        self._files = RequestFiles(folder, first=0)

    @contextmanager
    def file(self):
        """Profile what runs meanwhile, into the next file."""
        profile, path = Profile(), self._path()
        profile.enable()
        try:
            yield
        finally:
            profile.disable()
            profile.dump_stats(path)

    def watch(self, application):
        """An application that is the same, and profiled."""

        def call(environ, start_response):
            run = _Run(self._path())
            try:
                result = run.profiled(application, environ, start_response)
            except BaseException:
                run.save()
                raise
            if type(result) in (list, tuple, FileWrapper):
                # No code of the application runs any more.
                run.save()
                return result
            return _Profiled(run, result)

        return call

    def _path(self):
        return self._files.next() + ".pstats"


class _Run:
    """The profile of one request."""

    def __init__(self, path):
        self._path = path
        self._profile = Profile()

    def profiled(self, call, *args):
        """What `call(*args)` returns."""
        self._profile.enable()
        try:
            return call(*args)
        finally:
            self._profile.disable()

    def save(self):
        """The request is over."""
        self._profile.dump_stats(self._path)


class _Profiled:
    """What an application has returned."""

    def __init__(self, run, result):
        self._run = run
        self._result = result
        self._items = None

    def __iter__(self):
        return self

    def __next__(self):
        if self._items is None:
            self._items = self._run.profiled(iter, self._result)
        return self._run.profiled(next, self._items)

    def close(self):
        """Close what the application has returned."""
        try:
            close = getattr(self._result, "close", None)
            if close is not None:
                self._run.profiled(close)
        finally:
            self._run.save()
