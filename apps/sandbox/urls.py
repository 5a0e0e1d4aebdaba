"""The simulated platforms, below /sandbox/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from apps.sandbox import simulators

app_name = "sandbox"

urlpatterns: list[URLPattern | URLResolver] = [*simulators.urls()]
