"""The entry of e-mail in the list of simulators: a mail server where this installation has a port for one,
a gateway everywhere."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.email import hand, server, views
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
    ours = {"address": account.address, "signing_secret": account.secret, "sender_name": account.name}
    return {**ours, **(_mail_server(account) if settings.SANDBOX_SMTP_PORT else {})}


def _mail_server(account: SandboxAccount) -> dict[str, str]:
    return {
        "smtp_host": server.HOST,
        "smtp_port": str(settings.SANDBOX_SMTP_PORT),
        "smtp_security": "none",
        "smtp_user": account.address,
        "smtp_password": account.secret,
    }


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
