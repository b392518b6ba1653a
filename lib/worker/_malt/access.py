"""The application of the access workers: asks the scripts of the site who may use it, and answers with a status.

200 is yes, then the field User may have another name for the user; 401, 403 and 500 are what the client gets, and the field
Why has the reason for the log, one of the words below. The front end asks with malt.host, and once somebody has tried to
log in with malt.user and what goes with it.
"""

import functools
import hashlib
import hmac
from collections.abc import Iterable

from .environ import APACHE_VERSION, MOD_WSGI_VERSION
from .scripts import Script

YES, UNKNOWN, FORBIDDEN, FAILED = "200 OK", "401 Unauthorized", "403 Forbidden", "500 Internal Server Error"

DENIED, NOT_FOUND, MISMATCH, NO_MEMBER = "denied", "not found", "mismatch", "no member"

# What a script sees of a request, besides the header.
_SEEN = (
    "CONTENT_LENGTH CONTENT_TYPE DOCUMENT_ROOT PATH_INFO QUERY_STRING REMOTE_ADDR REMOTE_PORT REQUEST_METHOD REQUEST_URI"
    " SCRIPT_NAME SERVER_ADDR SERVER_ADMIN SERVER_NAME SERVER_PORT SERVER_PROTOCOL SERVER_SIGNATURE SERVER_SOFTWARE"
    " mod_wsgi.application_group wsgi.errors"
).split()


