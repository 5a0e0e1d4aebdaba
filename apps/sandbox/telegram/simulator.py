"""Telegram's entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.core import tenancy
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.telegram import hand, views
from apps.tenants.models import Tenant

TOKEN_LENGTH = 35  # characters after the colon of a bot's token


def _make(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform="telegram",
        key=str(10**14 + secrets.randbelow(10**15)),  # at most 52 bits, as Telegram promises
        secret=secrets.token_urlsafe(48)[:TOKEN_LENGTH],
        address=f"{slugify(tenant.slug).replace('-', '_')[:20]}_{tenancy.require().hex[-6:]}_bot",
        name=tenant.name[:80],
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"token": f"{account.key}:{account.secret}"}


def _urls() -> Sequence[URLPattern]:
    return [
        path("telegram/bot<str:token>/<str:method>", views.call, name="telegram"),
        path("telegram/file/bot<str:token>/<path:path>", views.download, name="telegram-file"),
    ]


SIMULATOR = Simulator(
    slug="telegram",
    path="telegram",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    skin="ph--sky",
    header=_("bot"),
    leave_words=_("Block the bot"),
    return_words=_("Unblock"),
    tag_words=_("the tag arrives in /start"),
    typing_seconds=5,
    needs_start=True,
    verbs=frozenset({"place", "edit"}),
)
