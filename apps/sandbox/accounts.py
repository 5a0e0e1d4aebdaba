"""A business's accounts with the simulated platforms, and how they become channels."""

from __future__ import annotations

from django.conf import settings

from apps.connections.addresses import webhook_url
from apps.connections.credentials import servers_named
from apps.connections.models import Channel
from apps.platforms import registry
from apps.sandbox import simulators
from apps.sandbox.models import SandboxAccount
from apps.tenants.models import Tenant


def ensure_account(platform: str) -> SandboxAccount:
    """The tenant's account with a simulated platform, made when there is none. Idempotent.

    Raises KeyError for a platform that is not simulated.
    """
    make = simulators.get(platform).make_account
    found = SandboxAccount.objects.filter(platform=platform).first()
    return found or make(Tenant.objects.get())


def credentials(account: SandboxAccount) -> dict[str, str]:
    """What the platform would give the business: exactly the fields of the form that connects a channel."""
    return {**simulators.of(account).credentials(account), "base_url": base_url(account.platform)}


def servers(account: SandboxAccount) -> dict[str, str]:
    """Those of `credentials` that say where the simulator answers."""
    named = servers_named(registry.get(account.platform))
    return {name: value for name, value in credentials(account).items() if name in named}


def base_url(platform: str) -> str:
    """Where the simulator answers: what a channel's base_url must be."""
    return f"{settings.BASE_URL}/sandbox/{simulators.get(platform).path}"


def channel_of(account: SandboxAccount) -> Channel | None:
    """The channel that the business connected with this account, None before it did."""
    return Channel.objects.filter(platform=account.platform, address=account.address).first()


def webhook_of(account: SandboxAccount) -> str:
    """Where its webhooks go; "" while nobody wants them."""
    return simulators.of(account).webhook_of(account)


def registered_webhook(account: SandboxAccount) -> str:
    """The address of the channel's webhook, for platforms on which it is set by hand and not by a call."""
    channel = channel_of(account)
    return webhook_url(channel) if channel else ""
