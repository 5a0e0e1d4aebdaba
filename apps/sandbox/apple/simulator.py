"""Apple's entry in the list of simulators."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from uuid import uuid4

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.apple import hand, views
from apps.sandbox.models import FaultKind, SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform="apple_messages",
        key=str(uuid4()),
        secret=base64.b64encode(secrets.token_bytes(32)).decode(),
        address=str(uuid4()),
        name=tenant.name[:80],
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"business_id": account.address, "msp_id": account.key, "secret": account.secret}


def _webhook_of(account: SandboxAccount) -> str:
    """Apple knows it from its Business Register, which has no API: here it is read from the channel."""
    url = accounts.registered_webhook(account)
    return url.rstrip("/") + "/message" if url else ""


def _urls() -> Sequence[URLPattern]:
    return [
        path("apple/v1/message", views.message, name="apple-message"),
        path("apple/v1/preUpload", views.pre_upload, name="apple-pre-upload"),
        path("apple/v1/preDownload", views.pre_download, name="apple-pre-download"),
        path("apple/v1/decodePayload", views.decode_payload, name="apple-decode"),
        path("apple/content/<str:account_key>/<str:key>", views.content, name="apple-content"),
    ]


SIMULATOR = Simulator(
    slug="apple_messages",
    path="apple/v1",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=_webhook_of,
    header=_("Business messages"),
    opaque=True,
    leave_words=_("Delete conversation"),
    tag_words=_("the tag arrives with the first words"),
    typing_seconds=60,
    reactions=tuple(hand.TAPBACKS),
    verbs=frozenset({"typing"}),
    faults=frozenset(FaultKind),
)
