"""The worker as a whole: what its threads share, and what the supervisor is told about it."""

import functools
import itertools
import json
import os
import time
from _thread import allocate_lock
from threading import Thread
from time import monotonic_ns

from .channel import Channel
from .clock import Clock
from .counted import CountingThread
from .description import describe
from .environ import base_environ, request_environ
from .events import Events
from .frames import SLOTS
from .limits import Attention, LimitedCounter, is_ignored
from .listener import listen, set_buffers
from .loader import Loader
from .logs import Log, traceback_lines
from .memory import resident_bytes
from .monitor import Monitor
from .observed import Observer
from .request_metrics import RequestMetrics
from .server_metrics import ServerMetrics
from .slow import SlowRequests
from .started import Started
from .threads import RequestThread


class Worker:
    """Everything that lives as long as the process."""

    def __init__(self, config, control):
        """`config` is the WorkerConfig of lib/control/worker.ts as a dict."""
        self.config = config
        self.control = control
        self.pid = os.getpid()
        self.restart_time = time.time()
        self.clock = Clock()
        #: Request threads by the ident of their thread.
        self.running = {}
        self.log = Log(control.send, self.running)
        self.log.variables = config["loggedVariables"]
        self.stdout = self.log.stream("<stdout>")
        self.stderr = self.log.stream("<stderr>")
        self.base = base_environ(config, self.stderr)
        self.loader = Loader(config["application"], self.log)
        handlers = config["application"].get("handlers")
        if handlers:
            # Only then: most sites do without.
            from .resources import Resources, make_scripts

            scripts = make_scripts(handlers, self.log)
            self.loader.wrap(lambda application: Resources(application, scripts, self))
        self.monitor = Monitor(self)
        self.events = Events(self.log)
        self.observer = Observer(self)
        look = self._look_for_edits if config["reloading"] else None
        self.channel = Channel(config["responseBufferBytes"], functools.partial(request_environ, self.base), look)
        #: Gives each finished request its number; taking the next one is atomic.
        self.counter = itertools.count(1)
        if config["maximumRequests"]:
            self.counter = LimitedCounter(config["maximumRequests"], self._enough)
        kind = CountingThread if config["serverMetrics"] else RequestThread
        self.threads = [kind(number, self) for number in range(1, config["threads"] + 1)]
        self._attention = None
        if config["ignoresActivity"]:
            self._attention = Attention()
            self.loader.wrap(self._attention.watch)
        #: The tools of debug mode; None without.
        self.debugging = None
        if config["debugging"] is not None:
            # Only then: others do without pdb and all that.
            from .debugging import Debugging

            self.debugging = Debugging(config["debugging"], self.log)
        self.request_metrics = RequestMetrics(self)
        self.server_metrics = ServerMetrics(control) if config["serverMetrics"] else None
        self._slow = SlowRequests(self) if config["slowRequestMs"] else None
        self._listener = None
        #: The application is being loaded for the first time.
        self.loading = True
        #: Called with "stop" or "orphan", and the reason, when the worker has to end; set by main.
        self.on_stop = None
        #: Functions that are called with the reason when the worker begins to stop, before it waits for its requests.
        self.on_stopping = [self.events.stopping]
        # How urgently the supervisor was asked for a replacement.
        self._asked = 0
        # The listener must not be closed while the control thread accepts on it.
        self._accepting = allocate_lock()

    def start_threads(self):
        """Start all threads. Before the application is loaded: it may replace what threads are made of (gevent)."""
        if self.debugging is None:
            for thread in self.threads:
                thread.thread.start()
        if self.config["reloadOnChanges"]:
            self.monitor.start()
        Thread(target=self.channel.steward.run, name="malt-steward", daemon=True).start()
        Thread(target=self._control, name="malt-control", daemon=True).start()

    def listen(self):
        """Let front ends connect. Raises OSError."""
        self._listener = listen(self.config["socket"], self.config["backlog"])
        self.control.watch(self._listener, self.accept)

    def detach_listener(self):
        """Leave the listener to the worker, as a child of fork."""
        if self._listener is not None:
            self._listener.close()

    def close_listener(self):
        """Let no more front ends connect."""
        self.control.forget(self._listener)
        with self._accepting:
            self._listener.close()
        try:
            os.unlink(self.config["socket"])
        except OSError:
            pass

    def leave(self, why, reason):
        """Have another worker take the place of this one, which starts nothing more: for what must not go on here.

        Requests that were not started, and those that still come, go to other workers. `why` is in the words of the log,
        `reason` the application's shutdown_reason. May be called by any thread, and again.
        """
        self.channel.stop()
        self._ask(why, reason, False)

    def _look_for_edits(self):
        """Requests have come, and none of them was started: leave when they are for the application's next code."""
        if self.loader.outdated():
            self.restart()

    def restart(self):
        """What has not been started, and what still comes, is for newer code than this process has."""
        self.channel.stop(restart=True)
        self.leave("Force restart of process", "script_reload")

    def ask_for_replacement(self, why, reason):
        """As `leave`, but go on until the other worker is ready."""
        self._ask(why, reason, True)

    def _ask(self, why, reason, serving):
        urgency = 1 if serving else 2
        if self._asked >= urgency:
            return
        self._asked = urgency
        # What it is doing just now decides what the log says.
        self.control.send([self.beat(), {"kind": "leave", "why": why, "reason": reason, "serving": serving}])

    def _enough(self):
        """The last of --maximum-requests has been finished."""
        # Where the application counts on it (wsgi.run_once) there is no further one.
        ask = self.leave if self.config["runOnce"] else self.ask_for_replacement
        ask("Maximum requests reached", "maximum_requests")

    def tell_stopping(self, reason):
        """Call what wants to hear of the end, each whatever became of the others."""
        for call in self.on_stopping:
            try:
                call(reason)
            except BaseException as error:
                self.log.record("error", "%sException occurred within event callback." % self.log.prefix)
                self.log.lines("error", traceback_lines(error))

    @staticmethod
    def what(environ):
        """A request in the words of the log."""
        return "%s %s" % (environ.get("REQUEST_METHOD", "-"), environ.get("REQUEST_URI", environ.get("PATH_INFO", "-")))

    # -- called by the control thread -----------------------------------------------------------------------------

    def _control(self):
        try:
            self.control.serve(self.told, self.beat, self._slow and self._slow.look)
        finally:
            # Also when it fails: a worker that can't be spoken to must not live on.
            self.on_stop("orphan")

    def accept(self):
        """A front end connects."""
        with self._accepting:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                # It thought better of it, or the listener is closed by now.
                return
        config = self.config
        connection.setblocking(True)
        set_buffers(connection, config["sendBufferBytes"], config["receiveBufferBytes"])
        started = Started(config["threads"])
        hello = {"version": 1, "pid": os.getpid(), "threads": config["threads"], "slots": SLOTS}
        if started.path is not None:
            hello["started"] = started.path
        self.channel.add(connection, json.dumps(hello).encode(), started)

    def told(self, message):
        """A message of the supervisor."""
        if message["kind"] == "stop":
            self.on_stop("stop", message["reason"])
        elif message["kind"] == "describe":
            self.control.send_urgent(
                dict(describe(self, message["stacks"]), kind="description", query=message["query"])
            )
        elif message["kind"] == "metrics":
            self.server_metrics.answered(message["query"], message["metrics"])
        elif message["kind"] == "interrupt":
            self.control.send([{"kind": "interrupted", "prompt": self.debugging.has_prompt()}])

    def beat(self):
        """The sign of life, as the message for the supervisor."""
        self.clock.adjust()
        now = monotonic_ns()
        active = []
        for thread in self.threads:
            environ = thread.environ
            if environ is not None:
                running_ms = max(0, now - thread.started) // 1_000_000
                request = {"thread": thread.number, "id": thread.request_id, "runningMs": running_ms}
                request["what"] = self.what(environ)
                request["ignored"] = is_ignored(environ)
                active.append(request)
        served = sum(thread.handled for thread in self.threads)
        return {
            "kind": "beat",
            "served": served,
            "counted": served if self._attention is None else self._attention.counted,
            "loaded": self.loader.application is not None,
            "active": active,
            "cpuMs": int(time.process_time() * 1000),
            "rssBytes": resident_bytes(),
        }
