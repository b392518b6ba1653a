"""A profile of each request: of the call of the application, of its iteration, and of close()."""

from cProfile import Profile
from contextlib import contextmanager

from .request_files import RequestFiles
from .watched_body import WatchedBody, is_inert


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
            if is_inert(result):
                run.save()
                return result
            return _ProfiledBody(result, run)

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


class _ProfiledBody(WatchedBody):
    """What an application has returned."""

    def __init__(self, result, run):
        super().__init__(result, run.profiled)
        self._run = run

    def close(self):
        """The last step of a request."""
        try:
            super().close()
        finally:
            self._run.save()
