"""The life of a worker process, from its configuration to its end."""

import atexit
import faulthandler
import gc
import os
import signal
import sys
from threading import Event, Thread
from time import monotonic, sleep

from . import surroundings
from .control import Control
from .forking import watch_forks
from .modules import install
from .stacks import stack_lines
from .title import set_title
from .worker import Worker

# Milliseconds for the running requests when the supervisor has died: nobody will hear the answers.
ORPHAN_MS = 1000
# Seconds from the abort that the log explains to the one that nothing can delay.
LAST_RESORT = 0.5
# Seconds for what should take none: front ends say that they send nothing more, an abandoned request ends.
PARTING = 1.0


def main():
    """Run the worker until it is told to stop. Returns the exit status of the process."""
    control = Control()
    config = control.receive()
    if config is None:
        return 0
    set_title(config["title"])
    if config["kind"] == "service":
        # Only then: workers do without it.
        from .service import run

        return run(config, control)
    worker = Worker(config, control)
    # Registered first, so that it runs last: exit functions of the application may still print.
    atexit.register(_say_goodbye, worker)
    log = worker.log
    debugging = worker.debugging
    if debugging is None:
        surroundings.set_streams(worker.stdout, worker.stderr)
    else:
        surroundings.use_terminal()
    surroundings.enter(config, log)
    surroundings.set_locale(log)
    surroundings.set_search_path(config["workingDirectory"], config["pythonPath"])
    install(worker)
    watch_forks(worker)
    _introduce(worker)
    end = _await_end(worker)
    surroundings.ignore_signal_handlers(log)
    worker.start_threads()
    if debugging is None:
        loaded = worker.loader.load() is not None
    else:
        problem = debugging.begin(worker.loader)
        if problem is not None:
            # There where the operator is: the server ends with this process.
            print("malt: %s" % problem, file=sys.stderr, flush=True)
            return 1
        loaded = debugging.load(worker.loader) is not None
        if not debugging.pause():
            control.send([{"kind": "interrupted", "prompt": False}])
    worker.loading = False
    worker.monitor.loaded()
    # What loading made stays for good: no need to look at it in each collection.
    gc.collect()
    getattr(gc, "freeze", gc.collect)()
    try:
        worker.listen()
    except OSError as error:
        log.record("emerg", log.prefix + str(error))
        return 1
    control.send([{"kind": "ready", "loaded": loaded, "python": _python()}])
    if debugging is None:
        _stop(worker, *end())
    else:
        _serve_here(worker, end)
    if config["orphanInterpreter"]:
        _say_goodbye(worker)
        os._exit(0)
    return 0


def _serve_here(worker, end):
    """Debug mode: the main thread runs the requests, since only there a debugger can be interrupted."""
    served = Event()

    def finish():
        _stop(worker, *end())
        if not served.wait(PARTING):
            # Its front end has given up this request, and it would keep the interpreter from shutting down.
            _abort(worker)

    ending = Thread(target=finish, name="malt-end", daemon=True)
    ending.start()
    worker.threads[0].serve()
    served.set()
    ending.join()


def _introduce(worker):
    """The lines that mod_wsgi begins a process with; more of them with --verbose-debugging."""
    log, config = worker.log, worker.config
    lines = ["Python home %s." % sys.prefix, "Initializing Python.", "Attach interpreter ''.", "Imported 'mod_wsgi'."]
    if config["verboseDebugging"]:
        lines += ["Python %s, executable %s." % (" ".join(sys.version.split()), sys.executable)]
        lines += ["Module search path %r." % sys.path]
        lines += ["Working directory %s, %d request threads." % (os.getcwd(), config["threads"])]
    if worker.loader.name:
        lines += ["Loading Python script file '%s'." % worker.loader.name]
    log.lines("info", (log.prefix + line for line in lines))


