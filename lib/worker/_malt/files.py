"""wsgi.file_wrapper, and what makes a wrapped object a file that the front end can send by itself."""

import os
import stat


class FileWrapper:
    """An iterable over the blocks of a file-like object."""

    __slots__ = ("_filelike", "_blksize")

    def __init__(self, filelike, blksize=8192):
        self._filelike = filelike
        self._blksize = blksize

    @property
    def filelike(self):
        """What is read."""
        return self._filelike

    @property
    def blksize(self):
        """Bytes of one block."""
        return self._blksize

    def __iter__(self):
        return self

    def __next__(self):
        block = self._filelike.read(self._blksize)
        if not block:
            raise StopIteration
        return block

    def close(self):
        """Close the object, if it can be."""
        close = getattr(self._filelike, "close", None)
        if close is not None:
            close()


def regular_file(wrapper):
    """(descriptor, offset, bytes from there to the end) of a wrapped regular file; None for everything else."""
    try:
        descriptor = wrapper.filelike.fileno()
        offset = wrapper.filelike.tell()
        status = os.fstat(descriptor)
    except (AttributeError, OSError, ValueError, TypeError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return descriptor, offset, max(0, status.st_size - offset)
