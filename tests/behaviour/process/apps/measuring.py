"""Tells what the functions of mod_wsgi measure, as JSON: of the one that the path names, after the seconds in the query."""

import json
import threading
import time

import apache
import mod_wsgi

REST = {}


def outside():
    """request_data() where there is no request."""
    try:
        mod_wsgi.request_data()
    except RuntimeError as error:
        REST["outside"] = str(error)


def modules():
    import mod_wsgi.express
    import mod_wsgi.express.reloader
    import mod_wsgi.server

    thread = threading.Thread(target=outside)
    thread.start()
    thread.join()
    names = ["version", "process_group", "application_group", "maximum_processes", "threads_per_process"]
    return {
        "mod_wsgi": {name: getattr(mod_wsgi, name) for name in names},
        "apache": {name: getattr(apache, name) for name in names[:1] + names[3:] + ["description", "mpm_name"]},
        "outside": REST["outside"],
        "submodules": sorted(
            name for name in dir(mod_wsgi.server) + dir(mod_wsgi.express.reloader) if not name.startswith("_")
        ),
    }


def active():
    data = mod_wsgi.request_data()
    data["mine"] = 1
    return {"requests": dict(mod_wsgi.active_requests), "same": list(mod_wsgi.active_requests.values())[0] is data}


def data():
    return mod_wsgi.request_data()


def streamed(environ, start_response):
    start_response("200 OK", [])
    for size in (0, 1, 100000, 300000):
        yield b"x" * size


def as_file(environ, start_response):
    start_response("200 OK", [])
    return environ["wsgi.file_wrapper"](open(__file__, "rb"))


def application(environ, start_response):
    time.sleep(float(environ["QUERY_STRING"] or 0))
    if environ["PATH_INFO"] in ("/streamed", "/as_file"):
        return globals()[environ["PATH_INFO"].strip("/")](environ, start_response)
    name = environ["PATH_INFO"].strip("/")
    function = globals()[name] if name in globals() else getattr(mod_wsgi, name)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(function(), default=str).encode()]
