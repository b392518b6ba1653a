"""Runs bjoern as two processes on one listener: it has no process manager and no threads of its own.

    run_bjoern.py MODULE PORT
"""

import importlib
import os
import signal
import sys

import bjoern

PROCESSES = 2


def main(module, port):
    """Fork the processes, wait for SIGTERM, take them along."""
    sys.path.insert(0, os.getcwd())
    bjoern.listen(importlib.import_module(module).application, "127.0.0.1", int(port))
    children = []
    for _ in range(PROCESSES):
        pid = os.fork()
        if pid == 0:
            bjoern.run()
            os._exit(0)
        children.append(pid)

    def stop(signum, frame):
        for child in children:
            os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGTERM, stop)
    for child in children:
        os.waitpid(child, 0)


main(*sys.argv[1:])
