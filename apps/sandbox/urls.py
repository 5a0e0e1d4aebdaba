"""The simulated platforms, below /sandbox/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.sandbox.apple import views as apple
from apps.sandbox.telegram import views as telegram

app_name = "sandbox"

urlpatterns: list[URLPattern | URLResolver] = [
    path("telegram/bot<str:token>/<str:method>", telegram.call, name="telegram"),
    path("telegram/file/bot<str:token>/<path:path>", telegram.download, name="telegram-file"),
    path("apple/v1/message", apple.message, name="apple-message"),
    path("apple/v1/preUpload", apple.pre_upload, name="apple-pre-upload"),
    path("apple/v1/preDownload", apple.pre_download, name="apple-pre-download"),
    path("apple/v1/decodePayload", apple.decode_payload, name="apple-decode"),
    path("apple/content/<str:account_key>/<str:key>", apple.content, name="apple-content"),
]
