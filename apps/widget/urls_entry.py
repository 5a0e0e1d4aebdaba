"""The pages behind Message buttons, below /e/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.widget.views import entry

app_name = "entry"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:key>/", entry.entry, name="entry"),
    path("<str:key>/<int:position>/", entry.go, name="go"),
]
