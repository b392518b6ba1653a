"""Call the application named on the command line again and again, without any server: python run_alone.py MODULE TARGET SECONDS

Prints the microseconds of processor time that a call took, its environ, body and close() included.
"""

import importlib
import io
import sys
import time

module, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
application = importlib.import_module(module).application
# Calls between two looks at the clock.
BATCH = 50

base = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": target,
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1:8000",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def call():
    """One request."""
    result = application(dict(base, **{"wsgi.input": io.BytesIO()}), lambda status, headers, exc_info=None: None)
    b"".join(result)
    if hasattr(result, "close"):
        result.close()


def measure(duration):
    """Calls made within `duration` seconds, and the processor time they took (s)."""
    count, end, start = 0, time.monotonic() + duration, time.process_time()
    while time.monotonic() < end:
        for _ in range(BATCH):
            call()
        count += BATCH
    return count, time.process_time() - start


measure(1.0)
calls, spent = measure(seconds)
print(spent / calls * 1e6)
