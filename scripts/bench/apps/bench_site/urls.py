"""The one address of the site."""

from django.urls import path

from bench_site.views import month

urlpatterns = [path("archive/<int:year>/<slug:topic>/", month, name="month")]
