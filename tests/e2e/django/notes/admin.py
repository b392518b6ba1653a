"""Notes are written in the admin site."""

from django.contrib import admin

from notes.models import Note

admin.site.register(Note)
