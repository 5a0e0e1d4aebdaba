"""The mail gateway's entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.email import hand, views
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    address = f"help-{secrets.token_hex(6)}@shop.example"
    return SandboxAccount.objects.create(
        platform="email",
        key=address,
        secret=secrets.token_urlsafe(24),
        address=address,
        name=tenant.name[:80],
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"address": account.address, "signing_secret": account.secret, "sender_name": account.name}


def _urls() -> Sequence[URLPattern]:
    return [
        path("email/messages", views.messages, name="email-messages"),
        path("email/status", views.status, name="email-status"),
    ]


SIMULATOR = Simulator(
    slug="email",
    path="email",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=accounts.registered_webhook,
    skin="ph--paper",
    header=_("E-mail"),
    leave_words=_("Unsubscribe"),
    return_words=_("Write again"),
    tag_words=_("the tag stands at the end of the subject"),
)
