"""Twilio's REST API over HTTP: /sandbox/sms/2010-04-01/Accounts/<sid>/…, with Basic authentication."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import delivery, doors, faults, fetched, served, wire
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.sms import messages, shapes
from apps.sandbox.sms.errors import TwilioError, not_authenticated, not_found, too_many

Json = dict[str, Any]
Work = Callable[[SandboxAccount, dict[str, str]], Json]


@csrf_exempt
def account(request: HttpRequest, sid: str) -> HttpResponseBase:
    return _answer(request, sid, "account", lambda ours, given: {"sid": ours.key, "status": "active"})


@csrf_exempt
def numbers(request: HttpRequest, sid: str) -> HttpResponseBase:
    """The account's numbers; it has one."""

    def work(ours: SandboxAccount, given: dict[str, str]) -> Json:
        wanted = given.get("PhoneNumber", ours.address)
        rows = [shapes.number(ours)] if wanted == ours.address else []
        return shapes.page(ours, "incoming_phone_numbers", rows)

    return _answer(request, sid, "IncomingPhoneNumbers", work)


@csrf_exempt
def number(request: HttpRequest, sid: str, number_sid: str) -> HttpResponseBase:
    """One number: where what it receives is sent."""

    def work(ours: SandboxAccount, given: dict[str, str]) -> Json:
        if number_sid != ours.data["number_sid"]:
            raise not_found(request.path)
        if "SmsUrl" in given:
            ours.webhook_url = given["SmsUrl"][:500]
            ours.save(update_fields=["webhook_url"])
        return shapes.number(ours)

    return _answer(request, sid, "IncomingPhoneNumbers", work)


@csrf_exempt
def outbox(request: HttpRequest, sid: str) -> HttpResponseBase:
    """Send, or list what was sent."""
    if request.method != "POST":
        return _answer(request, sid, "Messages", messages.listed)
    try:
        place = _owner(request, sid)
        troubles = _troubles(place)
        url = request.POST.get("MediaUrl", "")
        media = fetched.fetch(place, url, limit=messages.MOST_FILE) if url else ""
        if url and not media:
            raise TwilioError(21620, "Invalid media URL(s)")
        answer = _run(place, "Messages", lambda ours, given: messages.create(ours, given, media), request)
    except TwilioError as error:
        return _no(error)
    return faults.lost_answer() if FaultKind.LOST in troubles else answer


def media(request: HttpRequest, sid: str, message: str, key: str) -> HttpResponseBase:
    """A file's address: with the token it leads on to a store that wants none."""
    try:
        _owner(request, sid)
    except TwilioError as error:
        return _no(error)
    return HttpResponse(status=307, headers={"Location": reverse("sandbox:sms-store", args=[sid, key])})


def stored(request: HttpRequest, sid: str, key: str) -> HttpResponseBase:
    """The file itself, for whoever has the address."""
    found = served.to_whoever_asks(doors.account_for("sms", sid), key)
    return found or _no(not_found(request.path))


def _answer(request: HttpRequest, sid: str, what: str, work: Work) -> HttpResponseBase:
    try:
        return _run(_owner(request, sid), what, work, request)
    except TwilioError as error:
        return _no(error)


def _run(place: doors.Place, what: str, work: Work, request: HttpRequest) -> JsonResponse:
    """The call in one transaction; a refused one changes nothing but the list of what crossed the wire."""
    delivery.wake()
    given = {name: str(value) for name, value in (*request.GET.items(), *request.POST.items())}
    line = f"{request.method} {what}"
    try:
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            result = work(account, given)
            wire.note(account, line, "200")
    except TwilioError as error:
        with tenancy.scope(place.tenant_id):
            wire.note(SandboxAccount.objects.get(pk=place.id), line, str(error.code))
        raise
    return JsonResponse(result, status=201 if request.method == "POST" else 200)


def _troubles(place: doors.Place) -> frozenset[str]:
    """What is wrong with sending just now. Raises it when it is a refusal."""
    with tenancy.scope(place.tenant_id):
        troubles = faults.active(SandboxAccount.objects.get(pk=place.id))
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    if FaultKind.THROTTLE in troubles:
        raise too_many()
    if FaultKind.ERROR in troubles:
        raise TwilioError(20500, "An internal server error has occurred", status=500)
    if FaultKind.FORBIDDEN in troubles:
        raise not_authenticated()
    return troubles


def _owner(request: HttpRequest, sid: str) -> doors.Place:
    """Whose name and token they are; the name has to be the one in the address."""
    name, token = _basic(request.headers.get("authorization", ""))
    place = doors.account_for("sms", sid)
    if place is None or name != sid:
        raise not_authenticated()
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
    if not compare_digest(account.secret.encode(), token.encode()):
        raise not_authenticated()
    return place


def _basic(header: str) -> tuple[str, str]:
    try:
        pair = base64.b64decode(header.removeprefix("Basic ").strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise not_authenticated() from None
    name, _colon, token = pair.partition(":")
    return name, token


def _no(error: TwilioError) -> JsonResponse:
    return JsonResponse(error.to_json(), status=error.status)
