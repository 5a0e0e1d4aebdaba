"""QQ's open platform over HTTP: tokens, messages and files below /sandbox/qq/."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.sandbox import calls, delivery, doors, served
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.qq import sending, tokens
from apps.sandbox.qq.errors import QQError, invalid

Json = dict[str, Any]
Operation = Callable[[SandboxAccount], Json]


@csrf_exempt
def token(request: HttpRequest) -> HttpResponseBase:
    try:
        return JsonResponse(tokens.give(_given(request)))
    except QQError as error:
        return error.answer()


@csrf_exempt
def messages(request: HttpRequest, openid: str) -> HttpResponseBase:
    given = _body(request)
    return _call(request, "messages", lambda account: sending.messages(account, openid, given), says=True)


@csrf_exempt
def files(request: HttpRequest, openid: str) -> HttpResponseBase:
    given = _body(request)
    return _call(request, "files", lambda account: sending.files(account, openid, given))


@csrf_exempt
def me(request: HttpRequest) -> HttpResponseBase:
    return _call(request, "users/@me", sending.me)


def file(request: HttpRequest, app_id: str, key: str) -> HttpResponseBase:
    """What a customer sent, for who has the address."""
    found = served.to_whoever_asks(doors.account_for("qq", app_id), key)
    return found or JsonResponse({"retcode": -5503007}, status=404)


def _call(request: HttpRequest, what: str, operation: Operation, says: bool = False) -> HttpResponseBase:
    delivery.wake()
    try:
        place = tokens.owner(request.headers.get("authorization", ""))
        return calls.run(calls.Asked(place, what, operation, says), _troubled)
    except QQError as error:
        return error.answer()


def _troubled(account: SandboxAccount, troubles: frozenset[str]) -> QQError | None:
    if FaultKind.THROTTLE in troubles:
        return QQError(22009, "msg limit exceed", status=429)
    if FaultKind.ERROR in troubles:
        return QQError(0, "server error", status=500)
    refused = QQError(11253, "check app privilege not pass", status=403)
    return refused if FaultKind.FORBIDDEN in troubles else None


def _body(request: HttpRequest) -> Json:
    """The JSON of a call; what is none is an empty message, which is refused with the rest."""
    try:
        return _given(request)
    except QQError:
        return {}


def _given(request: HttpRequest) -> Json:
    try:
        given = json.loads(request.body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise invalid("body")
    return given
