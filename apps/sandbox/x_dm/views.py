"""The X API v2 over HTTP: /sandbox/x/2/…, the app's token, and the films that people sent."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.sandbox import calls, delivery, doors, faults, served, store
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxMessage
from apps.sandbox.x_dm import proofs, sending, uploading, webhooks
from apps.sandbox.x_dm.errors import invalid, no_permission, not_found, refused, too_many

Json = dict[str, Any]
_SEND = re.compile(r"dm_conversations/with/(\d{1,19})/messages")
_WEBHOOK = re.compile(r"webhooks/(\d{1,19})")
_SUBSCRIPTION = re.compile(r"account_activity/webhooks/(\d{1,19})/subscriptions/all")
_APPEND = re.compile(r"media/upload/(\d{1,19})/append")
_FINALIZE = re.compile(r"media/upload/(\d{1,19})/finalize")
_MEDIA = re.compile(r"dm_conversations/media/(\d{1,19})/(\d{1,19})/([A-Za-z0-9_.-]{1,50})")


@csrf_exempt
def token(request: HttpRequest) -> HttpResponseBase:
    """The app's own token for key and secret."""
    try:
        if request.POST.get("grant_type") != "client_credentials":
            raise invalid("grant_type")
        ours = proofs.by_basic(request)
        return JsonResponse({"token_type": "bearer", "access_token": ours.data["bearer"]})
    except calls.Refused as no:
        return no.answer()


@csrf_exempt
def call(request: HttpRequest, rest: str) -> HttpResponseBase:
    """One call. What is about the app wants its token, everything else the account's signature."""
    delivery.wake()
    what = f"{request.method} {rest}"
    try:
        place, _ = proofs.account_of(request, app_only=rest.startswith("webhooks"))
        does = _does(request, what, rest)
        says = bool(_SEND.fullmatch(rest))
        return calls.run(calls.Asked(place, re.sub(r"\d{5,}", "…", what), does, says), _troubled)
    except calls.Refused as no:
        return no.answer()


def film(request: HttpRequest, account_key: str, key: str) -> HttpResponseBase:
    """A film that a customer sent: who has the address has it."""
    found = served.to_whoever_asks(doors.account_for("x_dm", account_key), key)
    if found is None:
        raise Http404
    return found


def _does(request: HttpRequest, what: str, rest: str) -> Callable[[SandboxAccount], Json | HttpResponse]:
    if rest == "media/upload" or _APPEND.fullmatch(rest):
        return _upload(request, rest)
    if found := _MEDIA.fullmatch(rest):
        return lambda ours: _picture(ours, found[1], found[3])
    given = _given(request)
    known: dict[str, Callable[[SandboxAccount], Json]] = {
        "GET users/me": _me,
        "GET webhooks": lambda ours: webhooks.listed(ours, given),
        "POST webhooks": lambda ours: webhooks.create(ours, given),
        "POST media/upload/initialize": lambda ours: uploading.initialize(ours, given),
    }
    return known.get(what) or _of_one(request.method or "", rest, given)


def _upload(request: HttpRequest, rest: str) -> Callable[[SandboxAccount], Json]:
    """What is multipart, or asks what became of it."""
    form, media, query = request.POST.dict(), request.FILES.get("media"), request.GET.dict()
    if found := _APPEND.fullmatch(rest):
        return lambda ours: uploading.append(ours, found[1], form, media)
    if request.method == "GET":
        return lambda ours: uploading.status(ours, query)
    return lambda ours: uploading.whole(ours, form, media)


def _of_one(method: str, rest: str, given: Json) -> Callable[[SandboxAccount], Json]:
    """What is about one person or one webhook, whose number stands in the address."""
    known: dict[tuple[str, re.Pattern[str]], Callable[[SandboxAccount, str], Json]] = {
        ("POST", _SEND): lambda ours, person: sending.send(ours, person, given),
        ("POST", _FINALIZE): uploading.finalize,
        ("PUT", _WEBHOOK): webhooks.validate,
        ("GET", _SUBSCRIPTION): webhooks.subscribed,
        ("POST", _SUBSCRIPTION): webhooks.subscribe,
    }
    for (verb, pattern), does in known.items():
        if verb == method and (found := pattern.fullmatch(rest)):
            return partial(_with, does, found[1])
    raise not_found()


def _with(does: Callable[[SandboxAccount, str], Json], number: str, ours: SandboxAccount) -> Json:
    return does(ours, number)


def _me(account: SandboxAccount) -> Json:
    return {"data": {"id": account.address, "name": account.name, "username": account.data["username"]}}


def _picture(account: SandboxAccount, ref: str, resource: str) -> HttpResponse:
    rows = SandboxMessage.objects.filter(thread__account=account, ref=ref, mine=True).select_related("file")
    found = rows.exclude(file=None).first()
    if found is None or found.file is None or resource.rpartition(".")[0] != found.file.key:
        raise not_found()
    return HttpResponse(store.path_of(found.file).read_bytes(), content_type=found.file.mime)


def _given(request: HttpRequest) -> Json:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("The body is not JSON.")
    return body


def _troubled(ours: SandboxAccount, troubles: frozenset[str]) -> calls.Refused | None:
    if FaultKind.THROTTLE in troubles:
        return too_many(int(time.time()) + faults.retry_after(ours))
    if FaultKind.ERROR in troubles:
        return refused(503, "Service Unavailable", "Service Unavailable")
    return no_permission() if FaultKind.FORBIDDEN in troubles else None
