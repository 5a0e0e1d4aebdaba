"""A request of someone who is signed in, and views that ask such a person once more who they are."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponseBase

from apps.tenants.models import User

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` receives."""

    user: User


def confirmed_lately(view: View) -> View:
    """Only within ten minutes of confirming the password or a second factor; asks when that is longer ago."""
    guarded: View = reauthentication_required(view)
    return guarded
