"""Views that use what a server has to carry: a database, uploads, streams, files."""

import hashlib

from django.http import FileResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from notes.models import Note


def notes(request):
    """The text of every note."""
    return JsonResponse({"notes": list(Note.objects.values_list("text", flat=True))})


@csrf_exempt
def upload(request):
    """Size and SHA-256 of the uploaded file, and the field that came with it."""
    digest = hashlib.sha256()
    size = 0
    for chunk in request.FILES["file"].chunks():
        digest.update(chunk)
        size += len(chunk)
    return JsonResponse({"bytes": size, "sha256": digest.hexdigest(), "label": request.POST["label"]})


def stream(request):
    """A megabyte whose length nobody knows before its end."""
    return StreamingHttpResponse((b"%07d\n" % number for number in range(131072)), content_type="text/plain")


def download(request):
    """This file, through wsgi.file_wrapper."""
    return FileResponse(open(__file__, "rb"), as_attachment=True, filename="views.txt")
