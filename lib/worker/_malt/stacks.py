"""What every thread is doing, in lines for the log: the form that mod_wsgi uses for stuck processes."""

import os
import selectors
import sys
import threading

_OWN_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# With what a thread begins, and what ours wait in.
_PYTHONS = (threading.__file__, selectors.__file__)


def frames_of(frame):
    """Where a thread is, the innermost first: `file "F", line N, in NAME`."""
    return [_where(frame) for frame in _chain(frame)]


def request_frames(frame):
    """The same without what leads to the application: nothing when the thread isn't in it."""
    frames = _chain(frame)
    while frames and _is_on_the_way(frames[-1].f_code.co_filename):
        frames.pop()
    return [_where(frame) for frame in frames]


def stack_lines():
    """A line for the head and one for each frame of each thread, innermost first."""
    yield "Dumping stack trace for active Python threads."
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        first, *others = frames_of(frame)
        yield "Thread %d (%s) executing %s" % (ident, names.get(ident, "unknown"), first)
        for where in others:
            yield "called from %s" % where


def _is_on_the_way(file):
    """Between the beginning of a thread and the application: Python's own, and ours."""
    return file in _PYTHONS or file.startswith(("<frozen ", _OWN_FOLDER))


def _chain(frame):
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def _where(frame):
    return 'file "%s", line %s, in %s' % (frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
