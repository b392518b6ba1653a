"""Stands in for a worker: says "ready" and behaves as its entry point names."""

import json
import os
import signal
import socket
import sys
import threading

control = socket.socket(fileno=3)
lines = control.makefile("r")
config = json.loads(lines.readline())
mode = config["application"]["entryPoint"]


def say(**message):
    control.sendall(json.dumps(message).encode() + b"\n")


def stop(*_):
    say(kind="log", level="info", tid=1, text="asked to stop")
    if mode != "stubborn":
        sys.exit(0)


def listen():
    """Stop when told, and when the supervisor has gone."""
    for line in lines:
        told = json.loads(line)
        if told["kind"] == "stop" and mode not in ("stubborn", "deaf"):
            say(kind="log", level="info", tid=1, text="told to stop: %s" % told["reason"])
            os._exit(0)
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
listener = socket.socket(socket.AF_UNIX)
listener.bind(config["socket"])
threading.Thread(target=listen, daemon=True).start()
if mode == "broken":
    print("cannot begin", file=sys.stderr, flush=True)
    os._exit(3)
print("raw output", flush=True)
state = {
    "config": config,
    "environment": dict(os.environ),
    "cwd": os.getcwd(),
    "ids": [os.getresuid(), os.getresgid(), sorted(os.getgroups())],
    "sigpipe": signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN,
    "stderr is a pipe": os.readlink("/proc/self/fd/2").startswith("pipe:"),
    "session": os.getsid(0) == os.getpid(),
    "descriptors": sorted(int(n) for n in os.listdir("/proc/self/fd")),
}
say(kind="log", level="notice", tid=7, remote="192.0.2.1:5", text="told\nin two lines")
with open(os.path.join(os.path.dirname(config["socket"]), "state"), "w") as file:
    json.dump(state, file)
say(kind="ready", loaded=True, python="3.x")
if mode == "flood":
    for number in range(20000):
        say(kind="log", level="error", tid=1, text="flood %d %s" % (number, "x" * 200))
    say(kind="log", level="error", tid=1, text="flooded")
if mode in ("leaves", "asks") and config["id"] == 1:
    say(kind="leave", why="the test wants it", reason="script_reload", serving=mode == "asks")
while True:
    signal.pause()
