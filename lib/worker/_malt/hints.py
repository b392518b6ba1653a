"""What to look at when an application can't be loaded or can't answer: the usual reasons, in words for the log."""

import os
import sys
import types

# What applications, and functions that make them, are called in the documentation of frameworks and other servers.
USUAL_NAMES = ("application", "app", "wsgi", "wsgi_app", "wsgi_application")
USUAL_FACTORIES = ("create_app", "make_app", "get_app", "create_application", "make_application")

# inspect.CO_COROUTINE; the module itself takes milliseconds to import.
COROUTINE = 0x80


def callable_of(module, name):
    """The attribute; the error of one that is missing remembers the module, for the hints."""
    try:
        return getattr(module, name)
    except AttributeError as error:
        error.lacking = (module, name)
        raise


def about_failure(error):
    """The hints for a load that ended with `error`."""
    lacking = getattr(error, "lacking", None)
    if lacking is not None:
        return _lookalikes(*lacking)
    if isinstance(error, (ImportError, PermissionError)):
        return _search_path()
    return ()


def about_application(application, name):
    """The hints for an application that was loaded, called `name`: none when it may well work."""
    if not callable(application):
        yield "hint: '%s' is of the type %s, which can't be called" % (name, type(application).__name__)
    elif _is_async(application) or _is_async(type(application).__call__):
        yield "hint: '%s' is asynchronous, as for ASGI: this server needs a WSGI application" % name


def _is_async(function):
    return bool(getattr(getattr(function, "__code__", None), "co_flags", 0) & COROUTINE)


def _lookalikes(module, wanted):
    """Where the callable is missing: what may be meant instead."""
    found = False
    for name, value in vars(module).items():
        if name.startswith("_") or isinstance(value, type) or not callable(value):
            continue
        # Other functions are views and helpers.
        if name in USUAL_NAMES or not isinstance(value, (types.FunctionType, types.BuiltinFunctionType)):
            yield "hint: if '%s' is meant: --callable-object %s" % (name, name)
            found = True
        elif name in USUAL_FACTORIES:
            yield "hint: if '%s' makes it, add a line: %s = %s()" % (name, wanted, name)
            found = True
    if not found:
        yield "hint: nothing in there looks like an application; --callable-object says what it is called"


def _search_path():
    """Where a module isn't found: most often it is the search path, the folder or the user."""
    yield "hint: modules are searched in sys.path = %r" % sys.path
    yield "hint: the working directory is %r, the user id is %d, the group id is %d" % (
        _working_directory(),
        os.geteuid(),
        os.getegid(),
    )
    for folder in sys.path:
        if os.path.exists(folder) and not os.access(folder, os.R_OK | os.X_OK if os.path.isdir(folder) else os.R_OK):
            yield "hint: this user may not read %r" % folder
        elif folder and not _reachable(folder):
            yield "hint: this user may not enter a folder above %r" % folder


def _working_directory():
    try:
        return os.getcwd()
    except OSError:
        return "(deleted or unreadable)"


def _reachable(path):
    try:
        os.stat(path)
    except PermissionError:
        return False
    except OSError:
        return True
    return True
