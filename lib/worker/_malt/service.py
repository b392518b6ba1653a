"""A service: a script that runs next to the application, as the main program of a process of its own."""

import atexit
import faulthandler
import os
import signal
import sys
import time
import types
from threading import Thread

from . import surroundings
from .events import Events
from .loader import code_of, explain
from .logs import Log
from .memory import resident_bytes
from .modules import install
from .monitor import Monitor
from .request_metrics import RequestMetrics
from .scripts import module_name
from .server_metrics import ServerMetrics

# Seconds to leave in when the supervisor has died.
ORPHAN = 1.0


class Service:
    """Everything that lives as long as the process; to modules.py it is a worker without request threads."""

    def __init__(self, config, control):
        """`config` is the ServiceConfig of lib/control/worker.ts as a dict."""
        self.config = config
        self.control = control
        self.restart_time = time.time()
        self.threads = []
        self.running = {}
        self.log = Log(control.send, self.running)
        self.stdout = self.log.stream("<stdout>")
        self.stderr = self.log.stream("<stderr>")
        self.events = Events(self.log)
        self.observer = NoRequests()
        self.monitor = Monitor(self)
        self.request_metrics = RequestMetrics(self)
        self.server_metrics = ServerMetrics(control) if config["serverMetrics"] else None

    # -- called by the control thread -----------------------------------------------------------------------------

    def converse(self):
        """Hear what the supervisor says until it is gone, then leave."""
        self.control.serve(self.told, self.beat)
        faulthandler.dump_traceback_later(ORPHAN, exit=True, file=2)
        _interrupt()

    def told(self, message):
        """A message of the supervisor."""
        if message["kind"] == "stop":
            _interrupt()
        elif message["kind"] == "metrics":
            self.server_metrics.answered(message["query"], message["metrics"])

    @staticmethod
    def beat():
        """The sign of life, as the message for the supervisor."""
        return {
            "kind": "beat",
            "served": 0,
            "counted": 0,
            "active": [],
            "loaded": True,
            "cpuMs": int(time.process_time() * 1000),
            "rssBytes": resident_bytes(),
        }


class NoRequests:
    """What an application has to observe, and a service has not."""

    def begin(self):
        """Does nothing."""


def run(config, control):
    """Run the script. Returns the exit status of the process; Python then still waits for the threads it started."""
    service = Service(config, control)
    log, script = service.log, config["script"]
    # Registered first, so that it runs last: exit functions of the script may still print.
    atexit.register(log.end_of_process)
    atexit.register(service.events.stopping, "")
    surroundings.set_streams(service.stdout, service.stderr)
    surroundings.enter(config, log)
    surroundings.set_locale(log)
    surroundings.set_search_path(config["workingDirectory"], config["pythonPath"])
    install(service)
    signal.signal(signal.SIGTERM, _leave)
    # Of the signals that end a worker of the original it is the one that Python would make an exception of.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Thread(target=service.converse, name="malt-control", daemon=True).start()
    log.record("info", "%sLoading Python script file '%s'." % (log.prefix, script))
    try:
        _run_script(script)
    except SystemExit:
        raise
    except BaseException as error:
        explain(error, script, log)
        return 1
    return 0


def _run_script(path):
    module = types.ModuleType(module_name(path))
    module.__file__ = path
    # Before it runs, unlike an application: it may never return, and pickle looks for its classes there.
    sys.modules[module.__name__] = module
    exec(code_of(path), module.__dict__)


def _leave(_signal, _frame):
    # `finally` clauses and exit functions run.
    sys.exit(0)


def _interrupt():
    os.kill(os.getpid(), signal.SIGTERM)
