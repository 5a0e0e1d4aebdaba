"""The gateway over HTTP (1.2): /sandbox/apple/v1/… and the servers where attachments lie."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.core.streaming import StreamedFile
from apps.sandbox import delivery, doors, faults, store, wire
from apps.sandbox.apple import archive, attachments, checks, receiving, tokens
from apps.sandbox.apple.errors import GatewayError, malformed
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxFile

View = Callable[..., HttpResponseBase]
Body = dict[str, Any]


def gateway(method: str) -> Callable[[View], View]:
    """Check the token and `source-id`, then run the view with its account's tenant; errors become answers."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def inside(request: HttpRequest) -> HttpResponseBase:
            delivery.wake()
            try:
                if request.method != method:
                    raise GatewayError(405, f"{method} only")
                owner = tokens.owner(request.headers.get("Authorization", ""))
                _check_source(owner, request.headers.get("source-id", ""))
                return view(request, owner)
            except GatewayError as error:
                return HttpResponse(error.words, status=error.status, content_type="text/plain")

        return inside

    return wrap


@gateway("POST")
def message(request: HttpRequest, owner: tokens.Owner) -> HttpResponseBase:
    try:
        body = checks.envelope(_json(request), {k.lower(): v for k, v in request.headers.items()})
        troubles = _troubles(owner, body)
        if FaultKind.SLOW in troubles:
            time.sleep(faults.SLOW_SECONDS)
        _refuse(owner, troubles)
        _deliver(owner, body, automatic=request.headers.get("auto-reply", "").lower() == "true")
    except GatewayError as error:
        _note(owner, "POST /message", f"{error.status} {error.words}")
        raise
    lost = FaultKind.LOST in troubles
    _note(owner, f"POST /message {body['type']}", "200, answer lost" if lost else "200")
    return faults.lost_answer() if lost else HttpResponse(status=200)


@gateway("GET")
def pre_upload(request: HttpRequest, owner: tokens.Owner) -> HttpResponseBase:
    size = request.headers.get("MMCS-Size") or request.headers.get("size") or ""
    with tenancy.scope(owner.tenant_id):
        return JsonResponse(attachments.grant_upload(_account(owner), size))


@gateway("GET")
def pre_download(request: HttpRequest, owner: tokens.Owner) -> HttpResponseBase:
    given = {
        name: request.headers.get(f"MMCS-{name}") or request.headers.get(name) or ""
        for name in ("url", "owner", "signature")
    }
    with tenancy.scope(owner.tenant_id):
        return JsonResponse(attachments.grant_download(_account(owner), **given))


@gateway("POST")
def decode_payload(request: HttpRequest, owner: tokens.Owner) -> HttpResponseBase:
    if request.headers.get("bid") != checks.BID:
        raise malformed("bid is missing or unknown")
    return JsonResponse(archive.unpack(request.body))


@csrf_exempt
def content(request: HttpRequest, account_key: str, key: str) -> HttpResponseBase:
    """Where the bytes lie: POST with an upload link, GET with a download link; both die within a minute."""
    place = doors.account_for("apple_messages", account_key)
    if place is None:
        return HttpResponse("not found", status=404)
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
        purpose = "up" if request.method == "POST" else "down"
        if not attachments.may(purpose, account, key, request.GET.get("t", "")):
            return HttpResponse("the link has died", status=403)
        return _upload(account, key, request) if purpose == "up" else _download(account, key)


def _check_source(owner: tokens.Owner, source: str) -> None:
    with tenancy.scope(owner.tenant_id):
        if _account(owner).address != source:
            raise GatewayError(403, "source-id does not belong to this MSP")


def _json(request: HttpRequest) -> object:
    try:
        return json.loads(request.body)
    except RequestDataTooBig:
        raise GatewayError(413, "the body is too large") from None
    except ValueError:
        raise malformed("the body is not JSON") from None


def _troubles(owner: tokens.Owner, body: Body) -> frozenset[str]:
    if body["type"].startswith("typing"):
        return frozenset()
    with tenancy.scope(owner.tenant_id):
        return faults.active(_account(owner))


def _refuse(owner: tokens.Owner, troubles: frozenset[str]) -> None:
    if FaultKind.THROTTLE in troubles:
        raise GatewayError(429, "Too Many Requests")
    if FaultKind.ERROR in troubles:
        raise GatewayError(500, "Internal Server Error")
    if FaultKind.FORBIDDEN in troubles:
        raise GatewayError(403, "Authorization is invalid")


def _deliver(owner: tokens.Owner, body: Body, *, automatic: bool) -> None:
    with tenancy.scope(owner.tenant_id):
        receiving.deliver(_account(owner), body, automatic=automatic)


def _note(owner: tokens.Owner, words: str, outcome: str) -> None:
    with tenancy.scope(owner.tenant_id):
        wire.note(_account(owner), words, outcome)


def _account(owner: tokens.Owner) -> SandboxAccount:
    return SandboxAccount.objects.get(pk=owner.account_id)


def _upload(account: SandboxAccount, key: str, request: HttpRequest) -> HttpResponseBase:
    file = SandboxFile.objects.filter(account=account, key=key, path="").first()
    if file is None:
        return HttpResponse("uploaded already", status=409)
    promised = file.size
    store.fill(file, request)
    if file.size != promised:
        store.path_of(file).unlink()
        SandboxFile.objects.filter(pk=file.pk).delete()
        return HttpResponse("not the size that was announced", status=400)
    return JsonResponse(attachments.receipt(file))


def _download(account: SandboxAccount, key: str) -> HttpResponseBase:
    file = store.find(account, key)
    if file is None:
        return HttpResponse("not found", status=404)
    answer = StreamedFile(store.path_of(file).open("rb"), content_type="application/octet-stream")
    answer["Content-Disposition"] = "attachment"
    return answer
