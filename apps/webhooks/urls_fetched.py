"""The addresses from which platforms fetch files."""

from __future__ import annotations

from django.urls import path

from apps.webhooks import fetched

app_name = "fetched"

urlpatterns = [path("<str:ticket>/<str:name>", fetched.file, name="file")]
