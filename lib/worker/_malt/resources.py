"""Scripts that answer for files (--add-handler), in front of the application."""

import re

from .request import HandedBack
from .scripts import Script


class Resources:
    """A WSGI application that leaves to another one what is for no such file."""

    def __init__(self, application, scripts, worker):
        """`scripts`: as `make_scripts` has made them."""
        self._application = application
        self._scripts = scripts
        self._worker = worker
        # Other workers may want to be replaced too. As often as in the original: a script that always wants it would have
        # its request wander about for ever.
        self._most_restarts = 2 * worker.config["maximumProcesses"] + 1
        if worker.config["debugging"] is not None:
            # Nothing takes the place of a process at the terminal.
            self._most_restarts = 0

    def __call__(self, environ, start_response):
        extension = environ.pop("malt.resource", None)
        if extension is None:
            return self._application(environ, start_response)
        script = self._scripts[extension]
        module = script.load()
        if module is None:
            raise RuntimeError("the handler script %r could not be loaded, see above" % script.path)
        outdated = getattr(module, "reload_required", None)
        if outdated is not None and int(environ.get("mod_wsgi.daemon_restarts", 0)) < self._most_restarts:
            if outdated(environ["SCRIPT_FILENAME"]):
                self._worker.restart()
                raise HandedBack
        handle = getattr(module, "handle_request", None)
        return (handle or module.application)(environ, start_response)


def make_scripts(paths, log):
    """The scripts by extension, under the names that mod_wsgi-express gives to their modules; none is loaded yet."""
    names = {extension: "__wsgi_resource%s__" % re.sub(r"\W", "_", extension) for extension in paths}
    return {extension: Script(path, False, log, names[extension]) for extension, path in paths.items()}
