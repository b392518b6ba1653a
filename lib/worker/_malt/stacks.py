"""What every thread is doing, in lines for the log: the form that mod_wsgi uses for stuck processes."""

import sys
import threading


def stack_lines():
    """A line for the head and one for each frame of each thread, innermost first."""
    yield "Dumping stack trace for active Python threads."
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        first = True
        while frame is not None:
            code = frame.f_code
            where = 'file "%s", line %s, in %s' % (code.co_filename, frame.f_lineno, code.co_name)
            if first:
                yield "Thread %d (%s) executing %s" % (ident, names.get(ident, "unknown"), where)
            else:
                yield "called from %s" % where
            first = False
            frame = frame.f_back
