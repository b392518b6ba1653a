"""What every thread does at this moment, as the supervisor asks for it; mirrors Description in lib/control/worker.ts."""

import sys
import threading
from time import monotonic_ns

from .stacks import request_frames

# Deep recursions and crowds of threads are cut: what matters is inside, and the message is a line of at most a MiB.
MOST_FRAMES = 100
MOST_CHARACTERS = 300_000
# What is shown of a request, in characters.
LONGEST = 500


def describe(worker, with_stacks):
    """The fields of the message. `worker` as in worker.py."""
    now = monotonic_ns()
    return {
        "threads": [_describe_thread(thread, worker, now) for thread in worker.threads],
        "stacks": _stacks(worker) if with_stacks else [],
    }


def _describe_thread(thread, worker, now):
    environ = thread.environ
    request = idle_ms = None
    if environ is not None:
        request = {
            "what": worker.what(environ)[:LONGEST],
            "runningMs": _since(thread.started, now),
            # Applications may put anything there.
            "client": str(environ.get("REMOTE_ADDR", ""))[:LONGEST],
            "host": str(environ.get("HTTP_HOST", ""))[:LONGEST],
        }
    elif thread.ended:
        idle_ms = _since(thread.ended, now)
    return {
        "number": thread.number,
        "served": thread.handled,
        "sentBytes": None if worker.server_metrics is None else thread.sent,
        "idleMs": idle_ms,
        "request": request,
    }


def _since(then, now):
    return max(0, now - then) // 1_000_000


def _stacks(worker):
    numbers = {thread.ident: thread.number for thread in worker.threads}
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    stacks, room = [], MOST_CHARACTERS
    for ident, frame in sys._current_frames().items():
        number = numbers.get(ident)
        frames = request_frames(frame)[:MOST_FRAMES]
        room -= sum(len(frame) for frame in frames)
        if room < 0:
            break
        # Threads of the server's own are of no interest, unless they are in the application.
        if frames or number is not None:
            stacks.append({"thread": number, "name": names.get(ident, "unknown"), "frames": frames})
    return stacks
