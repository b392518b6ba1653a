"""The modules `mod_wsgi` and `apache`, which exist only inside a worker."""

import os
import resource
import sys
import time
import types

from .environ import APACHE_VERSION, MOD_WSGI_VERSION
from .files import FileWrapper

_PAGE_BYTES = resource.getpagesize()


def install(worker):
    """Put both into sys.modules, so that applications can import them. `worker` as in threads.py."""
    config = worker.config
    module = types.ModuleType("mod_wsgi", "What mod_wsgi tells applications about the server.")
    module.version = MOD_WSGI_VERSION
    module.process_group = config["processGroup"]
    module.application_group = ""
    module.maximum_processes = config["maximumProcesses"]
    module.threads_per_process = config["threads"]
    module.FileWrapper = FileWrapper
    module.process_metrics = worker.process_metrics
    sys.modules["mod_wsgi"] = module

    apache = types.ModuleType("apache", "What mod_wsgi tells applications about the web server.")
    apache.version = APACHE_VERSION
    apache.maximum_processes = config["maximumProcesses"]
    apache.threads_per_process = config["threads"]
    apache.description = "Malt"
    apache.mpm_name = "event"
    apache.build_date = ""
    sys.modules["apache"] = apache


def resident_bytes():
    """Memory of this process that is in RAM; its maximum where there is no /proc."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE_BYTES
    except OSError:
        return maximum_resident_bytes()


def maximum_resident_bytes():
    """The most memory this process has had in RAM."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def process_metrics(worker):
    """mod_wsgi.process_metrics(): times in seconds, memory in bytes."""
    times = os.times()
    now = time.time()
    threads = [thread for thread in worker.threads if thread.ident is not None]
    return {
        "pid": os.getpid(),
        "request_busy_time": sum(thread.busy for thread in threads) / 1e9,
        "request_count": sum(thread.handled for thread in threads),
        "memory_max_rss": maximum_resident_bytes(),
        "memory_rss": resident_bytes(),
        "cpu_user_time": times.user,
        "cpu_system_time": times.system,
        "restart_time": worker.restart_time,
        "current_time": now,
        "running_time": int(now - worker.restart_time),
        "request_threads": len(threads),
        "active_requests": sum(1 for thread in threads if thread.environ is not None),
        "threads": [{"thread_id": thread.number, "request_count": thread.handled} for thread in threads],
    }
