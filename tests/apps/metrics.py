"""What the modules mod_wsgi and apache say, and what the process looks like from inside, as JSON."""

import json
import os
import sys
import threading

import apache
import mod_wsgi


def application(environ, start_response):
    answer = {
        "metrics": mod_wsgi.process_metrics(),
        "mod_wsgi": [mod_wsgi.version, mod_wsgi.process_group, mod_wsgi.application_group],
        "sizes": [mod_wsgi.maximum_processes, mod_wsgi.threads_per_process],
        "same_wrapper": mod_wsgi.FileWrapper is environ["wsgi.file_wrapper"],
        "apache": [apache.version, apache.maximum_processes, apache.threads_per_process, apache.mpm_name],
        "path": sys.path,
        "cwd": os.getcwd(),
        "umask": os.umask(0o22),
        "thread": threading.current_thread().name,
        "environment": os.environ.get("MALT_TEST"),
        "module": [__name__, __file__, sys.modules["__wsgi__"].__file__],
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]
