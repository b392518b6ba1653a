"""What `ps` shows of this process."""

# In proc(5), counted from the state, which is field 3 and the first behind the name in parentheses.
_ARG_START = 48 - 3
_ARG_END = 49 - 3


def set_title(title):
    """Show `title` in place of the command line, as far as it fits into the memory that the kernel reads that from."""
    data = title.encode("utf-8", "replace")
    try:
        with open("/proc/self/comm", "wb") as comm:
            comm.write(data)
        with open("/proc/self/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
        start = int(fields[_ARG_START])
        room = int(fields[_ARG_END]) - start
        if room > 0:
            with open("/proc/self/mem", "r+b", buffering=0) as memory:
                memory.seek(start)
                # The last byte stays zero: without it the kernel takes what follows for more of the title.
                memory.write(data[: room - 1].ljust(room, b"\0"))
    except OSError:
        # A /proc that is not there or can't be written to: it goes on under the name it has.
        pass
