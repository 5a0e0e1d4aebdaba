"""The addresses that platforms call. apps/webhooks/door.py reads this list and answers; Django's own way of
calling views is not taken (docs/decisions/0010)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def answered_by_the_door(request: HttpRequest, **_: str) -> HttpResponse:
    """Reached only where the door does not stand in front, as in Django's test client."""
    raise Http404


app_name = "hooks"

# What a platform appends comes after the slash with which our addresses end: Apple does not say whether it
# then leaves its own away.
urlpatterns = [
    path("<slug:platform>/", answered_by_the_door, name="shared"),
    path("<slug:platform>/message", answered_by_the_door, {"suffix": "message"}, name="shared-message"),
    path("<slug:platform>//message", answered_by_the_door, {"suffix": "message"}, name="shared-message"),
    path("<slug:platform>/<str:key>/", answered_by_the_door, name="channel"),
    path("<slug:platform>/<str:key>/<slug:suffix>", answered_by_the_door, name="channel-suffix"),
    path("<slug:platform>/<str:key>//<slug:suffix>", answered_by_the_door, name="channel-suffix"),
]
