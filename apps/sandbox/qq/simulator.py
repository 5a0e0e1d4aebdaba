"""QQ's entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.models import SandboxAccount
from apps.sandbox.qq import hand, views
from apps.sandbox.simulators import Simulator
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    key = str(10**8 + secrets.randbelow(9 * 10**15))
    return SandboxAccount.objects.create(
        platform="qq", key=key, secret=secrets.token_hex(10), address=key, name=tenant.name[:80]
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"app_id": account.key, "app_secret": account.secret}


def _urls() -> Sequence[URLPattern]:
    return [
        path("qq/app/getAppAccessToken", views.token, name="qq-token"),
        path("qq/v2/users/<str:openid>/messages", views.messages, name="qq-messages"),
        path("qq/v2/users/<str:openid>/files", views.files, name="qq-files"),
        path("qq/users/@me", views.me, name="qq-me"),
        path("qq/download/<str:app_id>/<str:key>", views.file, name="qq-download"),
    ]


SIMULATOR = Simulator(
    slug="qq",
    path="qq",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=accounts.registered_webhook,
    skin="ph--ice",
    header=_("bot"),
    leave_words=_("Remove the bot"),
    return_words=_("Add again"),
    tag_words=_("the tag comes with the friendship, or with the first words"),
    needs_start=True,
)
