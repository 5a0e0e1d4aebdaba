"""The Cloud API over HTTP: /sandbox/whatsapp/<version>/<node>/<edge>, and the files that lie with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import calls, delivery, doors, served, store
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.whatsapp import nodes, sending
from apps.sandbox.whatsapp.errors import CloudError, bad_token, no_such_object

Json = dict[str, Any]
Edge = Callable[[SandboxAccount, Json], Json]

PREFIX = "EAA"
_TOKEN = re.compile(rf"{PREFIX}(\d{{1,20}})Z([A-Za-z0-9_-]{{20,60}})")
_VERSION = re.compile(r"v\d{1,2}\.\d")

NUMBER: dict[str, Edge] = {
    "GET ": nodes.number,
    "POST ": nodes.configure,
    "POST messages": sending.messages,
    "POST media": sending.upload,
    "POST conversational_automation": nodes.automate,
}
BUSINESS: dict[str, Edge] = {
    "POST subscribed_apps": nodes.subscribe,
    "GET message_templates": nodes.templates,
}


@csrf_exempt
def call(request: HttpRequest, version: str, node: str, edge: str = "") -> HttpResponseBase:
    """One call."""
    delivery.wake()
    try:
        if not _VERSION.fullmatch(version):
            raise CloudError(2500, "Unknown path components")
        place = _owner(request)
        given, what = _given(request), f"{request.method} {edge}"
        does = partial(_result, what=what, node=node, given=given)
        return calls.run(calls.Asked(place, what, does, says=_says(edge, given)), _troubled)
    except CloudError as error:
        return error.answer()


def media(request: HttpRequest, account_key: str, key: str) -> HttpResponseBase:
    """A file, for who has the link and the token."""
    try:
        place = _owner(request)
    except CloudError as error:
        return error.answer()
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
        kept = store.find(account, key)
        known = nodes.lives(account, key, request.GET.get("ext", ""), request.GET.get("hash", ""))
        if account.key != account_key or kept is None or not known:
            return JsonResponse({"error": "URL signature expired"}, status=404)
        return served.answer(kept)


def _owner(request: HttpRequest) -> doors.Place:
    """Whose token it is: prefix, id of the number, Z, secret. The app's proof, if there is one, must fit."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    match = _TOKEN.fullmatch(token)
    place = doors.account_for("whatsapp", match[1]) if match else None
    if match is None or place is None:
        raise bad_token()
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
    if not compare_digest(account.secret, match[2]):
        raise bad_token()
    _check_proof(account, token, request.GET.get("appsecret_proof", ""))
    return place


def _check_proof(account: SandboxAccount, token: str, proof: str) -> None:
    wanted = hmac(account.data["app_secret"].encode(), token.encode(), sha256).hexdigest()
    if proof and not compare_digest(proof, wanted):
        raise CloudError(100, "Invalid appsecret_proof provided in the API argument")


def _given(request: HttpRequest) -> Json:
    """Query, JSON or multipart with the file under its name."""
    given: Json = dict(request.GET.items())
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise CloudError(100, "Invalid JSON for postcard")
        return {**given, **body}
    return {**given, **dict(request.POST.items()), **dict(request.FILES.items())}


def _says(edge: str, given: Json) -> bool:
    return edge == "messages" and given.get("status") != "read"


def _troubled(account: SandboxAccount, troubles: frozenset[str]) -> CloudError | None:
    if FaultKind.THROTTLE in troubles:
        return CloudError(
            130429, "Rate limit hit", "Cloud API message throughput has been reached", status=429
        )
    if FaultKind.ERROR in troubles:
        return CloudError(131000, "Something went wrong", status=500)
    return bad_token() if FaultKind.FORBIDDEN in troubles else None


def _result(account: SandboxAccount, *, what: str, node: str, given: Json) -> Json:
    if node not in (account.key, account.data["waba_id"]):
        if what == "GET ":
            return nodes.media(account, node)
        if what == "DELETE ":
            return nodes.forget(account, node)
        raise no_such_object(node)
    edge = (NUMBER if node == account.key else BUSINESS).get(what)
    if edge is None:
        raise no_such_object(node)
    return edge(account, given)
