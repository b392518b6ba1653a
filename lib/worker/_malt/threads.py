"""The threads that run requests: take one, call the application, send its response, see that close() is called."""

import threading
from _thread import allocate_lock, get_ident, get_native_id
from time import monotonic_ns

from .environ import request_environ
from .forking import end_child
from .input import Input
from .request import HandedBack
from .response import ClientGone, Response
from .sleeper import Sleeper

# A response leaves together with those of the next requests, unless the first of these was begun so long ago (ns): each
# send wakes the front end, which takes the processor, and its caches, away from some application. Of a Django view, 2 ms
# cost 2 % more processor time; requests that take longer than this wait for none.
LINGER = 4_000_000

# Any thread may ask for the data of a request, which is to have only one.
_making_data = allocate_lock()


class RequestThread:
    """One request thread and what is known of it from outside."""

    #: What the parts of a request are made with; threads that count or are observed have others.
    make_input = Input
    make_response = Response
    #: Body bytes of the requests that are over, as far as they are counted.
    sent = 0

    def __init__(self, number, worker):
        """`number` counts from 1. `worker` has `channel`, `loader`, `base`, `log`, `clock`, `counter`, `config`."""
        self.number = number
        self._cell = number - 1
        self.handled = 0
        #: Nanoseconds spent with requests.
        self.busy = 0
        #: The environ of the request being run, and when it was started (ns, monotonic); None between requests.
        self.environ = None
        self.started = 0
        #: When the last one was over (ns, monotonic); set with a request or a few of them.
        self.ended = 0
        self.request_id = 0
        self.ident = None
        self._worker = worker
        self._channel = worker.channel
        self._longest_line = worker.config["headerBufferBytes"]
        # An embedded application was never handed to a daemon: the one time it is told is put down twice.
        self._daemon_start = "mod_wsgi.%s_start" % ("script" if worker.config["embedded"] else "daemon")
        # The environ that `_data` belongs to, see `data_of`.
        self._data_for = self._data = None
        self.thread = threading.Thread(target=self.serve, name="malt-request-%d" % number, daemon=True)

    def data_of(self, environ):
        """mod_wsgi.request_data() of the request with this environ: a dict of its own, made when it is first wanted."""
        with _making_data:
            if self._data_for is not environ:
                self._data_for, self._data = environ, {}
            return self._data

    def serve(self):
        """Run requests until the channel is closed; called by `thread`, or in debug mode by the main thread."""
        self.ident = get_ident()
        self._worker.running[self.ident] = self
        channel = self._channel
        ready, steward, take = channel.ready, channel.steward, channel.take
        sleeper = Sleeper()
        sleeper.native_id = get_native_id()
        now = monotonic_ns()
        while True:
            try:
                request = ready.popleft()
            except IndexError:
                request = take(sleeper)
                if request is None:
                    end_child(self._worker)
                    return
                now = monotonic_ns()
            if request.cancelled:
                channel.give_back(request)
                continue
            connection = request.connection
            self._run(request, now)
            started, now = now, monotonic_ns()
            self.ended = now
            self.busy += now - started
            # Batching is what makes requests cheap: while more are ready, responses wait for each other.
            if not ready or not (steward.ticking or steward.rouse()):
                channel.flush()
            elif now - connection.oldest > LINGER:
                connection.flush()

    def _run(self, request, now):
        """One request, from its environ to its last frame. `now` is its beginning (ns, monotonic)."""
        worker, channel, connection = self._worker, self._channel, request.connection
        environ = request_environ(request.common or worker.base, request.text)
        environ["wsgi.input"] = body = self.make_input(request, channel)
        environ[self._daemon_start] = environ["mod_wsgi.script_start"] = str((now + worker.clock.offset) // 1000)
        environ["mod_wsgi.total_requests"] = channel.completed
        environ["mod_wsgi.thread_id"] = self.number
        environ["mod_wsgi.thread_requests"] = self.handled
        response = self.make_response(request, environ, channel, self._longest_line, now)
        self.started = now
        self.request_id = connection.started[self._cell] = request.id
        self.environ = environ
        result = failure = None
        finished = False
        try:
            application = worker.loader.application or worker.loader.load()
            if application is None:
                failure = "the application could not be loaded, see the error log"
            else:
                result = application(environ, response.start_response)
                finished = response.send(result)
        except HandedBack:
            channel.give_back(request)
            finished = True
        except BaseException as error:
            failure = self._explain(error)
        if not finished:
            self._end(response, result, failure)
        response.request = body.request = None
        connection.requests.pop(request.id, None)
        if connection.draining:
            channel.after_last_frame(connection)
        if worker.log.unfinished:
            worker.log.end_of_request()
        self.environ = None
        self.handled += 1
        channel.completed = next(worker.counter)

    def _end(self, response, result, failure):
        """What remains to be done for a response that didn't fit one frame: close(), the last frame."""
        try:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            self._explain(error)
        if failure is None:
            try:
                reason = response.finish()
                if reason is not None:
                    log = self._worker.log
                    log.record("warn", "%s%s: %s." % (log.prefix, self._worker.what(self.environ), reason))
            except BaseException as error:
                failure = self._explain(error)
        if failure is not None and not response.ended:
            response.abort(failure)

    def _explain(self, error):
        """Log an exception of the application. Returns it in one line, for the front end."""
        if isinstance(error, ClientGone):
            self._worker.log.record("debug", "%sThe client has closed the connection." % self._worker.log.prefix)
            return "the client has closed the connection"
        self._worker.log.exception(error, self._worker.loader.name)
        name, text = type(error).__name__, str(error)
        return "%s: %s" % (name, text) if text else name
