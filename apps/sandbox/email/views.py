"""A mail gateway over HTTP: /sandbox/email/messages and /status (docs/email.md)."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import delivery, doors, faults, wire
from apps.sandbox.email import mailroom, mails
from apps.sandbox.models import FaultKind, SandboxAccount

TOLERANCE = 300  # seconds
_SIGNED = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class GatewayError(Exception):
    def __init__(self, status: int, words: str, code: str = "") -> None:
        super().__init__(words)
        self.status, self.words, self.code = status, words, code


@csrf_exempt
def messages(request: HttpRequest) -> HttpResponseBase:
    """Send one mail; a Message-ID that was sent is not sent again."""
    delivery.wake()
    try:
        place = _owner(request)
        troubles = _troubles(place)
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            fresh = _deliver(account, request.body)
            wire.note(account, "POST messages", "202" if fresh else "409")
    except GatewayError as error:
        return _no(error)
    if FaultKind.LOST in troubles:
        return faults.lost_answer()
    return JsonResponse({"accepted": fresh}, status=202 if fresh else 409)


@csrf_exempt
def status(request: HttpRequest) -> HttpResponseBase:
    """Whether mail for an address can be taken."""
    try:
        _owner(request)
    except GatewayError as error:
        return _no(error)
    return JsonResponse({"ready": True})


def _deliver(account: SandboxAccount, body: bytes) -> bool:
    """Put a mail into the customer's mailbox; False when it lies there already."""
    try:
        mail = mails.read(body)
    except (ValueError, LookupError, AttributeError) as error:
        raise GatewayError(422, f"this is not a mail: {error}") from None
    if mailroom.lies_there(account, mail.ref):
        return False
    try:
        mailroom.put(mailroom.mailbox(account, mail.to), mail)
    except mailroom.NoMailbox:
        raise GatewayError(422, "550 5.1.1 no such mailbox", "5.1.1") from None
    except mailroom.Unwanted:
        raise GatewayError(410, "the recipient wants no more mail") from None
    return True


def _troubles(place: doors.Place) -> frozenset[str]:
    """What is wrong with sending just now. Raises it when it is a refusal."""
    with tenancy.scope(place.tenant_id):
        troubles = faults.active(SandboxAccount.objects.get(pk=place.id))
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    if FaultKind.THROTTLE in troubles:
        raise GatewayError(429, "451 4.7.1 too many messages")
    if FaultKind.ERROR in troubles:
        raise GatewayError(500, "the mail server broke down")
    if FaultKind.FORBIDDEN in troubles:
        raise GatewayError(403, "the signature is wrong")
    return troubles


def _owner(request: HttpRequest) -> doors.Place:
    """Whose address it is; the signature proves it, within some minutes."""
    found = _SIGNED.fullmatch(request.headers.get("x-comptoir-signature", ""))
    place = doors.account_for("email", request.headers.get("x-comptoir-address", "").lower())
    if found is None or place is None or abs(time.time() - int(found[1])) > TOLERANCE:
        raise GatewayError(401, "the signature is missing or too old")
    with tenancy.scope(place.tenant_id):
        secret = SandboxAccount.objects.get(pk=place.id).secret
    signed = found[1].encode() + b"." + request.body
    if not hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest(), found[2]):
        raise GatewayError(401, "the signature is wrong")
    return place


def _no(error: GatewayError) -> JsonResponse:
    return JsonResponse({"error": error.words, "code": error.code}, status=error.status)
