"""How much memory this process takes, as the system sees it."""

import resource

_PAGE_BYTES = resource.getpagesize()


def resident_bytes():
    """Memory of this process that is in RAM; its maximum where there is no /proc."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE_BYTES
    except OSError:
        return maximum_resident_bytes()


def maximum_resident_bytes():
    """The most memory this process has had in RAM."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
