"""The environ of a request: what is the same for all requests of a worker, and the pairs the front end sent."""

from .files import FileWrapper

# What applications find in mod_wsgi 4.9.4 on Apache 2.4.62, whose place Malt takes.
MOD_WSGI_VERSION = (4, 9, 4)
APACHE_VERSION = (2, 4, 62)


def base_environ(config, errors):
    """The constant part of every environ. `config` is the worker's configuration, `errors` becomes wsgi.errors."""
    environ = dict(config["environ"])
    environ["wsgi.version"] = (1, 0)
    environ["wsgi.url_scheme"] = "http"
    environ["wsgi.multithread"] = config["multithread"]
    environ["wsgi.multiprocess"] = config["multiprocess"]
    environ["wsgi.run_once"] = config["runOnce"]
    environ["wsgi.errors"] = errors
    environ["wsgi.file_wrapper"] = FileWrapper
    environ["wsgi.input_terminated"] = True
    environ["mod_wsgi.version"] = MOD_WSGI_VERSION
    environ["apache.version"] = APACHE_VERSION
    return environ


def request_environ(base, text):
    """A new environ: `base` and the NUL-separated names and values of `text`. HTTPS becomes wsgi.url_scheme."""
    environ = base.copy()
    parts = iter(text.split("\0"))
    environ.update(zip(parts, parts))
    if "HTTPS" in environ and environ.pop("HTTPS").lower() in ("on", "1"):
        environ["wsgi.url_scheme"] = "https"
    return environ
