"""A person's language and theme, carried by the two cookies that every page reads."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponseBase

from apps.core.look import THEMES
from apps.tenants.models import User

YEAR = 365 * 24 * 3600

R = TypeVar("R", bound=HttpResponseBase)


def apply_preferences(response: R, user: User) -> R:
    """Set this browser to what the person chose; a language they never chose stays as it is."""
    if user.locale:
        _keep(response, settings.LANGUAGE_COOKIE_NAME, user.locale)
    if user.theme in THEMES:
        _keep(response, "theme", user.theme)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _keep(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, secure=settings.LANGUAGE_COOKIE_SECURE, samesite="Lax")
