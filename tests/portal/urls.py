"""The house and what strangers' pages load at its root."""

from __future__ import annotations

from django.urls import include, path

from config.urls import urlpatterns as house

urlpatterns = [path("", include("apps.widget.urls_button")), *house]
