"""--reload-on-changes: a thread that restarts the worker when a file that it was made of changes.

Where the kernel tells of changes (inotify), looking costs nothing: the thread sleeps, and wakes once a second for what
was imported since. Some file systems change without telling (network, folders shared with a host), so it also looks at
some files itself each second; without inotify, at all of them.
"""

import os
import stat
import sys
from _thread import allocate_lock
from threading import Thread
from time import monotonic

from .inotify import Inotify

# Seconds between two sweeps.
SWEEP = 1.0
# How many files a sweep looks at although the kernel would tell: each costs a microsecond or two.
SAMPLE = 20
# A change rarely comes alone. The restart waits until nothing has changed for so long, or for the second time at most.
SETTLED = 0.1
UNSETTLED = 2.0


class Monitor:
    """The files of this worker, and the thread that looks at them."""

    def __init__(self, worker):
        """`worker` has `config`, `loader`, `stderr` and `leave`."""
        self._worker = worker
        self._tracked = []
        #: Modification times of the files that were seen, None for those that could not be.
        self._seen = {}
        self._turn = []
        self._modules = ()
        self._started = False
        self._inotify = None
        self._bell = allocate_lock()
        self._bell.acquire()

    def track(self, path):
        """mod_wsgi.server.track_changes: look at this file, too."""
        if path not in self._tracked:
            self._tracked.append(path)

    def start(self, interval=SWEEP):
        """mod_wsgi.server.start_reloader: begin to look, each `interval` seconds."""
        if self._started or not self._worker.config["reloading"]:
            return
        self._started = True
        Thread(target=self._run, args=(interval,), name="malt-monitor", daemon=True).start()
        if not self._worker.loading:
            self.loaded()

    def loaded(self):
        """The application was loaded, or could not be: there is something to look at. Called once."""
        if self._bell.locked():
            self._bell.release()

    def _run(self, interval):
        self._bell.acquire()
        self._inotify = Inotify()
        changed = self._sweep()
        self._say("Starting change monitor.")
        while changed is None:
            changed = self._await_news(interval) or self._sweep()
        self._settle()
        self._say('Change detected to "%s".' % changed)
        self._say("Triggering process restart.")
        self._worker.leave("A file that it had loaded has changed, stopping process", "")

    def _say(self, text):
        self._worker.stderr.write("monitor (pid=%d): %s\n" % (os.getpid(), text))

    def _sweep(self):
        """Take in the files that came since, and look at some of the known ones. A changed file, or None."""
        for path in self._files():
            if path not in self._seen:
                self._add(path)
        known = self._seen
        if not self._turn:
            self._turn = list(known)
        count = len(self._turn) if not self._inotify.works else SAMPLE
        now, self._turn = self._turn[:count], self._turn[count:]
        return next((path for path in now if self._is_changed(path)), None)

    def _files(self):
        """All files that the worker was made of, where they may be new."""
        # The usual sweep finds the same modules as the last.
        if sys.modules.keys() != self._modules:
            self._modules = frozenset(sys.modules)
            yield from _module_files()
        target = self._worker.loader.target
        if target is not None:
            yield target.path
        yield from self._worker.loader.suspects
        yield from self._tracked
        # The pip package has lists of its own.
        for name in ("mod_wsgi.server", "mod_wsgi.express.reloader"):
            yield from getattr(sys.modules.get(name), "_files", ())

    def _add(self, path):
        stamp = _stamp(path)
        if stamp is None:
            # Never seen, so it can't change; it is looked at again with each sweep.
            return
        self._inotify.watch(path)
        self._seen[path] = stamp

    def _is_changed(self, path):
        return _stamp(path) != self._seen[path]

    def _await_news(self, seconds):
        """Sleep until the kernel tells of a change, at most so long. A changed file, or None."""
        deadline = monotonic() + seconds
        while True:
            left = deadline - monotonic()
            if left <= 0:
                return None
            for path in self._inotify.wait(left):
                if path in self._seen and self._is_changed(path):
                    return path

    def _settle(self):
        """Wait while more changes: half a commit is not what anybody wants to run."""
        deadline = monotonic() + UNSETTLED
        while self._inotify.works and monotonic() < deadline:
            if not self._inotify.wait(SETTLED):
                return


def _module_files():
    for module in list(sys.modules.values()):
        try:
            path = getattr(module, "__file__", None)
        except Exception:
            # Modules that import themselves when they are used may fail at it.
            continue
        if path and isinstance(path, str):
            yield path[:-1] if path[-4:] in (".pyc", ".pyo", ".pyd") else path


def _stamp(path):
    """The modification time of a regular file; None for what is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns if stat.S_ISREG(found.st_mode) else None
