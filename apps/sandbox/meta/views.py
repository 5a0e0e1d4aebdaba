"""The Graph API over HTTP: /sandbox/<product>/<version>/<node>/<edge>, and the files that phones send."""

from __future__ import annotations

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
from apps.sandbox import calls, delivery, doors, served
from apps.sandbox.meta import nodes, products, sending
from apps.sandbox.meta.errors import GraphError, bad_token, invalid, too_many
from apps.sandbox.meta.parameters import Parameters
from apps.sandbox.models import FaultKind, SandboxAccount

Edge = Callable[[SandboxAccount, Parameters], dict[str, Any]]

EDGES: dict[str, Edge] = {
    "GET ": nodes.me,
    "POST messages": sending.messages,
    "POST message_attachments": sending.upload,
    "GET subscribed_apps": nodes.subscribed,
    "POST subscribed_apps": nodes.subscribe,
    "DELETE subscribed_apps": nodes.unsubscribe,
    "GET messenger_profile": nodes.get_profile,
    "POST messenger_profile": nodes.set_profile,
    "DELETE messenger_profile": nodes.delete_profile,
    "GET personas": nodes.personas,
    "POST personas": nodes.make_persona,
    "POST pass_thread_control": nodes.pass_control,
    "POST take_thread_control": nodes.take_control,
    "POST release_thread_control": nodes.take_control,
    "GET thread_owner": nodes.thread_owner,
}
_VERSION = re.compile(r"v\d{1,2}\.\d")


@csrf_exempt
def call(request: HttpRequest, platform: str, version: str, node: str, edge: str = "") -> HttpResponseBase:
    """One call of the Graph API."""
    delivery.wake()
    try:
        if not _VERSION.fullmatch(version):
            raise GraphError(2500, "Unknown path components", status=400)
        given, what = Parameters.of(request), f"{request.method} {edge}"
        place = _owner(platform, given.token, str(request.GET.get("appsecret_proof", "")))
        says = what == "POST messages" and not given.has("sender_action")
        does = partial(_result, what=what, node=node, given=given)
        return calls.run(calls.Asked(place, what, does, says), _troubled)
    except GraphError as error:
        return error.answer()


@csrf_exempt
def file(request: HttpRequest, platform: str, account_key: str, key: str) -> HttpResponseBase:
    """A file as it lies on Meta's file servers: whoever has the link has the file."""
    found = served.to_whoever_asks(doors.account_for(platform, account_key), key)
    return found or JsonResponse({"error": "URL signature expired"}, status=403)


def _owner(platform: str, token: str, proof: str) -> doors.Place:
    """Whose token it is: prefix, number of the account, Z, secret. `proof`, if any, must be the app's."""
    prefix = products.ALL[platform].prefix
    match = re.fullmatch(rf"{prefix}(\d{{1,20}})Z([A-Za-z0-9]{{20,60}})", token)
    place = doors.account_for(platform, match[1]) if match else None
    if match is None or place is None:
        raise bad_token()
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
    if not compare_digest(account.secret, match[2]):
        raise bad_token()
    _check_proof(account, token, proof)
    return place


def _check_proof(account: SandboxAccount, token: str, proof: str) -> None:
    wanted = hmac(account.data["app_secret"].encode(), token.encode(), sha256).hexdigest()
    if proof and not compare_digest(proof, wanted):
        raise invalid("Invalid appsecret_proof provided in the API argument")


def _troubled(account: SandboxAccount, troubles: frozenset[str]) -> GraphError | None:
    if FaultKind.THROTTLE in troubles:
        return too_many(1, account.address)
    if FaultKind.ERROR in troubles:
        return GraphError(1, "An unknown error has occurred.", status=500)
    return bad_token() if FaultKind.FORBIDDEN in troubles else None


def _result(account: SandboxAccount, *, what: str, node: str, given: Parameters) -> dict[str, Any]:
    """One call after the other: what is kept with the account is changed by several."""
    account = SandboxAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    if what == "GET " and node == "app":
        return nodes.app(account, given)
    if what == "GET " and node == "refresh_access_token":
        return nodes.renewed(account, given)
    if what == "GET " and node not in ("me", account.address):
        return nodes.person(account, node)
    edge = EDGES.get(what)
    if edge is None or node not in ("me", account.address):
        raise invalid("Unsupported request. Object does not exist or cannot be loaded", subcode=33)
    return edge(account, given)
