"""Sends files. The query is a URL-encoded form: path, from, length, wrap (as what), status."""

import io
import os
from urllib.parse import parse_qs


class Named(io.BytesIO):
    """No real file, and notes that it was closed."""

    def close(self):
        note = os.environ.get("MALT_TEST_CLOSED")
        if note and not self.closed:
            with open(note, "a") as file:
                file.write("closed\n")
        super().close()


class NotedFile(io.FileIO):
    """A real file that notes that it was closed."""

    def close(self):
        note = os.environ.get("MALT_TEST_CLOSED")
        if note and not self.closed:
            with open(note, "a") as file:
                file.write("closed\n")
        super().close()


def application(environ, start_response):
    query = {key: values[0] for key, values in parse_qs(environ["QUERY_STRING"]).items()}
    headers = [("Content-Type", "application/octet-stream")]
    if "length" in query:
        headers.append(("Content-Length", query["length"]))
    write = start_response(query.get("status", "200 OK"), headers)
    file = NotedFile(query["path"])
    if query.get("wrap") == "memory":
        file = Named(file.readall())
    file.seek(int(query.get("from", 0)))
    if query.get("wrap") == "written":
        write(b"first:")
    return environ["wsgi.file_wrapper"](file, 1000)
