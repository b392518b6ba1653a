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
from .environ import base_environ, request_environ
from .frames import SLOTS
from .listener import listen, set_buffers
from .loader import Loader
from .logs import Log
from .modules import process_metrics, resident_bytes
from .stacks import stack_lines
from .threads import RequestThread


class Worker:
    """Everything that lives as long as the process."""

    def __init__(self, config, control):
        """`config` is the WorkerConfig of lib/control/worker.ts as a dict."""
        self.config = config
        self.control = control
        self.restart_time = time.time()
        self.clock = Clock()
        #: Request threads by the ident of their thread.
        self.running = {}
        self.log = Log(control.send, self.running)
        self.stdout = self.log.stream("<stdout>")
        self.stderr = self.log.stream("<stderr>")
        self.base = base_environ(config, self.stderr)
        self.loader = Loader(config["application"], self.log)
        self.channel = Channel(config["responseBufferBytes"], functools.partial(request_environ, self.base))
        #: Gives each finished request its number; taking the next one is atomic.
        self.counter = itertools.count(1)
        self.threads = [RequestThread(number, self) for number in range(1, config["threads"] + 1)]
        self._listener = None
        #: The application is being loaded for the first time.
        self.loading = True
        #: Called with "signal", "stop" or "orphan" when the worker has to end; set by main.
        self.on_stop = None
        # The listener must not be closed while the control thread accepts on it.
        self._accepting = allocate_lock()

    def start_threads(self):
        """Start all threads. Before the application is loaded: it may replace what threads are made of (gevent)."""
        for thread in self.threads:
            thread.thread.start()
        Thread(target=self.channel.steward.run, name="malt-steward", daemon=True).start()
        Thread(target=self._control, name="malt-control", daemon=True).start()

    def listen(self):
        """Let front ends connect. Raises OSError."""
        self._listener = listen(self.config["socket"], self.config["backlog"])
        self.control.watch(self._listener, self.accept)

    def close_listener(self):
        """Let no more front ends connect."""
        self.control.forget(self._listener)
        with self._accepting:
            self._listener.close()
        try:
            os.unlink(self.config["socket"])
        except OSError:
            pass

    def process_metrics(self):
        """Times, memory and requests of this process, as a dict."""
        return process_metrics(self)

    @staticmethod
    def what(environ):
        """A request in the words of the log."""
        return "%s %s" % (environ.get("REQUEST_METHOD", "-"), environ.get("REQUEST_URI", environ.get("PATH_INFO", "-")))

    # -- called by the control thread -----------------------------------------------------------------------------

    def _control(self):
        self.control.serve(self.told, self.beat)
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
        hello = {"version": 1, "pid": os.getpid(), "threads": config["threads"], "slots": SLOTS}
        self.channel.add(connection, json.dumps(hello).encode())

    def told(self, message):
        """A message of the supervisor."""
        if message["kind"] == "stop":
            self.on_stop("stop")
        elif message["kind"] == "stacks":
            self.log.lines("info", stack_lines())

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
                active.append(request)
        return {
            "kind": "beat",
            "served": sum(thread.handled for thread in self.threads),
            "active": active,
            "cpuMs": int(time.process_time() * 1000),
            "rssBytes": resident_bytes(),
        }
