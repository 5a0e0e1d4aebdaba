"""The webhooks' addresses, the same as ours."""

from __future__ import annotations

from django.urls import path

from benchmarks.naive.views import ReceiveWebhook

urlpatterns = [
    path("hooks/<slug:platform>/<str:key>/", ReceiveWebhook.as_view()),
    path("hooks/<slug:platform>/<str:key>/<slug:suffix>", ReceiveWebhook.as_view()),
]
