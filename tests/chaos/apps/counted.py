"""Answers with the path, a little later, after noting in $MALT_TEST_EXECUTED that it was asked for it."""

import os
import time

executed = os.open(os.environ["MALT_TEST_EXECUTED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)


def application(environ, start_response):
    path = environ["PATH_INFO"]
    # One write of an appended line is never torn, whoever else writes: many processes share the file.
    os.write(executed, (path + "\n").encode())
    time.sleep(0.004)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(path)))])
    return [path.encode()]
