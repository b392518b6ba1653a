"""The one page of the site: a template with a URL argument and a loop."""

from django.shortcuts import render

TITLES = ["Barley", "Water", "Yeast", "Mash", "Wash", "Still", "Cask", "Angels", "Bottle", "Glass"]


def month(request, year, topic):
    """Render the archive of `topic` in `year`."""
    entries = [{"number": number, "title": title} for number, title in enumerate(TITLES, 1)]
    return render(request, "month.djhtml", {"year": year, "topic": topic, "entries": entries})
