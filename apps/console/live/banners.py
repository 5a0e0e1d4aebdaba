"""The strips above the inbox, in the page's language: sent with "ready": offline it is too late."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext, ngettext


@lru_cache
def reconnecting(language: str) -> str:
    with translation.override(language):
        return render_to_string("live/reconnecting.html")


def missed(messages: int, places: int, language: str) -> str:
    """An empty string when nothing arrived."""
    if not messages:
        return ""
    with translation.override(language):
        return render_to_string("live/missed.html", {"words": _words(messages, places)})


def _words(messages: int, places: int) -> str:
    arrived = ngettext(
        "%(count)d message arrived while you were away",
        "%(count)d messages arrived while you were away",
        messages,
    )
    where = ngettext("in %(count)d conversation", "in %(count)d conversations", places)
    parts = {"messages": arrived % {"count": messages}, "where": where % {"count": places}}
    return gettext("%(messages)s, %(where)s.") % parts
