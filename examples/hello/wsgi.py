"""The smallest friendly application: `malt start-server examples/hello/wsgi.py` serves it."""

from html import escape

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Hello from Malt</title>
<style>body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem }}</style>
<h1>Hello, world!</h1>
<p>This page was made by a Python application, which Malt found in <code>{file}</code>.
Edit that file and load the page again: the change is there, nothing needs a restart.</p>
<p>You asked for <code>{path}</code>.</p>
</html>
"""


def application(environ, start_response):
    """Answer every request with a page that greets."""
    # WSGI hands paths over as latin-1, one character a byte (PEP 3333); people mean UTF-8.
    path = (environ["SCRIPT_NAME"] + environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")
    page = PAGE.format(file=escape(__file__), path=escape(path)).encode("utf-8", "replace")
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))])
    return [page]
