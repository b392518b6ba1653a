"""Makes the project ready to be served, as manage.py would: in one process, because Django takes a second to start."""

import importlib

import django
from django.core.management import call_command

django.setup()
call_command("makemigrations", "notes")
# The migration was written behind the back of the import system.
importlib.invalidate_caches()
call_command("migrate")
call_command("createsuperuser", "--noinput")
call_command("collectstatic", "--noinput")
