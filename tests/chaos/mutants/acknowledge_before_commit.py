"""Webhooks are answered at once and stored a moment later (breaks I1)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LATER = 0.5  # seconds

Answer = Callable[[HttpRequest], HttpResponse]


def install() -> None:
    settings.MIDDLEWARE.insert(0, f"{__name__}.hasty")


def hasty(answer: Answer) -> Answer:
    def inside(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/hooks/"):
            return answer(request)
        request.body  # noqa: B018  # read while the connection is there
        threading.Thread(target=_later, args=(answer, request), daemon=True).start()
        return HttpResponse("ok")

    return inside


def _later(answer: Answer, request: HttpRequest) -> None:
    time.sleep(LATER)
    answer(request)
