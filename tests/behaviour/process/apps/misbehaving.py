"""Does to its process what no application should, in the way that the path names. "/" tells that all is well."""

import gc
import json
import locale
import os
import resource
import signal
import sys
import tempfile
import threading
import time


def well(environ):
    return "well"


# -- ends of the process ----------------------------------------------------------------------------------------------


def segfault(environ):
    import ctypes

    ctypes.string_at(0)


def abort(environ):
    os.abort()


def vanish(environ):
    os._exit(3)


def leave(environ):
    sys.exit("enough of this")


def interrupt(environ):
    raise KeyboardInterrupt


def kill_parent(environ):
    try:
        os.kill(os.getppid(), signal.SIGTERM)
    except OSError as error:
        return type(error).__name__
    return "sent"


def stop_itself(environ):
    os.kill(os.getpid(), signal.SIGTERM)
    return "sent"


# -- children ---------------------------------------------------------------------------------------------------------


def fork_answering(environ):
    """Parent and child both go on as if they were the only one."""
    child = os.fork()
    return "parent" if child else "child"


def fork_exiting(environ):
    child = os.fork()
    if not child:
        sys.exit(0)
    return "parent"


def fork_reaped(environ):
    child = os.fork()
    if not child:
        os._exit(7)
    return "child ended with %d" % os.WEXITSTATUS(os.waitpid(child, 0)[1])


def fork_printing(environ):
    child = os.fork()
    if not child:
        print("the child speaks")
        os._exit(0)
    os.waitpid(child, 0)
    return "parent"


def fork_hanging(environ):
    child = os.fork()
    if not child:
        while True:
            time.sleep(1)
    return str(child)


# -- output -----------------------------------------------------------------------------------------------------------


def flood_text(environ):
    for number in range(30000):
        print("flood %d %s" % (number, "x" * 30))
    return "flooded"


def flood_line(environ):
    sys.stderr.write("y" * 2000000)
    return "flooded"


def flood_bytes(environ):
    for _ in range(20):
        sys.stdout.buffer.write(bytes(range(256)) * 400)
    return "flooded"


def flood_descriptors(environ):
    for _ in range(10):
        for descriptor in (1, 2):
            data = memoryview(bytes(range(256)) * 400)
            while data:
                data = data[os.write(descriptor, data) :]
    return "flooded"


# -- descriptors ------------------------------------------------------------------------------------------------------


def close_standard(environ):
    for descriptor in range(3):
        os.close(descriptor)
    return "closed"


def close_all(environ):
    os.closerange(3, 65536)
    return "closed"


def close_control(environ):
    os.close(3)
    return "closed"


def use_up(environ):
    """No descriptor is left, and none is given back."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    held = environ["misbehaving.held"]
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return "used up"


# -- what belongs to the whole process --------------------------------------------------------------------------------


def deleted_folder(environ):
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)
    return "gone"


def change_everything(environ):
    os.umask(0o777)
    os.environ.clear()
    sys.path[:] = []
    sys.argv = None
    sys.meta_path[:] = []
    locale.setlocale(locale.LC_ALL, "C")
    gc.disable()
    gc.set_threshold(1)
    sys.setswitchinterval(5.0)
    threading.stack_size(64 * 1024)
    return "changed"


def replace_streams(environ):
    sys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = sys.__stderr__ = None
    return "replaced"


def forget_modules(environ):
    for name in list(sys.modules):
        if name.startswith(("_malt", "mod_wsgi", "json", "traceback")):
            del sys.modules[name]
    return "forgotten"


def become_root(environ):
    failed = []
    for become in (os.setgid, os.setuid):
        try:
            become(0)
        except OSError:
            failed.append(become.__name__)
    return json.dumps([failed, os.geteuid()])


def handle_signals(environ):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP):
        signal.signal(number, lambda *_: print("handled"))
    return "registered"


def block_signals(environ):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    return "blocked"


def alarm(environ):
    signal.alarm(1)
    return "set"


# -- threads ----------------------------------------------------------------------------------------------------------


def stray_thread(environ):
    threading.Thread(target=time.sleep, args=(1000,), daemon=False).start()
    return "started"


def failing_thread(environ):
    def fail():
        raise ValueError("failed in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    return "failed"


def leaving_thread(environ):
    def leave():
        sys.exit("a thread has enough")

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    return "left"


# -- too much ---------------------------------------------------------------------------------------------------------


def recursion(environ):
    return recursion(environ)


def memory(environ):
    raise MemoryError("no room for barley")


def too_much_memory(environ):
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
    return str(len(bytearray(1 << 40)))


def loop(environ):
    """Pure Python never sleeps here, and never lets go of the thread."""
    until = time.monotonic() + float(environ["QUERY_STRING"])
    while time.monotonic() < until:
        pass
    return "looped"


def huge_headers(environ):
    count = int(environ["QUERY_STRING"])
    environ["misbehaving.headers"] += [("X-Long-%d" % number, "x" * 30000) for number in range(count)]
    return "huge"


CASES = {function.__name__: function for function in list(globals().values()) if callable(function)}
HELD = []


def application(environ, start_response):
    environ["misbehaving.held"] = HELD
    environ["misbehaving.headers"] = headers = [("Content-Type", "text/plain")]
    body = CASES[environ["PATH_INFO"].strip("/") or "well"](environ).encode()
    start_response("200 OK", headers)
    return [body]
