"""mod_wsgi.request_metrics(): what the requests since its last call took, in total and as histograms."""

import os
import time
from _thread import allocate_lock
from time import monotonic_ns

from .memory import maximum_resident_bytes, resident_bytes

# Upper bounds of the buckets in seconds: 5 ms, twice as much with each, 40.96 s; then one for all that is longer. The
# original has one more that is never used.
BOUNDS = tuple(0.005 * 2**step for step in range(14))
BUCKETS = 16

# The parts of a request's time, each up to the moment that the next begins with.
PARTS = ("server_time", "queue_time", "daemon_time", "application_time")


class RequestMetrics:
    """Counts observed requests from the first question on."""

    def __init__(self, worker):
        self._worker = worker
        self._lock = allocate_lock()
        self._started = False
        self._reset()

    def count(self, thread_number, environ, begun, seconds):
        """An observed request is over: its application was called at `begun` (ns, monotonic), for `seconds`."""
        application_start = (begun + self._worker.clock.offset) / 1e9
        # An embedded application is called by the server itself: its time ends where the application's begins.
        starts = ("mod_wsgi.request_start", "mod_wsgi.queue_start", "mod_wsgi.daemon_start")
        moments = [int(environ[name]) / 1e6 if name in environ else application_start for name in starts]
        moments.append(application_start)
        # Clocks of two processes, of which one may have been set meanwhile.
        times = [max(0.0, end - start) for start, end in zip(moments, moments[1:])] + [seconds]
        with self._lock:
            self._requests += 1
            self._by_thread[thread_number - 1] += 1
            for part, spent in zip(PARTS, times):
                self._totals[part] += spent
                self._buckets[part][_bucket(spent)] += 1

    def sample(self):
        """The metrics since the last call, as the documented dict; the first call starts counting and returns {}."""
        now, times, busy = time.time(), os.times(), self._busy_ns()
        if not self._started:
            self._started = True
            self._begin(now, times, busy)
            self._worker.observer.begin()
            return {}
        with self._lock:
            sample = self._sample(now, times, busy)
            self._reset()
        self._begin(now, times, busy)
        return sample

    def _sample(self, now, times, busy):
        worker = self._worker
        period = max(now - self._since, 1e-9)
        threads = [thread for thread in worker.threads if thread.ident is not None]
        requests = self._requests
        sample = {
            "pid": os.getpid(),
            "start_time": self._since,
            "stop_time": now,
            "sample_period": period,
            "cpu_user_time": (times.user - self._times.user) / period,
            "cpu_system_time": (times.system - self._times.system) / period,
            "memory_max_rss": maximum_resident_bytes(),
            "memory_rss": resident_bytes(),
            "request_threads_maximum": len(worker.threads),
            "request_threads_started": len(threads),
            "request_threads_active": sum(1 for count in self._by_thread if count),
            # A service has no threads for requests.
            "capacity_utilization": min(1.0, (busy - self._busy) / 1e9 / period / max(1, len(worker.threads))),
            "request_count": requests,
            "request_throughput": requests / period,
            "request_threads_buckets": list(self._by_thread),
        }
        for part in PARTS:
            sample[part] = self._totals[part] / requests if requests else 0.0
            sample[part + "_buckets"] = self._buckets[part]
        if worker.config["embedded"]:
            # No queue and no daemon: the original hands the request to a thread of the same process.
            sample["queue_time"] = sample["daemon_time"] = None
        return sample

    def _begin(self, now, times, busy):
        self._since, self._times, self._busy = now, times, busy

    def _reset(self):
        self._requests = 0
        self._by_thread = [0] * self._worker.config["threads"]
        self._totals = dict.fromkeys(PARTS, 0.0)
        self._buckets = {part: [0] * BUCKETS for part in PARTS}

    def _busy_ns(self):
        """Nanoseconds that all threads have spent with requests, those that run included."""
        now = monotonic_ns()
        return sum(
            thread.busy + (max(0, now - thread.started) if thread.environ is not None else 0)
            for thread in self._worker.threads
        )


def _bucket(seconds):
    for index, bound in enumerate(BOUNDS):
        if seconds <= bound:
            return index
    return len(BOUNDS)
