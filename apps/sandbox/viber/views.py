"""The REST Bot API over HTTP: /sandbox/viber/<method>, and the files that customers sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import calls, delivery, doors, served
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.viber import account, sending
from apps.sandbox.viber.errors import bad_data, refused

Json = dict[str, Any]
METHODS: dict[str, Callable[[SandboxAccount, Json], Json]] = {
    "get_account_info": account.info,
    "set_webhook": account.set_webhook,
    "get_user_details": account.user_details,
    "send_message": sending.send_message,
}
_TOKEN = re.compile(r"[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}")


@csrf_exempt
def call(request: HttpRequest, method: str) -> HttpResponseBase:
    """One call; the token stands in a header or in the body."""
    delivery.wake()
    try:
        given = _given(request)
        does = METHODS.get(method)
        place = _owner(request.headers.get("x-viber-auth-token") or str(given.get("auth_token") or ""))
        if does is None:
            raise bad_data("unknown method")
        says = method == "send_message"
        return calls.run(calls.Asked(place, method, lambda ours: does(ours, given), says), _troubled)
    except calls.Refused as no:
        return no.answer()


def media(request: HttpRequest, account_key: str, key: str) -> HttpResponseBase:
    """A file that a customer sent."""
    found = served.to_whoever_asks(doors.account_for("viber", account_key), key)
    if found is None:
        raise Http404
    return found


def _owner(token: str) -> doors.Place:
    """Whose token it is: its first part names the account."""
    place = doors.account_for("viber", token[:16]) if _TOKEN.fullmatch(token) else None
    if place is None:
        raise refused(2)
    with tenancy.scope(place.tenant_id):
        ours = SandboxAccount.objects.get(pk=place.id)
    if not compare_digest(ours.data["token"], token):
        raise refused(2)
    return place


def _given(request: HttpRequest) -> Json:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_data("the body is not JSON")
    return body


def _troubled(ours: SandboxAccount, troubles: frozenset[str]) -> calls.Refused | None:
    if FaultKind.THROTTLE in troubles:
        return refused(12)
    if FaultKind.ERROR in troubles:
        return calls.Refused(500, {"error": "Internal Server Error"})
    return refused(2) if FaultKind.FORBIDDEN in troubles else None
