"""Linux's inotify(7) by way of ctypes: the kernel tells which files have changed. Does without where it isn't there."""

import errno
import os
import struct
from select import POLLIN, poll
from time import sleep

# A writer has closed the file; its inode was changed, moved or removed. Not IN_MODIFY: that file is not whole yet.
_IN_CLOSE_WRITE = 0x8
_IN_ATTRIB = 0x4
_IN_MOVE_SELF = 0x800
_IN_DELETE_SELF = 0x400
_CHANGES = _IN_CLOSE_WRITE | _IN_ATTRIB | _IN_MOVE_SELF | _IN_DELETE_SELF

_event = struct.Struct("iIII")


class Inotify:
    """Watches files. `works` is False once the kernel can't, or won't for all of them."""

    def __init__(self):
        self._paths = {}
        self._descriptor = None
        self.works = False
        try:
            import ctypes

            libc = ctypes.CDLL(None, use_errno=True)
            self._add, self._errno = libc.inotify_add_watch, ctypes.get_errno
            descriptor = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        except (ImportError, OSError, AttributeError):
            return
        if descriptor >= 0:
            self._descriptor = descriptor
            self._poll = poll()
            self._poll.register(descriptor, POLLIN)
            self.works = True

    def watch(self, path):
        """Have `wait` tell of changes to the file that `path` leads to at present."""
        if not self.works:
            return
        watch = self._add(self._descriptor, os.fsencode(path), _CHANGES)
        if watch >= 0:
            # Two names may lead to one file.
            self._paths.setdefault(watch, []).append(path)
        elif self._errno() in (errno.ENOSPC, errno.ENOMEM):
            # fs.inotify.max_user_watches is used up: files without a watch have to be looked at.
            self.works = False

    def wait(self, seconds):
        """The paths of files that have changed, as soon as there are any; none after `seconds`."""
        if self._descriptor is None:
            sleep(seconds)
            return []
        if not self._poll.poll(seconds * 1000):
            return []
        data = os.read(self._descriptor, 65536)
        paths, start = [], 0
        while start < len(data):
            watch, _, _, length = _event.unpack_from(data, start)
            start += _event.size + length
            paths += self._paths.get(watch, ())
        return paths
