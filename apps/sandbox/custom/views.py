"""The business's own system: one address that takes everything, /sandbox/custom, and the files that its
customers sent."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import delivery, doors, faults, served, wire
from apps.sandbox.custom import taking
from apps.sandbox.custom.wire import is_signed
from apps.sandbox.models import FaultKind, SandboxAccount


@csrf_exempt
def take(request: HttpRequest) -> HttpResponseBase:
    """One thing that the business tells, when it proves who it is."""
    delivery.wake()
    body = _object(request.body)
    place = doors.account_for("custom", str(body.get("account", "")))
    if place is None:
        return no("unknown_account", 401)
    message_id = request.headers.get("webhook-id", "")
    stamp, given = request.headers.get("webhook-timestamp", ""), request.headers.get("webhook-signature", "")
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
        if not is_signed(account, message_id, stamp, given, request.body):
            return no("bad_signature", 401)
        troubles = faults.active(account) if body.get("type") == "message" else frozenset()
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    return _troubled(account, troubles) or _taken(place.tenant_id, place.id, message_id, body, troubles)


def file(request: HttpRequest, account_key: str, key: str) -> HttpResponseBase:
    """What a customer sent: who has the link has the file."""
    place = doors.account_for("custom", account_key)
    return served.to_whoever_asks(place, key) or no("no_such_file", 404)


def no(code: str, status: int, **headers: str) -> JsonResponse:
    words = code.replace("_", " ")
    return JsonResponse({"error": {"code": code, "words": words}}, status=status, headers=headers)


def _taken(
    tenant_id: UUID, account_id: UUID, message_id: str, body: dict[str, Any], troubles: frozenset[str]
) -> HttpResponseBase:
    with tenancy.scope(tenant_id):
        account = SandboxAccount.objects.get(pk=account_id)
        result = taking.take(account, message_id, body)
        wire.note(account, f"POST {body.get('type')}", "200" if result is not None else "410")
    if result is None:
        return no("no_such_customer", 410)
    return faults.lost_answer() if FaultKind.LOST in troubles else JsonResponse(result)


def _troubled(account: SandboxAccount, troubles: frozenset[str]) -> JsonResponse | None:
    if FaultKind.THROTTLE in troubles:
        return no("too_fast", 429, **{"Retry-After": "30"})
    if FaultKind.ERROR in troubles:
        return no("broken", 500)
    return no("forbidden", 403) if FaultKind.FORBIDDEN in troubles else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
