"""A business's accounts with the simulated platforms, and how they become channels."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.utils.text import slugify

from apps.connections.addresses import webhook_url
from apps.connections.models import Channel
from apps.core import tenancy
from apps.sandbox.models import SandboxAccount
from apps.tenants.models import Tenant

APPLE = "apple_messages"
TELEGRAM = "telegram"
PLATFORMS = (APPLE, TELEGRAM)
TOKEN_LENGTH = 35  # characters after the colon of a bot's token


def ensure_account(platform: str) -> SandboxAccount:
    """The tenant's account with a simulated platform, made when there is none. Idempotent."""
    found = SandboxAccount.objects.filter(platform=platform).first()
    return found or _MAKERS[platform](Tenant.objects.get())


def credentials(account: SandboxAccount) -> dict[str, str]:
    """What the platform would give the business: exactly the fields of the form that connects a channel."""
    base = base_url(account.platform)
    if account.platform == TELEGRAM:
        return {"token": f"{account.key}:{account.secret}", "base_url": base}
    facts = {"business_id": account.address, "msp_id": account.key, "secret": account.secret}
    return {**facts, "base_url": base}


def base_url(platform: str) -> str:
    """Where the simulator answers: what a channel's base_url must be."""
    path = {APPLE: "apple/v1", TELEGRAM: "telegram"}[platform]
    return f"{settings.BASE_URL}/sandbox/{path}"


def channel_of(account: SandboxAccount) -> Channel | None:
    """The channel that the business connected with this account, None before it did."""
    return Channel.objects.filter(platform=account.platform, address=account.address).first()


def webhook_of(account: SandboxAccount) -> str:
    """Where its webhooks go. Apple knows it from its Business Register, which has no API: here it is read
    from the channel that was connected."""
    if account.platform == TELEGRAM:
        return account.webhook_url
    channel = channel_of(account)
    return webhook_url(channel).rstrip("/") + "/message" if channel else ""


def _telegram(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform=TELEGRAM,
        key=str(10**14 + secrets.randbelow(10**15)),  # at most 52 bits, as Telegram promises
        secret=secrets.token_urlsafe(48)[:TOKEN_LENGTH],
        address=f"{slugify(tenant.slug).replace('-', '_')[:20]}_{tenancy.require().hex[-6:]}_bot",
        name=tenant.name[:80],
    )


def _apple(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform=APPLE,
        key=str(uuid4()),
        secret=base64.b64encode(secrets.token_bytes(32)).decode(),
        address=str(uuid4()),
        name=tenant.name[:80],
    )


_MAKERS: dict[str, Callable[[Tenant], SandboxAccount]] = {APPLE: _apple, TELEGRAM: _telegram}
