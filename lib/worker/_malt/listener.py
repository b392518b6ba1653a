"""The UNIX socket on which front ends connect."""

import os
import socket


def listen(path, backlog):
    """A listening socket at `path`, for this user only. Raises OSError, with the path in its message."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    umask = os.umask(0o177)
    try:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        listener.bind(path)
        listener.listen(backlog)
        listener.setblocking(False)
    except OSError as error:
        # Python's own message says "AF_UNIX path too long" at best.
        raise OSError("can't listen on %s (%d bytes, 107 are possible): %s" % (path, len(os.fsencode(path)), error))
    finally:
        os.umask(umask)
    return listener


def set_buffers(connection, send_bytes, receive_bytes):
    """Sizes of the kernel's buffers for a connection; 0 leaves the system's default."""
    if send_bytes > 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_bytes)
    if receive_bytes > 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
