"""Subscribes to all events, does what the path says, and tells at /told what it was told."""

import json
import os
import types

import mod_wsgi

TOLD = []
STOPPED = os.environ.get("MALT_TEST_STOPPED")


def shown(value):
    if isinstance(value, (str, int, float, list, dict)) or value is None:
        return value
    if isinstance(value, tuple):
        return [shown(part) for part in value]
    return value.__name__ if isinstance(value, (type, types.FunctionType)) else type(value).__name__


def note(name, **event):
    if name == "process_stopping":
        with open(STOPPED, "a") as file:
            file.write("event %s\n" % event["shutdown_reason"])
        return None
    if name == "request_started" and event["request_environ"]["PATH_INFO"] == "/told":
        return None
    if name == "request_started":
        event["request_data"]["mine"] = "kept"
        event["request_environ"]["added"] = "by a callback"
        event["same"] = mod_wsgi.request_data() is event["request_data"]
        event["active"] = list(mod_wsgi.active_requests) == [event["request_id"]]
        event["environ"] = event.pop("request_environ") is not None
    TOLD.append([name, {key: shown(value) for key, value in event.items()}])
    return {"seen": True}


def fail(name, **event):
    raise ValueError("a callback failed at %s, seen: %s" % (name, event.get("seen")))


def replace(name, **event):
    if name == "request_started" and event["request_environ"]["PATH_INFO"] == "/replaced":
        return {"application_object": other}
    return None


def stopping(name, **event):
    with open(STOPPED, "a") as file:
        file.write("shutdown %s %s\n" % (name, event["shutdown_reason"]))


def other(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"another application"]


for function in (note, fail, replace):
    assert mod_wsgi.subscribe_events(function) is function
mod_wsgi.subscribe_shutdown(stopping)
WRONG = []
for subscribe in (mod_wsgi.subscribe_events, mod_wsgi.subscribe_shutdown):
    try:
        subscribe("no function")
    except TypeError as error:
        WRONG.append(str(error))


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/told":
        start_response("200 OK", [("Content-Type", "application/json")])
        told, TOLD[:] = list(TOLD), []
        lists = [function.__name__ for function in mod_wsgi.event_callbacks + mod_wsgi.shutdown_callbacks]
        return [json.dumps({"told": told, "wrong": WRONG, "lists": lists}).encode()]
    if path == "/fail":
        raise KeyError("barley")
    body = environ["wsgi.input"].read(4) + environ["wsgi.input"].readline() + environ["wsgi.input"].read()
    start_response("201 Made", [("Content-Type", "text/plain"), ("X-Added", environ.get("added", ""))])
    if path == "/file":
        return environ["wsgi.file_wrapper"](open(__file__, "rb"))
    if path == "/stream":
        return iter([b"one", b"two", b"three"])
    return [b"got ", body]
