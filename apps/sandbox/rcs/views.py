"""RCS Business Messaging over HTTP: /sandbox/rcs/v1/phones/…, the token endpoint, customers' files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import delivery, doors, faults, fetched, served, wire
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.rcs import sending, tokens
from apps.sandbox.rcs.errors import GoogleError, invalid, not_authenticated

MOST_FILE = 100 * 1024 * 1024
Json = dict[str, Any]
Work = Callable[[SandboxAccount, Json], Json]


@csrf_exempt
def token(request: HttpRequest) -> HttpResponseBase:
    """An assertion against an access token."""
    assertion = request.POST.get("assertion", "")
    place = doors.account_for("rcs", tokens.agent_of(assertion))
    try:
        if place is None or request.POST.get("grant_type") != tokens.GRANT:
            raise tokens.Refused("Invalid grant: account not found")
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
        return JsonResponse(tokens.issue(account, assertion, f"{settings.BASE_URL}{request.path}"))
    except tokens.Refused as error:
        return JsonResponse({"error": "invalid_grant", "error_description": str(error)}, status=400)


@csrf_exempt
def messages(request: HttpRequest, phone: str) -> HttpResponseBase:
    """Say something to a customer."""
    try:
        place, given = _owner(request), _given(request)
        troubles = _troubles(place)
        url = sending.file_of(given)
        media = fetched.fetch(place, url, limit=MOST_FILE) if url else ""

        def work(ours: SandboxAccount, asked: Json) -> Json:
            return sending.message(ours, phone, asked, media)

        answer = _run(place, "agentMessages", work, given)
    except GoogleError as error:
        return _no(error)
    return faults.lost_answer() if FaultKind.LOST in troubles else answer


@csrf_exempt
def events(request: HttpRequest, phone: str) -> HttpResponseBase:
    """Show a customer that one reads or types."""
    return _answer(request, "agentEvents", lambda ours, given: sending.event(ours, phone, given))


@csrf_exempt
def capabilities(request: HttpRequest, phone: str) -> HttpResponseBase:
    """What a customer's phone can show."""
    return _answer(request, "capabilities", lambda ours, given: sending.capabilities(ours, phone, given))


def file(request: HttpRequest, agent: str, key: str) -> HttpResponseBase:
    """A customer's file, for whoever has its address."""
    found = served.to_whoever_asks(doors.account_for("rcs", agent), key)
    return found or _no(GoogleError(404, "Not found."))


def _answer(request: HttpRequest, what: str, work: Work) -> HttpResponseBase:
    try:
        return _run(_owner(request), what, work, _given(request))
    except GoogleError as error:
        return _no(error)


def _run(place: doors.Place, what: str, work: Work, given: Json) -> JsonResponse:
    """The call in one transaction; a refused one changes nothing but the list of what crossed the wire."""
    delivery.wake()
    try:
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            result = work(account, given)
            wire.note(account, what, "200")
    except GoogleError as error:
        with tenancy.scope(place.tenant_id):
            wire.note(SandboxAccount.objects.get(pk=place.id), what, str(error.code))
        raise
    return JsonResponse(result)


def _troubles(place: doors.Place) -> frozenset[str]:
    """What is wrong with sending just now. Raises it when it is a refusal."""
    with tenancy.scope(place.tenant_id):
        troubles = faults.active(SandboxAccount.objects.get(pk=place.id))
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    if FaultKind.THROTTLE in troubles:
        raise GoogleError(429, "Quota exceeded.")
    if FaultKind.ERROR in troubles:
        raise GoogleError(500, "Internal error encountered.")
    if FaultKind.FORBIDDEN in troubles:
        raise GoogleError(403, "The caller does not have permission.")
    return troubles


def _owner(request: HttpRequest) -> doors.Place:
    """Whose agent and token they are."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    place = doors.account_for("rcs", request.GET.get("agentId", ""))
    if place is None:
        raise not_authenticated()
    with tenancy.scope(place.tenant_id):
        tokens.check(SandboxAccount.objects.get(pk=place.id), given)
    return place


def _given(request: HttpRequest) -> Json:
    """The query and the JSON body together."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received.")
    return {**body, **dict(request.GET.items())}


def _no(error: GoogleError) -> JsonResponse:
    return JsonResponse(error.to_json(), status=error.code)
