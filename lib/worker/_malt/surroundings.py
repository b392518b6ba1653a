"""What the application finds around it: folder, search path, environment, standard streams, signals."""

import faulthandler
import locale
import os
import signal
import site
import sys
import traceback


def enter(config, log):
    """Environment variables, umask and working directory; "/" when that one can't be entered.

    An application that doesn't depend on the directory then runs, and one that does says in the log what it misses.
    """
    os.environ.update(config["processEnvironment"])
    os.umask(0o022)
    try:
        os.chdir(config["workingDirectory"])
    except OSError as error:
        log.record("error", "%sCan't enter the working directory, / it is instead: %s" % (log.prefix, error))
        os.chdir("/")


def set_locale(log):
    """Adopt LANG and LC_ALL as C libraries do."""
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        wanted = os.environ.get("LC_ALL") or os.environ.get("LANG")
        text = "%sThe locale %r is not supported here; --locale C.UTF-8 is, on most systems."
        log.record("warn", text % (log.prefix, wanted))


def set_search_path(working_directory, python_path):
    """sys.path: the working directory, the folders of --python-path and what their .pth files add, then the rest."""
    before = list(sys.path)
    added = []
    for folder in python_path:
        # PYTHONPATH may have named it already: then addsitedir leaves it where it is.
        if folder not in added:
            added.append(folder)
        site.addsitedir(folder)
        added += [entry for entry in sys.path if entry not in before and entry not in added]
    sys.path[:] = [working_directory] + added + [entry for entry in before if entry not in added]


def set_streams(stdout, stderr):
    """Standard streams for a process without a terminal."""
    sys.argv = ["mod_wsgi"]
    sys.stdin = open(os.devnull, encoding="utf-8")
    sys.stdout = stdout
    sys.stderr = stderr
    _prepare_descriptors(1, 2)


def use_terminal():
    """Standard streams for debug mode: those of the operator, be they a terminal or not."""
    sys.argv = ["mod_wsgi"]
    _prepare_descriptors(0, 1, 2)
    if sys.stdout is not None:
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")


def _prepare_descriptors(*descriptors):
    # Pipes come from Bun without: programs and C code that write much would fail instead of waiting for the log.
    for descriptor in descriptors:
        os.set_blocking(descriptor, True)
    # Crashes are written by C code, to the real descriptor. The streams that applications see have none.
    faulthandler.enable(file=2)
    # The supervisor asks for the stacks of all threads before it kills a process that is stuck. C code writes them, as
    # no Python code may ever run again.
    faulthandler.register(signal.SIGQUIT, file=2, all_threads=True, chain=False)
    _default_to_descriptor("enable", 2)
    _default_to_descriptor("dump_traceback", 2)


def ignore_signal_handlers(log):
    """From here on signal.signal does nothing: signals of a worker belong to the server."""

    def ignored(signalnum, handler):
        log.record("warn", "%sCallback registration for signal %d ignored." % (log.prefix, signalnum))
        log.lines("warn", "".join(traceback.format_stack(sys._getframe(1))).rstrip("\n").split("\n"))
        return handler

    signal.signal = ignored


def _default_to_descriptor(name, descriptor):
    original = getattr(faulthandler, name)

    def call(file=None, all_threads=True):
        own = file is None or file is sys.stderr or file is sys.stdout
        return original(descriptor if own else file, all_threads)

    setattr(faulthandler, name, call)
