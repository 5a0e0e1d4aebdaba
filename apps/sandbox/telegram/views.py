"""Telegram's Bot API over HTTP: /sandbox/telegram/bot<token>/<method> and /file/bot<token>/<path>."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from hmac import compare_digest
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.core.streaming import StreamedFile
from apps.sandbox import delivery, doors, faults, store, wire
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.telegram import sending, sending_cards, webhook
from apps.sandbox.telegram.errors import BotApiError, forbidden, too_many
from apps.sandbox.telegram.parameters import Parameters

Method = Callable[[SandboxAccount, Parameters], Any]

_TOKEN = re.compile(r"(\d{1,20}):([A-Za-z0-9_-]{30,50})")

METHODS: dict[str, Method] = {
    "getme": webhook.get_me,
    "setwebhook": webhook.set_webhook,
    "deletewebhook": webhook.delete_webhook,
    "getwebhookinfo": webhook.get_webhook_info,
    "getupdates": webhook.get_updates,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendvoice": sending.send_voice,
    "sendvideo": sending.send_video,
    "sendaudio": sending.send_audio,
    "sendanimation": sending.send_animation,
    "sendlocation": sending_cards.send_location,
    "sendvenue": sending_cards.send_venue,
    "sendcontact": sending_cards.send_contact,
    "sendmediagroup": sending_cards.send_media_group,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": sending.edit_message_text,
    "answercallbackquery": sending.answer_callback_query,
    "getfile": sending.get_file,
}


class Owner(NamedTuple):
    """Whose token it was."""

    tenant_id: UUID
    account_id: UUID


@csrf_exempt
def call(request: HttpRequest, token: str, method: str) -> HttpResponseBase:
    """One method call. Names of methods do not mind upper and lower case."""
    delivery.wake()
    try:
        owner = _owner(token)
        handler = METHODS.get(method.lower())
        if handler is None:
            raise BotApiError(404, "Not Found: method not found")
        return _call(owner, method, handler, Parameters.of(request))
    except BotApiError as error:
        return _no(error)


@csrf_exempt
def download(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    try:
        owner = _owner(token)
    except BotApiError as error:
        return _no(error)
    with tenancy.scope(owner.tenant_id):
        account = SandboxAccount.objects.get(pk=owner.account_id)
        stored = store.find(account, path.rsplit("/", 1)[-1])
        if stored is None:
            return _no(BotApiError(404, "Not Found"))
        answer = StreamedFile(store.path_of(stored).open("rb"), content_type="application/octet-stream")
        answer["Content-Disposition"] = "attachment"
        return answer


def _no(error: BotApiError) -> JsonResponse:
    answer = JsonResponse(error.to_json(), status=error.code)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django logs the path, and with it the token
    return answer


def _owner(token: str) -> Owner:
    """Who may use the token. A malformed one is not found, an unknown one not authorised, as Telegram."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise BotApiError(404, "Not Found")
    place = doors.account_for("telegram", match[1])
    if place is not None:
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
        if compare_digest(account.secret, match[2]):
            return Owner(place.tenant_id, place.id)
    raise BotApiError(401, "Unauthorized")


def _call(owner: Owner, name: str, handler: Method, given: Parameters) -> HttpResponseBase:
    with tenancy.scope(owner.tenant_id):
        account = SandboxAccount.objects.get(pk=owner.account_id)
        troubles = faults.active(account) if _is_send(name) else frozenset()
        refusal = _refusal(account, troubles)
        if refusal:
            wire.note(account, name, f"{refusal.code}")
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    if refusal:
        raise refusal
    answer = _run(owner, name, handler, given, lost=FaultKind.LOST in troubles)
    return faults.lost_answer() if FaultKind.LOST in troubles else answer


def _is_send(name: str) -> bool:
    return name.lower().startswith("send") and name.lower() != "sendchataction"


def _refusal(account: SandboxAccount, troubles: frozenset[str]) -> BotApiError | None:
    if FaultKind.THROTTLE in troubles:
        return too_many(faults.retry_after(account))
    if FaultKind.ERROR in troubles:
        return BotApiError(500, "Internal Server Error: restart")
    return forbidden("user is deactivated") if FaultKind.FORBIDDEN in troubles else None


def _run(owner: Owner, name: str, handler: Method, given: Parameters, *, lost: bool) -> JsonResponse:
    """The method in one transaction; a refused one changes nothing but the list of what crossed the wire."""
    try:
        with tenancy.scope(owner.tenant_id):
            account = SandboxAccount.objects.get(pk=owner.account_id)
            result = handler(account, given)
            wire.note(account, name, "200, answer lost" if lost else "200")
    except BotApiError as error:
        with tenancy.scope(owner.tenant_id):
            wire.note(SandboxAccount.objects.get(pk=owner.account_id), name, f"{error.code}")
        raise
    return JsonResponse({"ok": True, "result": result})
