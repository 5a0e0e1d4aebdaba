"""Slack's entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.slack import hand, shapes, views
from apps.tenants.models import Tenant

SCOPES = (
    *("chat:write", "chat:write.customize", "files:read", "files:write", "im:history", "im:read"),
    *("channels:history", "channels:read", "metadata.message:read", "reactions:read", "users:read"),
)


def _make(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform="slack",
        key=str(10**11 + secrets.randbelow(9 * 10**11)),
        secret=secrets.token_hex(12),
        address=_id("T"),
        name=tenant.name[:80],
        data={
            "app_id": _id("A"),
            "bot_user_id": _id("U"),
            "bot_id": _id("B"),
            "signing_secret": secrets.token_hex(16),
            "scopes": list(SCOPES),
        },
    )


def _id(letter: str) -> str:
    return f"{letter}{shapes.code(secrets.randbits(45))}"


def _credentials(account: SandboxAccount) -> dict[str, str]:
    token = f"xoxb-{account.key}-{account.secret}"
    return {"token": token, "signing_secret": account.data["signing_secret"]}


def _urls() -> Sequence[URLPattern]:
    return [
        path("slack/files/<str:account_key>/<str:key>", views.file, name="slack-file"),
        path("slack/upload/<str:account_key>/<str:key>", views.upload, name="slack-upload"),
        path("slack/<str:method>", views.call, name="slack"),
    ]


SIMULATOR = Simulator(
    slug="slack",
    path="slack",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=accounts.registered_webhook,  # set by hand in the app's settings
    skin="ph--plum",
    header=_("app"),
    leave_words=_("Remove the app"),
    return_words=_("Add it again"),
    tag_words=_("Slack carries no tag"),
    carries_tag=False,
    reactions=tuple(hand.REACTIONS),
    verbs=frozenset({"edit", "withdraw"}),
)
