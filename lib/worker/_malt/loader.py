"""Finds and loads the application: a script, a module, a paste configuration, or the built-in welcome page."""

import importlib
import os
import sys
import types
from _thread import allocate_lock

from .hints import about_application, about_failure, callable_of
from .logs import traceback_lines
from .reloading import Target
from .welcome import application as welcome

# The name that mod_wsgi-express gives to the module of a script.
SCRIPT_MODULE = "__wsgi__"


class Loader:
    """The application, once it could be loaded. A failed load is tried again by each request: files get repaired."""

    def __init__(self, application, log):
        """`application`: the part of that name of the worker's configuration."""
        self.application = None
        #: What it was loaded from, or could not be loaded from; None when that is no file, or not known yet.
        self.target = None
        #: The files in the traceback of the last load that failed.
        self.suspects = ()
        #: What the log calls it: the file or the name of the module.
        self.name = application["entryPoint"] or application["type"]
        self._type = application["type"]
        self._access = application.get("access")
        self._callable = application["callableObject"]
        self._log = log
        self._lock = allocate_lock()
        self._wrappers = []

    def load(self):
        """The application, loaded now if it wasn't; None when that failed, the reason is in the log then."""
        with self._lock:
            if self.application is None:
                try:
                    application = self._find()
                    if self._type in ("script", "module", "paste"):
                        hints = about_application(application, self._callable)
                        self._log.lines("error", (self._log.prefix + hint for hint in hints))
                    for wrapper in self._wrappers:
                        application = wrapper(application)
                    self.application = application
                except BaseException as error:
                    self.suspects = tuple(_files_of(error))
                    explain(error, self.name, self._log)
            return self.application

    def wrap(self, wrapper):
        """Have `wrapper(application)` called instead, now and after each load."""
        self._wrappers.append(wrapper)
        # Its own load may be what asks for this, and then holds the lock.
        if self.application is not None:
            self.application = wrapper(self.application)

    def outdated(self):
        """Whether the file of the application has changed since it was last loaded, with or without success.

        A new process then begins afresh: what a failed load leaves behind can make the next one fail.
        """
        target = self.target
        return target is not None and target.outdated()

    def _find(self):
        # A module may have been written since its folder was last listed.
        importlib.invalidate_caches()
        if self._type == "script":
            self.target = Target(self.name)
            return callable_of(_run_script(self.name), self._callable)
        if self._type == "module":
            importlib.import_module(self.name)
            module = sys.modules[self.name]
            # Where the file is, only the import can tell.
            path = getattr(module, "__file__", None)
            self.target = Target(path) if path else None
            return callable_of(module, self._callable)
        if self._type == "paste":
            path = os.path.abspath(self.name)
            self.target = Target(path)
            return importlib.import_module("paste.deploy").loadapp("config:" + path)
        if self._type == "static":
            return _nothing_here
        if self._type == "access":
            # Only there: applications do without it.
            from .access import Access

            return Access(self._access, self._log)
        return welcome


def explain(error, name, log):
    """Log why what is called `name`, an application or a script, could not be run."""
    log.record("error", "%sFailed to exec Python script file '%s'." % (log.prefix, name))
    if isinstance(error, SystemExit):
        text = "%sSystemExit exception raised when doing exec of Python script file '%s'."
        log.record("error", text % (log.prefix, name))
    else:
        log.record("error", "%sException occurred processing WSGI script '%s'." % (log.prefix, name))
    log.lines("error", traceback_lines(error))
    log.lines("error", (log.prefix + hint for hint in about_failure(error)))


def code_of(path):
    """The code of the file at `path`."""
    with open(path, "rb") as file:
        source = file.read()
    # Given bytes, compile honours a byte order mark and PEP 263 as `python FILE` does.
    return compile(source, path, "exec", dont_inherit=True)


def _run_script(path):
    """The module that running the file at `path` makes."""
    code = code_of(path)
    module = types.ModuleType(SCRIPT_MODULE)
    module.__file__ = path
    exec(code, module.__dict__)
    # Only now: an import of a half-made module would hide why it is half made.
    sys.modules[SCRIPT_MODULE] = module
    return module


def _files_of(error):
    """The source files that a failed load has gone through."""
    if isinstance(error, SyntaxError) and error.filename:
        yield error.filename
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename
        trace = trace.tb_next


def _nothing_here(environ, start_response):
    """Stands in for an application where there is none, as everything is a file."""
    start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "10")])
    return [b"Not Found\n"]
