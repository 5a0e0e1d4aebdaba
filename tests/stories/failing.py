"""Settings of a web process whose views fail when asked to, in words that quote what they were given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as ORDINARY

HEADER = "X-Fail"


class Quoted(Exception):
    """As an exception of a parser or a database would: it quotes what it could not take."""


class FailWhenAsked(MiddlewareMixin):
    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        if HEADER in request.headers:
            words = (request.body, request.COOKIES, dict(request.headers), request.get_full_path())
            raise Quoted(f"cannot take {words}")


MIDDLEWARE = [*ORDINARY, "tests.stories.failing.FailWhenAsked"]
