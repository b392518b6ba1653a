"""What a request and its process look like from inside, as JSON."""

import json
import locale
import os
import socket
import sys
import threading


def shown(value):
    """A value that JSON can carry; the type stands for those that it can't."""
    if isinstance(value, (str, int, bool)) or value is None:
        return value
    if isinstance(value, tuple):
        return [shown(part) for part in value]
    if isinstance(value, type):
        return "class %s" % value.__name__
    return type(value).__name__


def buffers():
    """Sizes of the send and the receive buffer of each connection to this worker."""
    sizes = []
    for name in os.listdir("/proc/self/fd"):
        try:
            connection = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        with connection:
            # The control socket has no name, and the listener doesn't count.
            listening = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if connection.family == socket.AF_UNIX and connection.getsockname() and not listening:
                options = (socket.SO_SNDBUF, socket.SO_RCVBUF)
                sizes.append([connection.getsockopt(socket.SOL_SOCKET, option) for option in options])
    return sizes


def application(environ, start_response):
    umask = os.umask(0o022)
    os.umask(umask)
    answer = {
        "environ": {key: shown(value) for key, value in environ.items()},
        "variables": dict(os.environ),
        "cwd": os.getcwd(),
        "path": sys.path,
        "argv": sys.argv,
        "umask": umask,
        "uids": os.getresuid(),
        "gids": os.getresgid(),
        "groups": os.getgroups(),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "version": "%d.%d" % sys.version_info[:2],
        "locale": locale.setlocale(locale.LC_CTYPE),
        "pid": os.getpid(),
        "threads": [thread.name for thread in threading.enumerate()],
        "buffers": buffers(),
    }
    body = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
