"""Python files that are run for the functions in them, and run again when they have changed."""

import hashlib
import os
import sys
import types
from _thread import allocate_lock

from .loader import code_of, explain
from .reloading import Target


class Script:
    """One such file. Requests that still use the functions of an older version go on with these."""

    def __init__(self, path, reloading, log, name=None):
        """`reloading`: it is looked at before each use. `name`: of its module, if not what mod_wsgi makes of the path."""
        self.path = path
        self._name = name or module_name(path)
        self._reloading = reloading
        self._log = log
        self._lock = allocate_lock()
        self._module = None
        self._target = None

    def load(self):
        """Its module; None when it can't be run, the reason is in the log then. The next call tries again."""
        module, target = self._module, self._target
        if module is not None and not (self._reloading and target.outdated()):
            return module
        with self._lock:
            # Another thread may have done it meanwhile.
            if self._module is module:
                self._run()
            return self._module

    def _run(self):
        self._module = None
        self._target = Target(self.path)
        module = types.ModuleType(self._name)
        module.__file__ = self.path
        try:
            exec(code_of(self.path), module.__dict__)
        except BaseException as error:
            sys.modules.pop(self._name, None)
            explain(error, self.path, self._log)
        else:
            sys.modules[self._name] = module
            self._module = module


def module_name(path):
    """The name that mod_wsgi gives to the module of a file."""
    data = os.fsencode(path)
    try:
        digest = hashlib.md5(data)
    except ValueError:
        # Where policy forbids MD5 for good.
        digest = hashlib.sha256(data)
    return "_mod_wsgi_" + digest.hexdigest()[:32]
