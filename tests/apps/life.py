"""Does what makes a worker old, slow, stuck or dead, as the path says; answers with the process that does it."""

import atexit
import ctypes
import os
import sys
import time
from urllib.parse import parse_qs

import mod_wsgi


def wait(query):
    """Until the file of that name exists."""
    print("waiting")
    while not os.path.exists(query["file"]):
        time.sleep(0.002)


def work(query):
    """Use the processor for so many seconds."""
    begin = time.thread_time()
    while time.thread_time() - begin < float(query["s"]):
        pass


def hold(query):
    """Keep the interpreter to itself, in C code."""
    sys.setswitchinterval(60)
    libc = ctypes.PyDLL(None)
    libc.write(2, b"holding\n", 8)
    libc.sleep(int(query["s"]))


def flood(query):
    """Print without a pause for so many seconds."""
    end = time.monotonic() + float(query["s"])
    while time.monotonic() < end:
        print("flood " * 20)


def die(_):
    """End like a crash."""
    os.write(2, b"my last words\n")
    os._exit(7)


atexit.register(print, "an exit function ran")

mod_wsgi.subscribe_shutdown(lambda name, **event: print("stopping for %s" % event["shutdown_reason"]))

DOINGS = {"/wait": wait, "/work": work, "/hold": hold, "/flood": flood, "/die": die}


def application(environ, start_response):
    doing = DOINGS.get(environ["PATH_INFO"])
    if doing is not None:
        doing({name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()})
    ignored = environ["mod_wsgi.ignore_activity"]
    headers = [("Content-Type", "text/plain"), ("X-Ignored", ignored)]
    start_response("200 OK", headers)
    return [str(os.getpid()).encode()]
