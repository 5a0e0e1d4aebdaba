"""Answers of the protocol: JSON, never cached, errors as a code and a number to ask about, nothing else."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from apps.conversations.files import EmptyFile, FileTooLarge
from apps.conversations.serving import FileGone
from apps.core import request_ids
from apps.platforms.cards import BadAnswer
from apps.widget import say, uploads
from apps.widget.fields import BadField
from apps.widget.identity import BadIdentity
from apps.widget.limits import TooOften
from apps.widget.sessions import NoPanel

log = logging.getLogger(__name__)

PREFLIGHT_SECONDS = 7200
AWAY_SECONDS = 5  # until the database is tried again


class NoSession(Exception):
    """No token, or one that is unknown, expired, revoked, foreign: all alike."""


class OriginRefused(Exception):
    """This site may not talk for this entry point."""


class NotThere(Exception):
    """Not there, or not theirs: alike (invariant I7)."""


_CODES: dict[type[Exception], tuple[int, str]] = {
    NoSession: (401, "no_session"),
    OriginRefused: (403, "origin_refused"),
    NotThere: (404, "not_found"),
    FileGone: (404, "not_found"),
    NoPanel: (404, "not_found"),
    say.NoSuchCard: (404, "not_found"),
    uploads.NoSuchFile: (404, "not_found"),
    say.ClientIdReused: (409, "client_id_reused"),
    say.AlreadyAnswered: (409, "answered"),
    BadAnswer: (422, "bad_answer"),
    FileTooLarge: (413, "too_large"),
    say.TooLong: (413, "too_large"),
    say.NothingSaid: (422, "empty"),
    EmptyFile: (422, "empty"),
    uploads.TooManyFiles: (422, "too_many_files"),
    RequestDataTooBig: (413, "too_large"),
    MultiPartParserError: (422, "bad_field"),
    BadField: (422, "bad_field"),
    BadIdentity: (403, "identity"),
    TooOften: (429, "too_often"),
    OperationalError: (503, "unavailable"),
    InterfaceError: (503, "unavailable"),
}


def ok(status: int = 200, **facts: Any) -> JsonResponse:
    return JsonResponse(facts, status=status)


def refusal(error: Exception) -> HttpResponse:
    """What `error` means to the client. An error that we did not expect is logged and said to be one."""
    request_id = request_ids.current()
    status, code = _CODES.get(type(error), (500, "server_error"))
    facts: dict[str, Any] = {"error": code, "request_id": request_id}
    if status >= 500:
        log.error("widget request failed", exc_info=error, extra={"request_id": request_id})
    if isinstance(error, BadIdentity):
        facts["error"] = error.problem.value
    if isinstance(error, BadField):
        facts["field"] = error.name
    if isinstance(error, BadAnswer):
        facts |= {"field": error.where, "fault": error.fault.value}
    response = JsonResponse(facts, status=status)
    if isinstance(error, TooOften):
        response["Retry-After"] = str(error.seconds)
    if status == 503:
        response["Retry-After"] = str(AWAY_SECONDS)
    return response


def preflight(methods: list[str]) -> HttpResponse:
    """What a browser asks before it sends a token from another site. The request itself is checked."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = "authorization, content-type"
    response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def finish(request: HttpRequest, response: HttpResponseBase, *, readable: bool) -> HttpResponseBase:
    """Headers of every answer. `readable`: a page of the asking origin may read it. Never credentials."""
    origin = request.headers.get("Origin")
    if readable and origin and origin != "null":
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "Retry-After"
    patch_vary_headers(response, ["Origin"])
    response.setdefault("Cache-Control", "no-store")
    return response
