"""The platforms' door: verify, store, commit, 200. No Redis, no Celery, no provider before the answer."""

from __future__ import annotations

import logging
from hashlib import sha256
from uuid import UUID

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from apps.connections import doors, vault
from apps.connections.models import Channel, ReceivedWebhook
from apps.conversations import hints
from apps.core import tenancy
from apps.platforms import base, registry

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024  # bytes
SECRET_HEADERS = frozenset({"authorization", "cookie", "x-telegram-bot-api-secret-token"})


class NoChannel(Exception):
    """An authentic request on a shared webhook for an address that nobody here has."""


@csrf_exempt
def receive_webhook(request: HttpRequest, platform: str, key: str = "", suffix: str = "") -> HttpResponse:
    """/hooks/<platform>/<key>/ and, for the deployment's own account, /hooks/<platform>/.

    200 once the body is durable (I1), also for a repetition; 403 for a bad signature and, alike, for an
    unknown key (I7); 400 for what cannot be a request of the platform's; 503 when it could not be checked or
    stored now.
    """
    try:
        return _receive(registry.get(platform), _inbound(request), key)
    except (base.BadSignature, registry.UnknownPlatform):
        return _plain("forbidden", 403)
    except NoChannel:
        return _plain("unknown address", 404)
    except base.Malformed as error:
        return _plain(f"malformed: {error}"[:200], 400)
    except (DatabaseError, vault.CredentialUnreadable):
        log.exception("webhook not stored")
        return _plain("try again", 503)


def _receive(platform: base.Platform, inbound: base.Inbound, key: str) -> HttpResponse:
    if not key:
        return _receive_shared(platform, inbound)
    found = doors.channel_for(platform.slug, key)
    if found is None:
        raise base.BadSignature
    with tenancy.scope(found.tenant_id):
        channel = Channel.objects.get(pk=found.id)
        return _take(platform, inbound, channel, vault.reveal(channel))


def _receive_shared(platform: base.Platform, inbound: base.Inbound) -> HttpResponse:
    """One account of the deployment serves many tenants: verify with its secret, then find who is meant."""
    credentials = vault.deployment_values(platform.slug)
    if not credentials:
        raise base.BadSignature
    handshake = platform.answer(inbound, credentials)
    if handshake is not None:
        return _handshake(handshake)
    platform.verify(inbound, credentials)
    places = [doors.channel_for_address(platform.slug, to) for to in platform.recipients(inbound)]
    if not any(places):
        raise NoChannel
    for place in filter(None, places):
        with tenancy.scope(place.tenant_id):
            _store(platform, inbound, place.id)
    hints.webhooks_waiting()
    return _plain("ok", 200)


def _take(
    platform: base.Platform, inbound: base.Inbound, channel: Channel, credentials: base.Credentials
) -> HttpResponse:
    handshake = platform.answer(inbound, credentials)
    if handshake is not None:
        return _handshake(handshake)
    platform.verify(inbound, credentials)
    _store(platform, inbound, channel.pk)
    connection.on_commit(hints.webhooks_waiting)
    return _plain("ok", 200)


def _store(platform: base.Platform, inbound: base.Inbound, channel_id: UUID) -> None:
    """Durable when the scope ends; a repetition conflicts with the first and changes nothing (I2)."""
    row = ReceivedWebhook(
        channel_id=channel_id,
        dedup_key=_dedup_key(platform, inbound)[:200],
        received_at=timezone.now(),
        path=inbound.path[:200],
        headers={name: value for name, value in inbound.headers.items() if name not in SECRET_HEADERS},
        raw=inbound.body,
    )
    ReceivedWebhook.objects.bulk_create([row], ignore_conflicts=True)


def _dedup_key(platform: base.Platform, inbound: base.Inbound) -> str:
    """The platform's id of this request; of an authentic body that names none, its digest: kept and shown
    as a dead letter, and not sent again and again because we refused it."""
    try:
        return platform.dedup_key(inbound)
    except base.Malformed:
        return f"sha256:{sha256(inbound.body).hexdigest()}"


def _inbound(request: HttpRequest) -> base.Inbound:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        raise base.Malformed(f"the body is larger than {MAX_BODY} bytes")
    return base.Inbound(
        method=request.method or "GET",
        path=request.path,
        query={name: str(value) for name, value in request.GET.items()},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )


def _handshake(answer: base.Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


def _plain(words: str, status: int) -> HttpResponse:
    response = HttpResponse(words, status=status, content_type="text/plain")
    if status == 503:
        response["Retry-After"] = "5"
    return response
