"""Access scripts that say what the request tells them to: the query the one about hosts, the user's name the others."""

import hashlib
import json
import time

VERDICTS = {"": None, "true": True, "false": False, "none": None, "name": "Ren\u00e9e", "number": 1, "list": ["x"]}
GROUPS = {"member": ["a", "wsgi"], "bytes": [b"wsgi"], "other": ["a"], "nowhere": [], "number": 1, "mixed": ["wsgi", 1]}


def verdict(word):
    """What is to be returned for `word`."""
    if word == "raise":
        raise RuntimeError("this script fails when it is told to")
    if word == "hang":
        time.sleep(3600)
    if word == "exit":
        raise SystemExit(3)
    return VERDICTS.get(word)


def allow_access(environ, host):
    """The verdict named in the query; "show" puts the environ into the log."""
    query = environ["QUERY_STRING"]
    if query == "show":
        show(environ, host=host)
    return verdict(query)


def show(environ, **arguments):
    """One line of the log has everything, in digits, as logs escape the rest."""
    shown = {key: value if isinstance(value, (str, int)) else type(value).__name__ for key, value in environ.items()}
    shown["https"] = environ["mod_ssl.is_https"]()
    shown["variables"] = [environ["mod_ssl.var_lookup"](name) for name in ("HTTPS", "SSL_TLS_SNI", "SSL_NO_SUCH")]
    environ["wsgi.errors"].write("SEEN %s\n" % json.dumps(dict(shown, **arguments)).encode().hex())


def check_password(environ, user, password):
    """True for the right password, but for users that are the name of a verdict."""
    if environ["QUERY_STRING"] == "show":
        show(environ, user=user, password=password)
    if user in VERDICTS or user in ("raise", "hang", "exit"):
        return verdict(user)
    return password == "p\u00e4ss:w\u00f6rd"


def get_realm_hash(environ, user, realm):
    """The hash of the password "secret"; as bytes for the user who is named so."""
    if user in ("none", "raise", "number"):
        return verdict(user)
    found = hashlib.md5(("%s:%s:secret" % (user, realm)).encode()).hexdigest()
    return found.encode() if user == "bytes" else found


def groups_for_user(environ, user):
    """The groups that go by the name of the user."""
    if user == "raise":
        raise RuntimeError("this script fails when it is told to")
    return GROUPS.get(user, (name for name in ("wsgi",)) if user == "generator" else None)
