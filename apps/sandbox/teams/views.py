"""Microsoft's side over HTTP: sign-in, published keys, the Connector and files, below /sandbox/teams/."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import tenancy
from apps.sandbox import accounts, calls, delivery, doors, fetched, served
from apps.sandbox.calls import Asked, Refused
from apps.sandbox.models import SandboxAccount
from apps.sandbox.teams import errors, sending, tokens

Json = dict[str, Any]


@csrf_exempt
def token(request: HttpRequest, tenant: str) -> HttpResponseBase:
    try:
        return JsonResponse(tokens.issue(tenant, request.POST.dict()))
    except Refused as refused:
        return refused.answer()


def openid(request: HttpRequest) -> HttpResponseBase:
    """The document that says where the keys lie; those of one app for who asks with its id."""
    app = f"?appid={quote(request.GET['appid'])}" if "appid" in request.GET else ""
    keys = f"{accounts.base_url('teams')}/v1/.well-known/keys{app}"
    algorithms = ["RS256"]
    return JsonResponse(
        {"issuer": tokens.ISSUER, "jwks_uri": keys, "id_token_signing_alg_values_supported": algorithms}
    )


def keys(request: HttpRequest) -> HttpResponseBase:
    """The public keys; here every app has one of its own."""
    place = doors.account_for("teams", request.GET.get("appid", ""))
    if place is None:
        return JsonResponse({"keys": []})
    with tenancy.scope(place.tenant_id):
        return JsonResponse({"keys": [tokens.published(SandboxAccount.objects.get(pk=place.id))]})


@csrf_exempt
def activities(request: HttpRequest, conversation: str) -> HttpResponseBase:
    """Say something to a customer."""
    delivery.wake()
    try:
        place, given = tokens.owner(request.headers.get("authorization", "")), _given(request)
        url = sending.picture_of(given)
        picture = fetched.fetch(place, url, limit=sending.MOST_PICTURE) if url else ""
    except Refused as refused:
        return refused.answer()

    def says(account: SandboxAccount) -> Json:
        return sending.activity(account, conversation, given, picture)

    asked = Asked(place, str(given.get("type"))[:20], says, says=given.get("type") == "message")
    return calls.run(asked, errors.troubled)


def attachment(request: HttpRequest, key: str) -> HttpResponseBase:
    """A picture that a customer sent, for their bot."""
    try:
        place = tokens.owner(request.headers.get("authorization", ""))
    except Refused as refused:
        return refused.answer()
    return _stored(place, key)


def file(request: HttpRequest, app_id: str, key: str) -> HttpResponseBase:
    """A file in a customer's OneDrive, for who has the address."""
    return _stored(doors.account_for("teams", app_id), key)


def _stored(place: doors.Place | None, key: str) -> HttpResponseBase:
    return served.to_whoever_asks(place, key) or HttpResponse(status=404)


def _given(request: HttpRequest) -> Json:
    try:
        given = json.loads(request.body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise errors.bad("The body is not an activity")
    return given