def _await_end(worker):
    """Have signals and the supervisor's wish (or death) noted.

    Returns a function that waits until the worker has to end, for "stop" or "orphan", and returns that and the reason.
    """
    reader, writer = os.pipe()
    numbers, noted = os.pipe()
    for end in (writer, numbers, noted):
        os.set_blocking(end, False)
    wishes = []

    def stop(why, reason=""):
        if worker.loading:
            # That takes as long as the application likes, and there is nothing to finish yet.
            _say_goodbye(worker)
            os._exit(0)
        note(why, reason)

    def note(why, reason):
        wishes.append((why, reason))
        try:
            os.write(writer, b"!")
        except BlockingIOError:
            # The reader has enough to wake up for.
            pass
        except OSError:
            _give_up(worker)

    def hear():
        for number in os.read(numbers, 64):
            if number == signal.SIGUSR1:
                note("evict", "graceful_signal")
            elif number == signal.SIGTERM or number == signal.SIGINT and worker.debugging is None:
                stop("signal", "shutdown_signal")

    def wait():
        while True:
            while not wishes:
                if not _is_open(reader):
                    _give_up(worker)
            why, reason = wishes.pop(0)
            if why != "evict":
                return why, reason
            worker.ask_for_replacement("Process eviction requested", reason)

    worker.on_stop = stop
    # Python runs handlers in the main thread, between two of its steps, and loading an application may be a single long
    # one. So the control thread hears of signals, by the bytes that Python's C handler writes.
    worker.control.watch(numbers, hear)
    signal.set_wakeup_fd(noted, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        signal.signal(number, lambda *_: None)
    if worker.debugging is not None:
        # The supervisor has it too, and asks what it was meant for.
        signal.signal(signal.SIGINT, worker.debugging.interrupt)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return wait


def _stop(worker, why, reason):
    """Let the running requests finish, within the time there is."""
    if why == "signal":
        worker.leave("A signal has requested the end, stopping process", reason)
    log, channel = worker.log, worker.channel
    group = worker.config["processGroup"]
    limit_ms = worker.config["shutdownTimeoutMs"]
    if why == "orphan":
        limit_ms = min(limit_ms or ORPHAN_MS, ORPHAN_MS)
    deadline = monotonic() + limit_ms / 1000 if limit_ms else float("inf")
    if limit_ms and worker.debugging is None:
        # Also ends exit functions, threads and interpreters that don't end: it needs no interpreter lock.
        faulthandler.dump_traceback_later(limit_ms / 1000 + LAST_RESORT, exit=True, file=2)
    log.record("info", "%sShutdown requested '%s'." % (log.prefix, group))
    channel.stop()
    worker.close_listener()
    worker.tell_stopping(reason)
    busy = monotonic()
    while True:
        now = monotonic()
        if channel.in_hand():
            busy = now
        elif channel.drained() or now - busy > PARTING:
            break
        if now > deadline:
            _abort(worker)
        sleep(0.005)
    channel.close()
    log.record("info", "%sStopping process '%s'." % (log.prefix, group), "%sDestroying interpreters." % log.prefix)


def _abort(worker):
    """Stop although a request runs."""
    log = worker.log
    log.record("info", "%sAborting process '%s'." % (log.prefix, worker.config["processGroup"]))
    log.lines("info", stack_lines())
    _say_goodbye(worker)
    os._exit(1)


def _is_open(reader):
    """Wait for a byte in the pipe that wakes the main thread. False when somebody has closed it."""
    try:
        return bool(os.read(reader, 64))
    except OSError:
        return False


def _give_up(worker):
    """Descriptors of the server are closed, and their numbers may be those of other files soon: stop at once."""
    text = "%sThe application has closed descriptors that are not its own (os.closerange?): the worker can't go on.\n"
    try:
        os.write(2, (text % worker.log.prefix).encode())
    finally:
        os._exit(1)


def _say_goodbye(worker):
    """Leave nothing unsaid."""
    log = worker.log
    if worker.debugging is not None:
        worker.debugging.finish()
        # Only what the tools write may take its time.
        faulthandler.dump_traceback_later(LAST_RESORT, exit=True, file=2)
    log.end_of_process()
    log.record("info", "%sExiting process '%s'." % (log.prefix, worker.config["processGroup"]))
    # With what it has done since the last sign of life.
    worker.control.send([worker.beat(), {"kind": "stopped"}])


def _python():
    return "%s %d.%d.%d" % ((sys.implementation.name,) + tuple(sys.version_info[:3]))
