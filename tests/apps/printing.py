"""Writes to the log in the way that the path names."""

import faulthandler
import logging
import os
import signal
import sys
import threading
import warnings


def lines(environ):
    print("one\ntwo")
    print("three", file=sys.stderr)
    environ["wsgi.errors"].write("four\n")
    environ["wsgi.errors"].writelines(["fi", "ve\n"])


def partial(environ):
    sys.stdout.write("no end")
    sys.stderr.write("also no end")


def flushed(environ):
    print("first", end="", flush=True)
    print(" second")


def threads(environ):
    for words in ("left", "over"):
        thread = threading.Thread(target=lambda: sys.stdout.write(words))
        thread.start()
        thread.join()
    print("from the request")


def strange(environ):
    print("caf\xe9 \u20ac \U0001f943 \udcff \x07")
    sys.stdout.buffer.write(b"raw caf\xc3\xa9 \xff\n")


def long(environ):
    print("x" * 20000)


def longest(environ):
    print("y\xe9\\\U0001f943\x01" * 5000)
    os.system("printf '\xe9z%.0s' $(seq 10000)")
    print("the end")


def much(environ):
    print("\n".join("line %d of many, with some text to make it longer" % n for n in range(50000)))


def facts(environ):
    print(sys.stdout.isatty(), sys.stdout.encoding, sys.stdin.read() == "", sys.argv)
    try:
        sys.stdout.fileno()
    except OSError as error:
        print("no descriptor:", error)


def libraries(environ):
    warnings.warn("careful")
    logging.getLogger("some").warning("from logging")
    handler = logging.StreamHandler()
    handler.emit(logging.makeLogRecord({"msg": "from a handler"}))
    faulthandler.enable()
    faulthandler.dump_traceback(all_threads=False)


def signals(environ):
    print(signal.signal(signal.SIGTERM, lines) is lines)


def application(environ, start_response):
    globals()[environ["PATH_INFO"].strip("/")](environ)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
