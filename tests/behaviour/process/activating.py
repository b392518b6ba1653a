"""Stands in for a service manager: opens sockets, and becomes a program that they are handed to (sd_listen_fds(3)).

    activating.py NAMES SOCKET… -- PROGRAM WORD…

SOCKET is an IPv4 address (any free port), the path of a socket, "datagram", "pipe" for what is no socket, or "client" for
the end of a connection. NAMES, separated by colons, may be empty.
"""

import os
import socket
import sys


def opened(what):
    if what == "pipe":
        return os.pipe()[0]
    if what == "datagram":
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    elif what == "client":
        one, other = socket.socketpair()
        os.dup(other.detach())
    elif what.startswith("/"):
        one = socket.socket(socket.AF_UNIX)
        one.bind(what)
        os.chmod(what, 0o666)
        one.listen(7)
    else:
        one = socket.socket()
        one.bind((what, 0))
        one.listen(7)
        print("opened port", one.getsockname()[1], flush=True)
    return one.detach()


names = sys.argv[1]
split = sys.argv.index("--")
fds = [opened(what) for what in sys.argv[2:split]]
# Out of the way first: the numbers may overlap.
high = [os.dup2(fd, 100 + index) for index, fd in enumerate(fds)]
for index, fd in enumerate(high):
    os.dup2(fd, 3 + index)
    os.close(fd)
os.closerange(3 + len(fds), 100)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(fds)), LISTEN_FDNAMES=names)
program = sys.argv[split + 1 :]
os.execv(program[0], program)
