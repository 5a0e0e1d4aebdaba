"""WeChat's API over HTTP: /sandbox/wechat/cgi-bin/<operation>, and films at an address of their own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import delivery, doors, faults, served, wire
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.wechat import files, people, sending, tokens
from apps.sandbox.wechat.errors import WeChatError

Json = dict[str, Any]
Operation = Callable[[SandboxAccount, Json], Json | HttpResponseBase]

SEND = "POST message/custom/send"
OPERATIONS: dict[str, Operation] = {
    SEND: sending.send,
    "POST message/custom/typing": sending.typing,
    "POST media/upload": files.upload,
    "GET media/get": files.get,
    "POST qrcode/create": people.create_code,
    "GET user/info": people.info,
    "GET getcallbackip": people.callback_addresses,
}


@csrf_exempt
def call(request: HttpRequest, operation: str) -> HttpResponseBase:
    delivery.wake()
    what = f"{request.method} {operation}"
    try:
        if what == "POST stable_token":
            return _told(tokens.stable(_given(request)))
        if what == "GET token":
            return _told(tokens.old(_given(request)))
        place = tokens.owner(request.GET.get("access_token", ""))
        if what not in OPERATIONS:
            raise WeChatError(40066, "invalid url")
        return _tried(place, what, _given(request))
    except WeChatError as error:
        return _told(error.to_json())


def video(request: HttpRequest, app_id: str, key: str) -> HttpResponseBase:
    """A film, for who was told its address."""
    place = doors.account_for("wechat", app_id)
    if place is None:
        return HttpResponseNotFound()
    with tenancy.scope(place.tenant_id):
        try:
            return served.answer(files.find(SandboxAccount.objects.get(pk=place.id), key))
        except WeChatError:
            return HttpResponseNotFound()


def _told(answer: Json) -> HttpResponse:
    """JSON that says it is text, as many of WeChat's answers do."""
    return HttpResponse(json.dumps(answer, ensure_ascii=False), content_type="text/plain")


def _given(request: HttpRequest) -> Json:
    """Query, JSON or multipart. WeChat does not read \\u escapes: they are shown as they stand."""
    given: Json = dict(request.GET.items())
    if request.method == "GET":
        return given
    if request.content_type == "multipart/form-data":
        return {**given, **dict(request.FILES.items())}
    try:
        body = json.loads(request.body.replace(b"\\u", b"\\\\u"))
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise WeChatError(47001, "data format error")
    return {**given, **body}


def _tried(place: doors.Place, what: str, given: Json) -> HttpResponseBase:
    """The operation with the account's troubles, which only what is said meets."""
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
        troubles = faults.active(account) if what == SEND else frozenset()
        refusal = _refusal(troubles)
        if refusal:
            wire.note(account, what, str(refusal.errcode))
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    if refusal:
        raise refusal
    answer = _run(place, what, given)
    return faults.lost_answer() if FaultKind.LOST in troubles else answer


def _refusal(troubles: frozenset[str]) -> WeChatError | None:
    if FaultKind.THROTTLE in troubles:
        return WeChatError(45011, "api minute-quota reach limit, must slower, retry next minute")
    if FaultKind.ERROR in troubles:
        return WeChatError(-1, "system error")
    return WeChatError(48001, "api unauthorized") if FaultKind.FORBIDDEN in troubles else None


def _run(place: doors.Place, what: str, given: Json) -> HttpResponseBase:
    """In one transaction; a refused operation changes nothing but the list of what crossed the wire."""
    try:
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            result = OPERATIONS[what](account, given)
            wire.note(account, what, "0")
    except WeChatError as error:
        with tenancy.scope(place.tenant_id):
            wire.note(SandboxAccount.objects.get(pk=place.id), what, str(error.errcode))
        raise
    return result if isinstance(result, HttpResponseBase) else _told(result)
