"""mod_wsgi.process_metrics(): what this process has done since it was started."""

import os
import time

from .memory import maximum_resident_bytes, resident_bytes


def process_metrics(worker):
    """The documented dict: times in seconds, memory in bytes. `worker` as in worker.py."""
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
