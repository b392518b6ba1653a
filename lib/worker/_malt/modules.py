"""The modules `mod_wsgi` and `apache`, which tell applications about the server, and the submodules of the first."""

import importlib.util
import sys
import types
from _thread import get_ident
from collections.abc import Mapping

from .environ import APACHE_VERSION, MOD_WSGI_VERSION
from .events import subscribe
from .files import FileWrapper
from .process_metrics import process_metrics


def install(worker):
    """Put both into sys.modules, so that applications can import them. `worker` as in worker.py."""
    config = worker.config
    module = _package()
    module.version = MOD_WSGI_VERSION
    module.process_group = config["processGroup"]
    module.application_group = ""
    module.maximum_processes = config["maximumProcesses"]
    module.threads_per_process = config["threads"]
    module.FileWrapper = FileWrapper
    _add_metrics(module, worker)
    _add_requests(module, worker.running)
    _add_events(module, worker)
    _add_reloader(worker.monitor)

    apache = types.ModuleType("apache", "What mod_wsgi tells applications about the web server.")
    apache.version = APACHE_VERSION
    apache.maximum_processes = config["maximumProcesses"]
    apache.threads_per_process = config["threads"]
    apache.description = "Malt"
    apache.mpm_name = "event"
    apache.build_date = ""
    sys.modules["apache"] = apache


class ActiveRequests(Mapping):
    """mod_wsgi.active_requests: request_data by request_id, of the requests that run at the moment one looks."""

    def __init__(self, running):
        self._running = running

    def __getitem__(self, request_id):
        return self._all()[request_id]

    def __iter__(self):
        return iter(self._all())

    def __len__(self):
        return len(self._all())

    def __repr__(self):
        return repr(self._all())

    def _all(self):
        found = {}
        for thread in list(self._running.values()):
            environ = thread.environ
            if environ is not None:
                found[environ.get("mod_wsgi.request_id")] = thread.data_of(environ)
        return found


def _package():
    """The module of the pip package where there is one, as its submodules are to stay usable; else an empty one."""
    try:
        return importlib.import_module("mod_wsgi")
    except Exception:
        # It isn't there, or fails: it was made for another server, and the application need not suffer from that.
        sys.modules.pop("mod_wsgi", None)
    module = types.ModuleType("mod_wsgi", "What mod_wsgi tells applications about the server.")
    # What makes it a package: submodules can be imported from it.
    module.__path__ = []
    sys.modules["mod_wsgi"] = module
    return module


def _add_metrics(module, worker):
    def describe_process():
        return process_metrics(worker)

    def server_metrics():
        return None if worker.server_metrics is None else worker.server_metrics.sample()

    module.process_metrics = describe_process
    describe_process.__name__ = "process_metrics"
    module.request_metrics = worker.request_metrics.sample
    module.server_metrics = server_metrics


def _add_requests(module, running):
    def request_data():
        thread = running.get(get_ident())
        environ = None if thread is None else thread.environ
        if environ is None:
            raise RuntimeError("no active request for thread")
        return thread.data_of(environ)

    module.request_data = request_data
    module.active_requests = ActiveRequests(running)


def _add_events(module, worker):
    events = worker.events

    def subscribe_events(callback):
        subscribe(events.callbacks, callback)
        worker.observer.begin()
        return callback

    def subscribe_shutdown(callback):
        return subscribe(events.shutdown_callbacks, callback)

    module.event_callbacks = events.callbacks
    module.shutdown_callbacks = events.shutdown_callbacks
    module.subscribe_events = subscribe_events
    module.subscribe_shutdown = subscribe_shutdown


def _add_reloader(monitor):
    """mod_wsgi.server and mod_wsgi.express.reloader, as far as applications use them, unless the pip package has them."""
    for names in (("mod_wsgi.server",), ("mod_wsgi.express", "mod_wsgi.express.reloader")):
        if importlib.util.find_spec(names[0]) is None:
            for name in names:
                _add_submodule(name, monitor)


def _add_submodule(name, monitor):
    module = types.ModuleType(name, "What mod_wsgi-express tells applications about its reloader.")
    module.__path__ = []
    module.track_changes = monitor.track
    module.start_reloader = monitor.start
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, module)
