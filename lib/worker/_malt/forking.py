"""What becomes of the worker in a child that the application makes with fork and without exec.

The child is a copy with a single thread, the one that called fork, in the middle of a request. It may go on for as long
as it likes, but it is no worker: the sockets of this one are not for two, and what keeps them open hides its end.
"""

import os
import signal
from _thread import allocate_lock

# The application gets another one, see surroundings.py.
_set_handler = signal.signal


def watch_forks(worker):
    """From now on let children of fork have nothing of `worker`. Before the application can fork."""
    # Absent on systems without fork.
    register = getattr(os, "register_at_fork", None)
    if register is not None:
        register(after_in_child=lambda: _detach(worker))


def end_child(worker):
    """The thread that called fork is done with its request; in the worker itself this does nothing."""
    if os.getpid() != worker.pid:
        text = "mod_wsgi (pid=%d): a child of fork came back from the application of its parent, and ends here.\n"
        try:
            os.write(2, (text % os.getpid()).encode())
        except OSError:
            pass
        # Exit functions and finalisers are the parent's.
        os._exit(0)


def _detach(worker):
    # The worker's handlers speak with the worker. Programs like multiprocessing expect SIGTERM to end their children.
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP):
        _set_handler(number, signal.SIG_DFL)
    channel = worker.channel
    # Other threads, which are not here, may have held it.
    channel.lock = allocate_lock()
    channel.closed = True
    channel.ready.clear()
    for connection in channel.connections:
        connection.detach()
    worker.control.detach()
    worker.detach_listener()
