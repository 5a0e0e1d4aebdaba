"""The house with a panel that only says that it is one, until the real one is asked for in its own tests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.urls import urlpatterns as house


def panel(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(f"panel {key}")


widget = ([path("<str:key>/", panel, name="frame")], "widget")

urlpatterns = [path("", include("apps.widget.urls_button")), path("widget/", include(widget)), *house]
