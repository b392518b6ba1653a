"""Requests that somebody watches: by events, or by request_metrics.

Most applications do neither, and pay nothing for it: request threads become ObservedThreads at the moment when the first
asks for it, by a change of their class, and the next requests run here.
"""

import resource
from time import monotonic_ns

from .counted import CountedResponse, CountingThread
from .input import Input
from .response import ClientGone

SECOND = 1e9


class Observer:
    """Makes a worker's threads tell what they do."""

    def __init__(self, worker):
        self._worker = worker
        self._observing = False

    def begin(self):
        """From now on requests are observed; those that run already are not."""
        if self._observing:
            return
        self._observing = True
        for thread in self._worker.threads:
            thread.__class__ = ObservedThread
        self._worker.loader.wrap(self._observed)

    def _observed(self, application):
        events, clock = self._worker.events, self._worker.clock

        def call(environ, start_response):
            response = getattr(start_response, "__self__", None)
            if not isinstance(response, ObservedResponse):
                # Begun before anybody watched.
                return application(environ, start_response)
            response.begin()
            event = response.event(
                thread_id=environ["mod_wsgi.thread_id"],
                daemon_connects=int(environ.get("mod_wsgi.daemon_connects", 0)),
                daemon_restarts=int(environ.get("mod_wsgi.daemon_restarts", 0)),
                request_start=_seconds(environ, "mod_wsgi.request_start"),
                queue_start=_seconds(environ, "mod_wsgi.queue_start"),
                daemon_start=_seconds(environ, "mod_wsgi.daemon_start"),
                application_start=(response.begun + clock.offset) / SECOND,
                application_object=application,
                request_environ=environ,
            )
            return events.publish("request_started", event)["application_object"](environ, start_response)

        return call


class ObservedInput(Input):
    """wsgi.input that counts reads, bytes and the time they took."""

    reads = length = waited = 0

    def read(self, size=-1):
        """As Input.read."""
        start = monotonic_ns()
        return self._count(super().read(size), start)

    def readline(self, size=-1):
        """As Input.readline."""
        start = monotonic_ns()
        return self._count(super().readline(size), start)

    def _count(self, data, start):
        self.reads += 1
        self.length += len(data)
        self.waited += monotonic_ns() - start
        return data


class ObservedResponse(CountedResponse):
    """A response that tells when it is started."""

    #: When the application was called (ns, monotonic); 0 while it wasn't.
    begun = 0

    def watch(self, events, data):
        """Be observed: `data` is the request's request_data."""
        self.environ = self._environ
        # The application may put something else there.
        self.body = self._environ["wsgi.input"]
        self._events = events
        self._data = data
        self._usage = resource.getrusage(resource.RUSAGE_THREAD)

    def begin(self):
        """The application is about to be called."""
        self.begun = monotonic_ns()

    def event(self, **fields):
        """The fields of an event about this request."""
        return dict(fields, request_id=self.environ.get("mod_wsgi.request_id"), request_data=self._data)

    def cpu_times(self):
        """Seconds that the thread has used for this request, for itself and in the kernel."""
        before, now = self._usage, resource.getrusage(resource.RUSAGE_THREAD)
        return now.ru_utime - before.ru_utime, now.ru_stime - before.ru_stime

    def start_response(self, status, headers, exc_info=None):
        """As Response.start_response."""
        write = super().start_response(status, headers, exc_info)
        event = self.event(response_status=status, response_headers=headers, exception_info=exc_info)
        self._events.publish("response_started", event)
        return write


class ObservedThread(CountingThread):
    """A request thread that tells its observers about each request."""

    make_input = ObservedInput

    def make_response(self, request, environ, channel, longest_line, now):
        """The response; with it an observed request begins."""
        self.response = ObservedResponse(request, environ, channel, longest_line, now)
        self.response.watch(self._worker.events, self.data_of(environ))
        return self.response

    def _run(self, request, now):
        super()._run(request, now)
        response = self.response
        if response is not None and response.begun:
            finish(self._worker, self, response)

    def _explain(self, error):
        response = self.response
        if response is not None and response.begun and not isinstance(error, ClientGone):
            event = response.event(exception_info=(type(error), error, error.__traceback__))
            self._worker.events.publish("request_exception", event)
        return super()._explain(error)


def finish(worker, thread, response):
    """An observed request is over: tell the subscribers, and count it."""
    now = monotonic_ns()
    body = response.body
    seconds = (now - response.begun) / SECOND
    user, system = response.cpu_times()
    # The kernel's clock of a thread ticks less often than ours.
    scale = min(1.0, seconds / (user + system)) if user + system else 1.0
    worker.request_metrics.count(thread.number, response.environ, response.begun, seconds)
    event = response.event(
        input_reads=body.reads,
        input_length=body.length,
        input_time=body.waited / SECOND,
        output_length=response.length,
        output_writes=response.writes,
        output_time=response.waited / SECOND,
        cpu_user_time=user * scale,
        cpu_system_time=system * scale,
        application_finish=(now + worker.clock.offset) / SECOND,
        application_time=seconds,
    )
    worker.events.publish("request_finished", event)


def _seconds(environ, name):
    return int(environ.get(name, 0)) / 1e6
