"""Viber's entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.viber import hand, views
from apps.tenants.models import Tenant

PLAN = 100  # messages outside of sessions


def _make(tenant: Tenant) -> SandboxAccount:
    key = secrets.token_hex(8)
    secret = f"{secrets.token_hex(8)}-{secrets.token_hex(8)}"
    return SandboxAccount.objects.create(
        platform="viber",
        key=key,
        secret=secret,
        address=f"{slugify(tenant.slug)[:20]}{secrets.token_hex(3)}",
        name=tenant.name[:28],
        data={"token": f"{key}-{secret}", "plan": PLAN, "used": 0},
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"token": account.data["token"]}


def _urls() -> Sequence[URLPattern]:
    return [
        path("viber/media/<str:account_key>/<str:key>", views.media, name="viber-media"),
        path("viber/<str:method>", views.call, name="viber"),
    ]


SIMULATOR = Simulator(
    slug="viber",
    path="viber",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    skin="ph--grape",
    header=_("bot"),
    leave_words=_("Unsubscribe"),
    return_words=_("Subscribe"),
    tag_words=_("the tag arrives when the chat is opened"),
    needs_start=True,
    verbs=frozenset({"place"}),
)
