"""An application that shows what it is asked, and answers in several ways that its path names."""

SHOWN = (
    "AUTH_TYPE CONTENT_LENGTH CONTENT_TYPE GATEWAY_INTERFACE PATH_INFO PATH_TRANSLATED QUERY_STRING REDIRECT_STATUS "
    "REDIRECT_URL REDIRECT_QUERY_STRING REMOTE_ADDR REMOTE_USER REQUEST_METHOD REQUEST_SCHEME REQUEST_URI SCRIPT_FILENAME "
    "SCRIPT_NAME SERVER_NAME SERVER_PROTOCOL GREETING MARK wsgi.url_scheme mod_wsgi.path_info mod_wsgi.script_name"
).split()

# Fields that a client of HTTP sends anyway.
USUAL = ("HTTP_CONNECTION",)


def shown(environ, body):
    """The environ as lines, sorted, with the body behind it."""
    names = [name for name in environ if name in SHOWN or (name.startswith("HTTP_") and name not in USUAL)]
    lines = ["%s=%s" % (name, environ[name]) for name in sorted(names)]
    return ("\n".join(lines) + "\n\n").encode("latin-1") + body


def application(environ, start_response):
    """Answer as the path says: /status/CODE, /redirect, /inside, /twice, /type, /empty, /fails; or show the environ."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    kind, _, rest = environ["PATH_INFO"].lstrip("/").partition("/")
    plain = [("Content-Type", "text/plain")]
    if kind == "status":
        start_response(rest + " Said So", plain + [("X-From", "application")])
        return [b"said " + rest.encode("latin-1")]
    if kind == "redirect":
        start_response("302 Found", plain + [("Location", "/" + rest)])
        return [b"elsewhere"]
    if kind == "twice":
        start_response("200 OK", plain + [("X-A", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"twice"]
    if kind == "type":
        start_response("200 OK", [("Content-Type", rest.replace("-", "/", 1)), ("ETag", '"x"')])
        return [b"typed " * 100]
    if kind == "empty":
        start_response("204 No Content", [])
        return []
    if kind == "fails":
        raise RuntimeError("as asked for")
    start_response("200 OK", plain)
    return [shown(environ, body)]
