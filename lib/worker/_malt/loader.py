"""Finds and loads the application: a script, a module, a paste configuration, or the built-in welcome page."""

import importlib
import os
import sys
import types
from _thread import allocate_lock

from .logs import traceback_lines
from .welcome import application as welcome

# The name that mod_wsgi-express gives to the module of a script.
SCRIPT_MODULE = "__wsgi__"


class Loader:
    """The application, once it could be loaded. A failed load is tried again by each request: files get repaired."""

    def __init__(self, application, log):
        """`application`: the part of that name of the worker's configuration."""
        self.application = None
        #: What the log calls it: the file or the name of the module.
        self.name = application["entryPoint"] or application["type"]
        self._type = application["type"]
        self._callable = application["callableObject"]
        self._log = log
        self._lock = allocate_lock()

    def load(self):
        """The application, loaded now if it wasn't; None when that failed, the reason is in the log then."""
        with self._lock:
            if self.application is None:
                try:
                    self.application = self._find()
                except BaseException as error:
                    explain(error, self.name, self._log)
            return self.application

    def _find(self):
        # A module may have been written since its folder was last listed.
        importlib.invalidate_caches()
        if self._type == "script":
            return getattr(_run_script(self.name), self._callable)
        if self._type == "module":
            importlib.import_module(self.name)
            return getattr(sys.modules[self.name], self._callable)
        if self._type == "paste":
            return importlib.import_module("paste.deploy").loadapp("config:" + os.path.abspath(self.name))
        if self._type == "static":
            return _nothing_here
        return welcome


def explain(error, name, log):
    """Log why what is called `name`, an application or a script, could not be run."""
    log.record("error", "%sFailed to exec Python script file '%s'." % (log.prefix, name))
    if isinstance(error, SystemExit):
        text = "%sSystemExit exception raised when doing exec of Python script file '%s'."
        log.record("error", text % (log.prefix, name))
        return
    log.record("error", "%sException occurred processing WSGI script '%s'." % (log.prefix, name))
    log.lines("error", traceback_lines(error))
    if isinstance(error, (ImportError, PermissionError)):
        log.lines("error", (log.prefix + line for line in _import_hints()))


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


def _import_hints():
    """What to look at when a module isn't found: most often the search path, the folder or the user."""
    yield "hint: modules are searched in sys.path = %r" % sys.path
    yield "hint: the working directory is %r, the user id is %d, the group id is %d" % (
        _working_directory(),
        os.geteuid(),
        os.getegid(),
    )
    for folder in sys.path:
        if os.path.exists(folder) and not os.access(folder, os.R_OK | os.X_OK if os.path.isdir(folder) else os.R_OK):
            yield "hint: this user may not read %r" % folder
        elif folder and not _reachable(folder):
            yield "hint: this user may not enter a folder above %r" % folder


def _working_directory():
    try:
        return os.getcwd()
    except OSError:
        return "(deleted or unreadable)"


def _reachable(path):
    try:
        os.stat(path)
    except PermissionError:
        return False
    except OSError:
        return True
    return True


def _nothing_here(environ, start_response):
    """Stands in for an application where there is none, as everything is a file."""
    start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "10")])
    return [b"Not Found\n"]
