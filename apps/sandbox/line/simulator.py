"""LINE's entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox.line import hand, views
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.tenants.models import Tenant

QUOTA = 500  # pushes a month
SHOP = "line/stickershop/v1/sticker"


def _make(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform="line",
        key=str(10**9 + secrets.randbelow(9 * 10**9)),
        secret=secrets.token_urlsafe(60),
        address=f"@{secrets.randbelow(10**3):03}{secrets.token_hex(3)[:5]}",
        name=tenant.name[:80],
        data={
            "channel_secret": secrets.token_hex(16),
            "user_id": f"U{secrets.token_hex(16)}",
            "quota": QUOTA,
            "used": 0,
        },
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {
        "token": f"{account.key}+{account.secret}",
        "channel_secret": account.data["channel_secret"],
    }


def _urls() -> Sequence[URLPattern]:
    return [
        path("line/v2/bot/<path:rest>", views.call, name="line"),
        path(f"{SHOP}/<str:number>/android/sticker.png", views.sticker, name="line-sticker"),
    ]


SIMULATOR = Simulator(
    slug="line",
    path="line",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    skin="ph--meadow",
    header=_("Official account"),
    leave_words=_("Block"),
    return_words=_("Unblock"),
    tag_words=_("the tag stands at the end of the first words"),
    typing_seconds=20,
    verbs=frozenset({"place", "withdraw"}),
)
