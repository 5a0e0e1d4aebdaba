"""What the web process loads before it says that it listens.

Python, Django and the registry would load each view, adapter and template on its first use. That is when a
process in whose place we came has just sent us all of its open pages and the platforms' next webhooks, and
adapters would be imported on the event loop, which nothing may hold up.
"""

from __future__ import annotations

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

from apps.platforms import registry

PUSHED = ("console", "live")  # templates of what open pages are sent


def load() -> None:
    """Half a second on a slow machine, 7 MB; idempotent."""
    get_resolver().check()
    registry.all_platforms()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Reconnecting.")
    templates = settings.BASE_DIR / "templates"
    for folder in PUSHED:
        for path in sorted((templates / folder).rglob("*.html")):
            get_template(str(path.relative_to(templates)))