class Access:
    """A WSGI application."""

    def __init__(self, config, log):
        """`config` is the AccessScripts of lib/control/worker.ts as a dict."""
        self._log = log
        self._realm = config["realm"]
        self._reloading = config["reloading"]
        self._check = self._check_digest if config["type"] == "Digest" else self._check_password
        group = config["group"]
        self._group = group and group["name"]
        self._host_script = self._script(config["host"])
        self._user_script = self._script(config["user"])
        self._group_script = self._script(group and group["script"])

    def _script(self, path):
        if path is None:
            return None
        script = Script(path, self._reloading, self._log)
        # Requests needn't wait for it then, and what is wrong with it is in the log from the start.
        script.load()
        return script

    def __call__(self, environ, start_response):
        status, fields = self._judge(environ)
        start_response(status, fields)
        return ()

    def _judge(self, environ):
        """The status and the fields of the answer."""
        seen = self._seen(environ)
        if self._host_script is not None and not self._allows(dict(seen), environ["malt.host"]):
            return FORBIDDEN, [("Why", DENIED)]
        if self._user_script is None or "malt.user" not in environ:
            return YES, []
        user = _text(environ["malt.user"])
        status, found = self._check(dict(seen), user, environ)
        if status is not YES:
            return status, [("Why", found)] if status is UNKNOWN else []
        name = found
        if self._group_script is not None and not self._is_member(dict(seen), name, _text(environ["SCRIPT_NAME"])):
            return UNKNOWN, [("Why", NO_MEMBER)]
        return YES, [] if name is user else [("User", name.encode("utf-8").decode("latin-1"))]

    def _seen(self, environ):
        seen = {key: environ[key] for key in _SEEN if key in environ}
        seen.update(item for item in environ.items() if item[0].startswith("HTTP_"))
        # That is what the scripts are told in their arguments.
        seen.pop("HTTP_AUTHORIZATION", None)
        seen["apache.version"] = APACHE_VERSION
        seen["mod_wsgi.version"] = MOD_WSGI_VERSION
        seen["mod_wsgi.process_group"] = ""
        seen["mod_wsgi.script_reloading"] = int(self._reloading)
        secure = environ.get("REQUEST_SCHEME") == "https"
        seen["mod_ssl.is_https"] = lambda: secure
        seen["mod_ssl.var_lookup"] = functools.partial(_variable, environ, secure)
        return seen

    # -- the questions ---------------------------------------------------------------------------------------------

    def _allows(self, seen, host):
        """Whether this client is served at all."""
        what = "Target WSGI host access script '%s' does not provide host validator."
        done, allowed = self._call(self._host_script, "allow_access", what, seen, host)
        if not done:
            return False
        if allowed is None or isinstance(allowed, bool):
            return allowed is not False
        self._complain(
            "Indicator of host accessibility returned from '%s' must a boolean or None.", self._host_script.path
        )
        return False

    def _check_password(self, seen, user, environ):
        """The status that the password deserves, and the name of its user or why he has none."""
        what = "Target WSGI user authentication script '%s' does not provide 'Basic' auth provider."
        password = _text(environ["malt.password"])
        done, found = self._call(self._user_script, "check_password", what, seen, user, password)
        if not done:
            return FAILED, user
        if found is True:
            return YES, user
        if isinstance(found, str):
            return YES, found
        if found is None or found is False:
            return UNKNOWN, NOT_FOUND if found is None else MISMATCH
        text = "Basic auth provider '%s' must return True, False, None or the name of the user, and returned %s."
        self._complain(text, self._user_script.path, type(found).__name__)
        return FAILED, user

    def _check_digest(self, seen, user, environ):
        """The status that the digest deserves, and the name of its user or why he has none."""
        what = "Target WSGI user authentication script '%s' does not provide 'Digest' auth provider."
        done, found = self._call(self._user_script, "get_realm_hash", what, seen, user, self._realm)
        if not done:
            return FAILED, user
        if found is None:
            return UNKNOWN, NOT_FOUND
        known = found.encode("ascii", "replace") if isinstance(found, str) else found
        if not isinstance(known, bytes):
            text = "Digest auth provider '%s' must return None or the hash as a string, and returned %s."
            self._complain(text, self._user_script.path, type(found).__name__)
            return FAILED, user
        wanted = _md5(known + b":" + environ["malt.digest"].encode("latin-1"))
        if hmac.compare_digest(wanted, environ["malt.response"]):
            return YES, user
        return UNKNOWN, MISMATCH

    def _is_member(self, seen, user, path):
        """Whether the user is in the group that may use the site."""
        script = self._group_script
        what = "Target WSGI group authentication script '%s' does not provide group provider."
        done, found = self._call(script, "groups_for_user", what, seen, user)
        if not done:
            return False
        try:
            given = list(found) if isinstance(found, Iterable) else [found]
        except BaseException as error:
            # A generator of the script may fail like the script itself.
            self._log.exception(error, script.path)
            return False
        names = [name.decode("utf-8", "replace") if isinstance(name, bytes) else name for name in given]
        if not all(isinstance(name, str) for name in names):
            text = "Groups for user returned from '%s' must be an iterable sequence of byte strings."
            self._complain(text, script.path)
            return False
        if self._group in names:
            return True
        why = "designated" if names else "any"
        text = "Authorization of user '%s' to access '%s' failed. User is not a member of %s groups."
        self._complain(text, user, path, why)
        return False

    # -- the scripts -----------------------------------------------------------------------------------------------

    def _call(self, script, name, missing, *arguments):
        """Whether the function of the script could be called, and what it returned. What failed is in the log."""
        module = script.load()
        if module is None:
            return False, None
        function = getattr(module, name, None)
        if function is None:
            self._complain(missing, script.path)
            return False, None
        try:
            return True, function(*arguments)
        except BaseException as error:
            self._log.exception(error, script.path)
            return False, None

    def _complain(self, text, *values):
        self._log.record("error", self._log.prefix + text % values)


def _variable(environ, secure, name):
    """A variable of mod_ssl: those that applications would see, and HTTPS. None where there is no TLS."""
    if name == "HTTPS":
        return "on" if secure else "off"
    if not secure:
        return None
    return environ.get(name, "") if name.startswith("SSL_") else ""


def _text(value):
    """What clients send is UTF-8, or it is old and latin-1 (RFC 7617, section 3)."""
    data = value.encode("latin-1")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _md5(data):
    try:
        return hashlib.md5(data).hexdigest()
    except ValueError:
        # Policy forbids it for what needs a strong hash. It is what Digest is made of (Python 3.9 and later).
        return hashlib.new("md5", data, usedforsecurity=False).hexdigest()
