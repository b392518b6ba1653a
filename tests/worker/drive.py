"""Measures what a request costs a worker: `python drive.py [PYTHON] [APP] [BATCH] [THREADS]`.

Sends batches of requests as a busy front end does, and prints the worker's CPU time (user + system) for each.
"""

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.join(HERE, "..", "..", "lib", "worker")
APPS = os.path.join(HERE, "..", "apps")

# What a browser's request comes to.
PAIRS = """REQUEST_METHOD=GET SCRIPT_NAME= PATH_INFO=/hello QUERY_STRING=a=1 REQUEST_URI=/hello?a=1 SERVER_NAME=localhost
SERVER_PORT=8000 SERVER_PROTOCOL=HTTP/1.1 SERVER_ADDR=127.0.0.1 REMOTE_ADDR=127.0.0.1 REMOTE_PORT=40000
REQUEST_SCHEME=http SCRIPT_FILENAME=/srv/htdocs/hello HTTP_HOST=localhost:8000 HTTP_USER_AGENT=Mozilla/5.0 HTTP_ACCEPT=*/*
HTTP_ACCEPT_ENCODING=gzip,deflate HTTP_ACCEPT_LANGUAGE=en HTTP_CONNECTION=keep-alive HTTP_COOKIE=session=0123456789abcdef
mod_wsgi.request_start=1700000000000000 mod_wsgi.queue_start=1700000000000010 mod_wsgi.request_id=abcdefghijk
mod_wsgi.script_name=/hello mod_wsgi.path_info= mod_wsgi.daemon_connects=1 mod_wsgi.daemon_restarts=0
mod_wsgi.listener_host= mod_wsgi.listener_port=8000""".split()


def config(path, app, threads):
    keys = "DOCUMENT_ROOT CONTEXT_DOCUMENT_ROOT CONTEXT_PREFIX SERVER_ADMIN SERVER_SIGNATURE SERVER_SOFTWARE"
    return {
        "kind": "configure", "id": 1, "title": "drive", "socket": path, "backlog": 10, "sendBufferBytes": 0, "receiveBufferBytes": 0,
        "threads": threads, "application": {"type": "script", "entryPoint": app, "callableObject": "application"},
        "responseBufferBytes": 65536, "headerBufferBytes": 32768, "workingDirectory": APPS, "pythonPath": [],
        "processEnvironment": {}, "environ": {key: "x" for key in keys.split()}, "multithread": True,
        "multiprocess": False, "runOnce": False, "processGroup": "localhost:8000", "maximumProcesses": 1,
        "shutdownTimeoutMs": 5000, "reloading": True, "reloadOnChanges": False, "embedded": False,
        "maximumRequests": 0, "ignoresActivity": False, "orphanInterpreter": False, "verboseDebugging": False, "loggedVariables": [],
    }  # fmt: skip


def cpu_seconds(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(python=sys.executable, app="hello.py", batch="16", threads="5", seconds="3"):
    batch = int(batch)
    path = os.path.join(tempfile.mkdtemp(), "s")
    placeholder = os.open(os.devnull, os.O_RDONLY)
    ours, theirs = socket.socketpair()
    # The first descriptor a process opens is 3, where the worker expects its supervisor.
    assert placeholder == 3
    os.dup2(theirs.detach(), 3)
    worker = subprocess.Popen([python, LIBRARY], pass_fds=(3,))
    os.close(3)
    ours.sendall(json.dumps(config(path, os.path.join(APPS, app), int(threads))).encode() + b"\n")
    lines = ours.makefile()
    for line in lines:
        message = json.loads(line)
        if message["kind"] == "log":
            print(message["text"])
        if message["kind"] == "ready":
            break
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(path)
    text = "\0".join("\0".join(pair.split("=", 1)) for pair in PAIRS).encode()
    payload = struct.pack("<I", len(text)) + text
    requests = b"".join(struct.pack("<IBBHI", len(payload), 1, 1, 0, n) + payload for n in range(1, batch + 1))
    stream = channel.makefile("rb", 1 << 16)

    def run(until):
        done = 0
        while time.monotonic() < until:
            channel.sendall(requests)
            for _ in range(batch):
                length, kind, flags, _, _ = struct.unpack("<IBBHI", stream.read(12))
                stream.read(length)
                assert kind == 17 and flags == 1, kind
            done += batch
        return done

    header = stream.read(12)
    stream.read(struct.unpack("<I", header[:4])[0])
    run(time.monotonic() + 0.5)
    before, start = cpu_seconds(worker.pid), time.monotonic()
    done = run(start + float(seconds))
    used, wall = cpu_seconds(worker.pid) - before, time.monotonic() - start
    print("%s: %d requests, %.2f us CPU each, %.0f req/s" % (message["python"], done, used / done * 1e6, done / wall))
    ours.sendall(b'{"kind":"stop","reason":""}\n')
    worker.wait()


main(*sys.argv[1:])
