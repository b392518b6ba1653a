"""The page for a server that was given nothing to serve yet. No request leaves it: all it needs is in it."""

PAGE = b"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>My web site runs on Malt</title>
<style>
body { margin: 12vh auto; max-width: 36em; padding: 0 1.5em; font: 1.1em/1.6 Georgia, serif; color: #3b2a1a; background: #fdf8f0 }
h1 { font-weight: normal; color: #8a4b08 }
a { color: #8a4b08 }
pre { overflow-x: auto; background: #f3e6d0; padding: .6em 1em; border-radius: .3em } pre code { padding: 0 }
code { font-size: .9em; background: #f3e6d0; padding: .1em .35em; border-radius: .2em }
@media (prefers-color-scheme: dark) {
body { color: #ecdcc4; background: #1d1510 } h1, a { color: #e9a84c } code, pre { background: #35271b }
}
</style>
</head>
<body>
<h1>My web site runs on Malt</h1>
<p>The server is up, and this is the page it shows until it is given an application.</p>
<p>Write one into <code>hello.wsgi</code>:</p>
<pre><code>def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello, World!\\n"]</code></pre>
<p>and start the server again with <code>start-server hello.wsgi</code>.</p>
<p>The <a href="/__wsgi__/docs/">documentation</a> comes with the server.</p>
</body>
</html>
"""

_HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))]


def application(environ, start_response):
    """Answer GET and HEAD with the page, at every path."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        text = b"This page can only be read.\n"
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(text))), ("Allow", "GET, HEAD")]
        start_response("405 Method Not Allowed", headers)
        return [text]
    start_response("200 OK", list(_HEADERS))
    return [PAGE]
