"""Which requests were started, where the front end can read it when this process has died: see handlers/wsgi/started.ts."""

import mmap
import os
from array import array


class Started:
    """One cell for each request thread: the id of the request of this connection that it began last."""

    __slots__ = ("_descriptor", "cells", "path")

    def __init__(self, threads):
        size = 4 * threads
        try:
            self._descriptor = os.memfd_create("malt-started", os.MFD_CLOEXEC)
            os.ftruncate(self._descriptor, size)
            # Setting an item of it is one store into shared memory: some 40 ns a request.
            self.cells = memoryview(mmap.mmap(self._descriptor, size)).cast("I")
            self.path = "/proc/%d/fd/%d" % (os.getpid(), self._descriptor)
        except (AttributeError, OSError):
            # Only Linux has it. Without it, all that a dead worker had counts as started.
            self._descriptor = self.path = None
            self.cells = array("I", bytes(size))

    def close(self):
        """Give the descriptor back; the cells go with the last thread that has them."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
