"""The Messaging API over HTTP: /sandbox/line/v2/bot/…, both of LINE's hosts under one address."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hmac import compare_digest
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from PIL import Image

from apps.core import tenancy
from apps.core.streaming import StreamedFile
from apps.sandbox import calls, delivery, doors, faults, store
from apps.sandbox.line import account, sending
from apps.sandbox.line.errors import bad_token, not_found, refused, too_many
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxMessage

Json = dict[str, Any]
Does = Callable[[SandboxAccount, Json], Json]

_TOKEN = re.compile(r"(\d{10})\+([A-Za-z0-9_/=+-]{20,200})")
_CONTENT = re.compile(r"message/(\d{1,30})/content")
_TRANSCODING = re.compile(r"message/(\d{1,30})/content/transcoding")
_PROFILE = re.compile(r"profile/(U[0-9a-f]{32})")

ROUTES: dict[str, Does] = {
    "GET info": account.info,
    "GET channel/webhook/endpoint": account.webhook,
    "PUT channel/webhook/endpoint": account.set_webhook,
    "GET message/quota": account.quota,
    "GET message/quota/consumption": account.consumption,
    "POST chat/loading/start": sending.loading,
    "POST chat/markAsRead": sending.mark_read,
}
SAYS: dict[str, Callable[[SandboxAccount, Json, str], Json]] = {
    "POST message/reply": sending.reply,
    "POST message/push": sending.push,
}


@csrf_exempt
def call(request: HttpRequest, rest: str) -> HttpResponseBase:
    """One call."""
    delivery.wake()
    what = f"{request.method} {rest}"
    try:
        place = _owner(request)
        if content := _CONTENT.fullmatch(rest):
            return _content(place, content[1])
        says = what in SAYS
        return calls.run(calls.Asked(place, _named(what), _does(request, what, rest), says), _troubled)
    except calls.Refused as no:
        return no.answer()


def sticker(request: HttpRequest, number: str) -> HttpResponse:
    """The sticker shop: a square for every sticker."""
    picture = BytesIO()
    Image.new("RGBA", (96, 96), (29, 154, 63, 255)).save(picture, "PNG")
    return HttpResponse(picture.getvalue(), content_type="image/png")


def _does(request: HttpRequest, what: str, rest: str) -> Callable[[SandboxAccount], Json]:
    if what in SAYS:
        given, key = _given(request), request.headers.get("x-line-retry-key", "")
        return lambda ours: SAYS[what](ours, given, key)
    if what in ROUTES:
        given = _given(request)
        return lambda ours: ROUTES[what](ours, given)
    for pattern, does in ((_PROFILE, account.profile), (_TRANSCODING, account.transcoding)):
        if (found := pattern.fullmatch(rest)) and request.method == "GET":
            return lambda ours, does=does, name=found[1]: does(ours, name)  # type: ignore[misc]
    raise not_found()


def _named(what: str) -> str:
    """Without ids."""
    return re.sub(r"/(U[0-9a-f]{32}|\d+)", "/…", what)


def _owner(request: HttpRequest) -> doors.Place:
    """Whose token it is: id of the channel, plus, secret."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    match = _TOKEN.fullmatch(token)
    place = doors.account_for("line", match[1]) if match else None
    if match is None or place is None:
        raise bad_token()
    with tenancy.scope(place.tenant_id):
        ours = SandboxAccount.objects.get(pk=place.id)
    if not compare_digest(ours.secret, match[2]):
        raise bad_token()
    return place


def _given(request: HttpRequest) -> Json:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refused(400, "The request body could not be parsed as JSON")
    return body


def _troubled(ours: SandboxAccount, troubles: frozenset[str]) -> calls.Refused | None:
    if FaultKind.THROTTLE in troubles:
        no = too_many()
        no.headers = {"Retry_After": str(faults.retry_after(ours))}
        return no
    if FaultKind.ERROR in troubles:
        return refused(500, "Internal error")
    return bad_token() if FaultKind.FORBIDDEN in troubles else None


def _content(place: doors.Place, ref: str) -> HttpResponseBase:
    with tenancy.scope(place.tenant_id):
        rows = SandboxMessage.objects.filter(thread__account=place.id, ref=ref, mine=True)
        found = rows.exclude(file=None).select_related("file").first()
        if found is None or found.file is None:
            raise not_found()
        return StreamedFile(store.path_of(found.file).open("rb"), content_type=found.file.mime)
