"""Keeps the objects of one request and uses them in the next, as no application should."""

kept = []


def application(environ, start_response):
    if not kept:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        kept.extend([environ["wsgi.input"].read, lambda: write(b"x"), lambda: start_response("200 OK", [])])
        kept.extend([environ["wsgi.input"].readline, environ["wsgi.input"].readlines])
        return [b"kept"]
    found = []
    for use in kept:
        try:
            use()
            found.append("nothing")
        except RuntimeError as error:
            found.append(str(error))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\n".join(found).encode()]
