"""QQ's open platform over HTTP: tokens, messages and files below /sandbox/qq/."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.core.streaming import StreamedFile
from apps.sandbox import delivery, doors, faults, store, wire
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
        return _no(error)


@csrf_exempt
def messages(request: HttpRequest, openid: str) -> HttpResponseBase:
    given, troubled = _body(request), True
    return _call(request, "messages", lambda account: sending.messages(account, openid, given), troubled)


@csrf_exempt
def files(request: HttpRequest, openid: str) -> HttpResponseBase:
    given = _body(request)
    return _call(request, "files", lambda account: sending.files(account, openid, given))


@csrf_exempt
def me(request: HttpRequest) -> HttpResponseBase:
    return _call(request, "users/@me", sending.me)


def file(request: HttpRequest, app_id: str, key: str) -> HttpResponseBase:
    """What a customer sent, for who has the address."""
    place = doors.account_for("qq", app_id)
    if place is None:
        return JsonResponse({"retcode": -5503007}, status=404)
    with tenancy.scope(place.tenant_id):
        kept = store.find(SandboxAccount.objects.get(pk=place.id), key)
        if kept is None:
            return JsonResponse({"retcode": -5503007}, status=404)
        answer = StreamedFile(store.path_of(kept).open("rb"), content_type=kept.mime)
        answer["Content-Disposition"] = "attachment"
        return answer


def _call(request: HttpRequest, what: str, operation: Operation, troubled: bool = False) -> HttpResponseBase:
    """With the account's troubles, where something is said."""
    delivery.wake()
    try:
        place = tokens.owner(request.headers.get("authorization", ""))
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            troubles = faults.active(account) if troubled else frozenset()
        if FaultKind.SLOW in troubles:
            time.sleep(faults.SLOW_SECONDS)
        answer = _run(place, what, operation, _refusal(troubles))
    except QQError as error:
        return _no(error)
    return faults.lost_answer() if FaultKind.LOST in troubles else answer


def _refusal(troubles: frozenset[str]) -> QQError | None:
    if FaultKind.THROTTLE in troubles:
        return QQError(22009, "msg limit exceed", status=429)
    if FaultKind.ERROR in troubles:
        return QQError(0, "server error", status=500)
    return (
        QQError(11253, "check app privilege not pass", status=403)
        if FaultKind.FORBIDDEN in troubles
        else None
    )


def _run(place: doors.Place, what: str, operation: Operation, refusal: QQError | None) -> HttpResponseBase:
    """In one transaction; what is refused changes nothing but the list of what crossed the wire."""
    try:
        if refusal:
            raise refusal
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            result = operation(account)
            wire.note(account, what, "200")
    except QQError as error:
        with tenancy.scope(place.tenant_id):
            wire.note(SandboxAccount.objects.get(pk=place.id), what, str(error.code))
        raise
    return JsonResponse(result)


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


def _no(error: QQError) -> JsonResponse:
    answer = JsonResponse(error.to_json(), status=error.status)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # an error that was asked for
    return answer
