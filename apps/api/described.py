"""The part of the service that openapi.json describes, under its own prefix."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("api/v1/", include("apps.api.urls"))]
