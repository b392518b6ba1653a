"""Settings of the test: what django-admin wrote, made fit for a server."""

from shop.settings import *  # noqa: F403
from shop.settings import BASE_DIR, INSTALLED_APPS

DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [*INSTALLED_APPS, "notes"]
ROOT_URLCONF = "notes.urls"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
