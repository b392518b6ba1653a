"""A service that writes down what it sees, then does what MALT_TEST_SERVICE says."""

import json
import os
import signal
import sys
import threading
import time

import mod_wsgi

mod_wsgi.request_metrics()
mod_wsgi.subscribe_shutdown(lambda name, **event: print("told of %s" % name, flush=True))
mod_wsgi.subscribe_events(lambda name, **event: None)

seen = {
    "name": __name__,
    "registered": sys.modules.get(__name__) is not None and sys.modules[__name__].__file__ == __file__,
    "group": mod_wsgi.process_group,
    "processes": mod_wsgi.maximum_processes,
    "threads": mod_wsgi.threads_per_process,
    "metrics": sorted(mod_wsgi.process_metrics()),
    "requests": mod_wsgi.request_metrics()["request_count"],
    "active": len(mod_wsgi.active_requests),
    "argv": sys.argv,
    "cwd": os.getcwd(),
    "path": sys.path,
    "uids": os.getresuid(),
    "gids": os.getresgid(),
    "groups": os.getgroups(),
    "pid": os.getpid(),
    "main": threading.current_thread() is threading.main_thread(),
    "sigint": signal.getsignal(signal.SIGINT) == signal.SIG_DFL,
    "variables": dict(os.environ),
}
print("seen " + json.dumps(seen), flush=True)

what = os.environ.get("MALT_TEST_SERVICE", "wait")
if what == "raise":
    raise RuntimeError("broken on purpose")
if what == "exit":
    sys.exit(5)
if what == "thread":
    threading.Thread(target=lambda: (time.sleep(2.5), print("thread done", flush=True))).start()
if what == "handle":
    signal.signal(signal.SIGTERM, lambda *_: (print("own handler", flush=True), os._exit(0)))
if what == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if what in ("wait", "handle", "stubborn"):
    try:
        print("waiting", flush=True)
        while True:
            time.sleep(60)
    finally:
        print("finally", flush=True)
