"""Slack's Web API over HTTP: /sandbox/slack/<method>, and its file servers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from hmac import compare_digest
from io import BytesIO
from mimetypes import guess_type
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import delivery, doors, faults, served, store, wire
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxFile
from apps.sandbox.slack import reading, sending
from apps.sandbox.slack.errors import SlackError, too_many
from apps.sandbox.slack.parameters import Parameters

Method = Callable[[SandboxAccount, Parameters], dict[str, Any]]

METHODS: dict[str, Method] = {
    "auth.test": reading.auth_test,
    "users.info": reading.user,
    "conversations.info": reading.conversation,
    "conversations.history": reading.history,
    "conversations.replies": reading.replies,
    "files.info": reading.file,
    "chat.postMessage": sending.post_message,
    "chat.update": sending.update,
    "files.getUploadURLExternal": sending.upload_place,
    "files.completeUploadExternal": sending.share_files,
}
SAYS = ("chat.postMessage", "files.completeUploadExternal")
_TOKEN = re.compile(r"xoxb-(\d{1,20})-([A-Za-z0-9]{20,60})")


@csrf_exempt
def call(request: HttpRequest, method: str) -> HttpResponseBase:
    """One method call."""
    delivery.wake()
    try:
        given = Parameters.of(request)
        tenant_id, account_id = _owner(given.token)
        handler = METHODS.get(method)
        if handler is None:
            raise SlackError("unknown_method")
        return _answer(tenant_id, account_id, method, handler, given)
    except SlackError as error:
        return _no(error)


@csrf_exempt
def upload(request: HttpRequest, account_key: str, key: str) -> HttpResponseBase:
    """The bytes of a file for which a place was promised: raw, or the one file of a form."""
    place = doors.account_for("slack", account_key)
    if place is None or "\x00" in key:
        return HttpResponse("not found", status=404)
    given = next((file for file in request.FILES.values() if isinstance(file, UploadedFile)), None)
    source = given if given is not None else BytesIO(request.body)
    with tenancy.scope(place.tenant_id):
        rows = SandboxFile.objects.select_for_update(no_key=True)
        promised = rows.filter(account_id=place.id, key=key, path="").first()
        if promised is None:
            return HttpResponse("not found", status=404)
        length, promised.mime = promised.size, guess_type(promised.name)[0] or "application/octet-stream"
        stored = store.fill(promised, source)
        return HttpResponse(f"OK - {stored.size}" if stored.size == length else "truncated")


@csrf_exempt
def file(request: HttpRequest, account_key: str, key: str) -> HttpResponseBase:
    """A file for who has the token; anybody else is asked to sign in, with 200 and a page."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    try:
        tenant_id, account_id = _owner(token)
    except SlackError:
        return HttpResponse("<!DOCTYPE html><title>Sign in | Slack</title>", content_type="text/html")
    with tenancy.scope(tenant_id):
        account = SandboxAccount.objects.get(pk=account_id)
        stored = store.find(account, key) if account.key == account_key else None
        if stored is None:
            return HttpResponse("not found", status=404)
        return served.answer(stored)


def _no(error: SlackError) -> JsonResponse:
    return JsonResponse(error.to_json(), status=error.status, headers=error.headers)


def _owner(token: str) -> tuple[UUID, UUID]:
    """Whose token it is."""
    if not token:
        raise SlackError("not_authed")
    match = _TOKEN.fullmatch(token)
    place = doors.account_for("slack", match[1]) if match else None
    if match is None or place is None:
        raise SlackError("invalid_auth")
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
    if not compare_digest(account.secret, match[2]):
        raise SlackError("invalid_auth")
    if account.data.get("removed"):
        raise SlackError("account_inactive")
    return place.tenant_id, place.id


def _answer(
    tenant_id: UUID, account_id: UUID, method: str, handler: Method, given: Parameters
) -> HttpResponseBase:
    with tenancy.scope(tenant_id):
        account = SandboxAccount.objects.get(pk=account_id)
        troubles = faults.active(account) if method in SAYS else frozenset()
        refusal = _refusal(account, troubles)
        if refusal:
            wire.note(account, method, refusal.name)
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    if refusal:
        raise refusal
    answer = _run(tenant_id, account_id, method, handler, given)
    return faults.lost_answer() if FaultKind.LOST in troubles else answer


def _refusal(account: SandboxAccount, troubles: frozenset[str]) -> SlackError | None:
    if FaultKind.THROTTLE in troubles:
        return too_many(faults.retry_after(account))
    if FaultKind.ERROR in troubles:
        return SlackError("internal_error", status=500)
    return SlackError("account_inactive") if FaultKind.FORBIDDEN in troubles else None


def _run(tenant_id: UUID, account_id: UUID, method: str, handler: Method, given: Parameters) -> JsonResponse:
    """The method in one transaction; a refused one changes nothing but the list of what crossed the wire."""
    try:
        with tenancy.scope(tenant_id):
            account = SandboxAccount.objects.get(pk=account_id)
            result = handler(account, given)
            wire.note(account, method, "ok")
    except SlackError as error:
        with tenancy.scope(tenant_id):
            wire.note(SandboxAccount.objects.get(pk=account_id), method, error.name)
        raise
    headers = {"X-OAuth-Scopes": ",".join(account.data["scopes"])}
    return JsonResponse({"ok": True, **result}, headers=headers)
