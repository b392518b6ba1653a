"""Debug mode: which tools look into the application, from before it is loaded to the end of the process."""

import os
import sys
import threading

from .debugger import has_prompt, pause, post_mortem
from .profiler import Profiler
from .recorder import Recorder


class Debugging:
    """The tools of one worker."""

    def __init__(self, options, log):
        """`options` is the Debugging of lib/settings/settings.ts as a dict."""
        self._options = options
        self._log = log
        self._profiler = self._coverage = None

    def begin(self, loader):
        """Before the application is loaded. Returns None, or what keeps a tool from working and what to try."""
        options = self._options
        for name in ("coverage", "profiler", "recorder"):
            folder = options[name + "Directory"]
            if folder and not os.access(folder, os.W_OK | os.X_OK):
                text = "user id %d cannot write to %s\n  give another --%s-directory, or change its owner"
                return text % (os.geteuid(), folder, name)
        if options["coverageDirectory"]:
            try:
                # Only now: the package is one of the application's, on its search path.
                from .code_coverage import CodeCoverage
            except ImportError as error:
                text = "--enable-coverage needs the package coverage (%s)\n  %s -m pip install coverage"
                return text % (error, sys.executable)
            self._coverage = CodeCoverage(options["coverageDirectory"], self._log)
        # What is wrapped first is called last: the recorder sees everything, the profiler only the application.
        if options["profilerDirectory"]:
            self._profiler = Profiler(options["profilerDirectory"])
            loader.wrap(self._profiler.watch)
        if options["debugger"]:
            loader.wrap(post_mortem)
        if options["recorderDirectory"]:
            loader.wrap(Recorder(options["recorderDirectory"]).watch)
        return None

    def load(self, loader):
        """The application, or None, as Loader.load; the profile of that has the number 0."""
        if self._profiler is None:
            return loader.load()
        with self._profiler.file():
            return loader.load()

    def pause(self):
        """Stop in the debugger if that was asked for. False when the operator wants to leave."""
        return pause() if self._options["stopsAtStart"] else True

    @staticmethod
    def interrupt(_signal, frame):
        """The handler of SIGINT: for a debugger it is what it is for any program, and else nothing."""
        if has_prompt(frame):
            raise KeyboardInterrupt

    @staticmethod
    def has_prompt():
        """Whether the operator speaks with a debugger, to which a Ctrl-C belongs then."""
        return has_prompt(sys._current_frames().get(threading.main_thread().ident))

    def finish(self):
        """At the end of the process."""
        coverage, self._coverage = self._coverage, None
        if coverage is not None:
            coverage.finish()
