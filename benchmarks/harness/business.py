"""A business of the product with channels, for scenarios that need no more than that."""

from __future__ import annotations

from uuid import UUID

from apps.connections import vault
from apps.connections.models import Channel
from apps.core import tenancy
from apps.tenants.models import User
from apps.tenants.register import register_tenant
from benchmarks.harness import senders

META_SECRETS = {"token": "EAAbench", "app_secret": "0123456789abcdef" * 2, "verify_token": "bench"}


def tenant(name: str) -> UUID:
    """A registered business; its owner is owner@<name>.example."""
    owner = User.objects.create_user(f"owner@{name}.example", name="Owner")
    return register_tenant(owner, name).pk


def telegram(tenant_id: UUID, *, base_url: str = "") -> Channel:
    """A live bot whose webhook secret is senders.SECRET."""
    secrets = {"token": f"42:{'A' * 35}", "webhook_secret": senders.SECRET}
    settings = {"username": "bench_bot", "base_url": base_url}
    return _channel(tenant_id, "telegram", "bench_bot", settings, secrets)


def apple(tenant_id: UUID, *, base_url: str = "") -> Channel:
    """A live account of its own, senders.MSP and senders.BUSINESS."""
    settings = {"business_id": senders.BUSINESS, "msp_id": senders.MSP, "base_url": base_url}
    return _channel(tenant_id, "apple_messages", senders.BUSINESS, settings, {"secret": senders.MSP_SECRET})


def whatsapp(tenant_id: UUID, *, base_url: str = "") -> Channel:
    """A live number."""
    settings = {"phone_number_id": "1061", "waba_id": "1062", "number": "+33100000000", "base_url": base_url}
    return _channel(tenant_id, "whatsapp", "1061", settings, META_SECRETS)


def messenger(tenant_id: UUID, *, base_url: str = "") -> Channel:
    """A live page."""
    settings = {"page_id": "1063", "base_url": base_url}
    return _channel(tenant_id, "messenger", "1063", settings, META_SECRETS)


def _channel(
    tenant_id: UUID, platform: str, address: str, settings: dict[str, str], secrets: dict[str, str]
) -> Channel:
    with tenancy.scope(tenant_id):
        channel = Channel(platform=platform, name=platform, state="live", address=address)
        channel.settings = {name: value for name, value in settings.items() if value}
        channel.save()
        for field, value in secrets.items():
            vault.store(channel, field, value)
        return channel
