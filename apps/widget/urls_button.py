"""What strangers' pages load, at the root."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.widget.views import sheet

urlpatterns: list[URLPattern | URLResolver] = [path("b.css", sheet.sheet, name="button-sheet")]
