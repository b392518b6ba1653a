"""pdb on the operator's terminal. Requests run in the main thread for it: only there does Python handle a Ctrl-C."""

import bdb
import pdb
import sys

from .response import ClientGone
from .watched_body import WatchedBody, is_inert


class Debugger(pdb.Pdb):
    """A pdb that leaves the handlers of signals alone: they are the worker's."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.nosigint = True


# For the debuggers of the application, too: pdb.set_trace() and breakpoint() make theirs by this name.
pdb.Pdb = Debugger


def post_mortem(application):
    """An application that is the same, with a prompt for each exception that leaves it; the exception then goes on."""

    def call(environ, start_response):
        result = _looking(application, environ, start_response)
        return result if is_inert(result) else WatchedBody(result, _looking)

    return call


def pause():
    """Stop in the debugger, now that the application is loaded. False when the operator wants to leave."""
    print("The application is loaded: set breakpoints (b FILE:LINE), then go on (c) or leave (q).", flush=True)
    before = sys.gettrace()
    debugger = Debugger()
    try:
        debugger.set_trace(sys._getframe())
        _application_is_loaded()
    except (bdb.BdbQuit, KeyboardInterrupt):
        return False
    finally:
        # With breakpoints its trace function stays, which looks for them while requests run.
        if not debugger.breaks:
            sys.settrace(before)
    return True


def has_prompt(frame):
    """Whether the thread that runs `frame` is in a debugger, whose prompt may be open."""
    while frame is not None:
        if frame.f_globals.get("__name__") in ("bdb", "pdb"):
            return True
        frame = frame.f_back
    return False


def _looking(call, *args):
    try:
        return call(*args)
    except (StopIteration, bdb.BdbQuit, ClientGone):
        # The end of a body; the operator's wish to leave a debugger; nobody's fault.
        raise
    except Exception as error:
        _look_at(error)
        raise


def _look_at(error):
    before = sys.gettrace()
    debugger = Debugger()
    print("%s: %s" % (type(error).__name__, error), flush=True)
    debugger.reset()
    try:
        # Of an exception, rather than its traceback, newer ones show the causes, too.
        debugger.interaction(None, error if sys.version_info >= (3, 13) else error.__traceback__)
    finally:
        sys.settrace(before)


def _application_is_loaded():
    """Where the debugger stops first."""
