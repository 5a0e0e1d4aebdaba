"""A business connects its account on a platform, changes it, checks it, switches it off and on.

    draft ──connect──► live ◄──enable/disable──► disabled ──┐
                        │ └──────────retire────────────────┴──► retired
                        └──connect again (new credentials, same history; also what was retired)

Everything here runs inside the tenant's scope; the platform is asked before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.connections import health, outside, permissions, vault
from apps.connections.addresses import webhook_url
from apps.connections.credentials import FieldError, asked_for, merged, unreadable, validate
from apps.connections.doors import channel_for_address
from apps.connections.models import Channel, ChannelState, EntryPoint, Health
from apps.connections.refusals import explained
from apps.connections.said import platform_name
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.base import BadCredentials, Connection, Platform, SendError
from apps.tenants import audit


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; `field` names the credential that is wrong, "" when none is."""

    good: bool
    words: str
    field: str = ""


def start_draft(platform: str, *, name: str = "") -> Channel:
    """The tenant's unfinished channel on `platform`, made when there is none: it fixes the webhook URL,
    which some platforms want before they give out credentials. Raises UnknownPlatform."""
    adapter = registry.get(platform)
    draft = Channel.objects.filter(platform=platform, state=ChannelState.DRAFT).first()
    return draft or Channel.objects.create(platform=platform, name=name or platform_name(adapter.slug))


def connect_channel(
    platform: str, *, name: str, credentials: Mapping[str, str], actor: str, channel: Channel | None = None
) -> Channel:
    """Check `credentials` with the platform and make the channel live; `channel` continues a draft or
    reconnects one, which keeps its key, its history and every secret that is left empty.

    Raises FieldError, before any call for what can be seen without one; of a draft the values that were
    not refused are kept, so that nobody types them twice. Calling it again changes nothing further. A
    platform that asks our address back is asked for its webhook after the commit; its no is the health.
    """
    adapter = registry.get(platform)
    target = channel or Channel(platform=platform, name=name)
    values = merged(target, adapter, credentials)
    try:
        shared = validate(adapter, values)
        connection = _ask_platform(target, adapter, values, shared=shared)
    except FieldError as error:
        _keep_for_later(target, adapter, values, error.field)
        raise
    _save(target, adapter, name=name or connection.name, connection=connection, shared=shared)
    _store(target, adapter, {**values, **connection.generated})
    audit.record(
        "channel.connected", actor=actor, subject=target.name, platform=platform, address=target.address
    )
    if adapter.asks_back:
        transaction.on_commit(partial(_complete, tenancy.require(), target.pk))
    return target


def _complete(tenant_id: UUID, channel_id: UUID) -> None:
    """What only a stored channel can do: answer the platform that asks back. Outside any scope."""
    with tenancy.scope(tenant_id):
        check_channel(Channel.objects.get(pk=channel_id))


def check_channel(channel: Channel) -> Checked:
    """Ask the platform whether the channel works and note its health. Never raises for the platform's no."""
    adapter = registry.get(channel.platform)
    try:
        credentials = vault.reveal(channel)
    except vault.CredentialUnreadable:
        return Checked(False, unreadable())
    try:
        words = outside.ask(lambda http: adapter.check(credentials, webhook_url(channel), http))
    except SendError as error:
        failure = explained(adapter, error, credentials)
        refused = isinstance(error, BadCredentials)
        health.checked(channel, Health.BROKEN if refused else Health.TROUBLED, failure.words)
        return Checked(False, failure.words, failure.field)
    health.checked(channel, Health.GOOD, words)
    return Checked(True, words)


def rename(channel: Channel, name: str, *, actor: str) -> None:
    if name and name != channel.name:
        audit.record("channel.renamed", actor=actor, subject=channel.name, to=name)
        channel.name = name
        channel.save(update_fields=["name"])


def disable(channel: Channel, *, actor: str) -> None:
    """Send nothing any more; what comes in is still received and stored. Idempotent."""
    _switch(channel, ChannelState.LIVE, ChannelState.DISABLED, "channel.disabled", actor)


def enable(channel: Channel, *, actor: str) -> None:
    """Send again. Idempotent."""
    _switch(channel, ChannelState.DISABLED, ChannelState.LIVE, "channel.enabled", actor)


def retire(channel: Channel, *, actor: str) -> None:
    """Use it no more, for good; what still comes in is received and stored. Idempotent. Connecting it again
    brings it back."""
    states = (ChannelState.LIVE, ChannelState.DISABLED)
    if Channel.objects.filter(pk=channel.pk, state__in=states).update(state=ChannelState.RETIRED):
        channel.state = ChannelState.RETIRED
        audit.record("channel.retired", actor=actor, subject=channel.name)


def redirect(channel: Channel, entry_points: Sequence[EntryPoint], *, actor: str) -> None:
    """From now on customers who write here are told of `entry_points`, once a day; none: not any more.

    What they write is stored and shown as ever, and can be answered. Idempotent.
    """
    wanted = [str(point.pk) for point in entry_points]
    if wanted == (channel.redirect_to or []):
        return
    channel.redirect_to = wanted or None
    channel.save(update_fields=["redirect_to"])
    action = "channel.redirected" if wanted else "channel.redirect_ended"
    audit.record(action, actor=actor, subject=channel.name, to=[point.name for point in entry_points])


def discard_draft(channel: Channel) -> None:
    """Forget a channel that never went live, with what was stored for it. Does nothing to any other."""
    if channel.state == ChannelState.DRAFT:
        channel.delete()


def _ask_platform(
    channel: Channel, adapter: Platform, values: Mapping[str, str], *, shared: bool
) -> Connection:
    granted = permissions.kept(channel)
    known = {**granted, **values, **(vault.deployment_values(adapter.slug) if shared else {})}
    try:
        connection = outside.ask(lambda http: adapter.connect(known, webhook_url(channel), http))
    except SendError as error:
        raise explained(adapter, error, known) from None
    _refuse_taken(channel, connection.address, shared=shared)
    return connection


def _refuse_taken(channel: Channel, address: str, *, shared: bool) -> None:
    """One address has one channel: within the tenant, and among all on the deployment's account."""
    same = Channel.objects.filter(platform=channel.platform, address=address).exclude(address="")
    twin = same.exclude(pk=channel.pk).first()
    if twin is not None:
        raise FieldError(_address_field(channel.platform), _already(twin.name))
    holder = channel_for_address(channel.platform, address) if shared else None
    if holder is not None and holder.id != channel.pk:
        words = _("Another business on this service already receives for this account. Ask its operator.")
        raise FieldError(_address_field(channel.platform), words)


def _already(name: str) -> str:
    return _("This account is already connected here as “%(name)s”.") % {"name": name}


def _address_field(platform: str) -> str:
    """The first field that a business fills in: what says which account it is."""
    return next((item.name for item in asked_for(registry.get(platform))), "")


def _keep_for_later(channel: Channel, adapter: Platform, values: Mapping[str, str], wrong: str) -> None:
    if not channel._state.adding and channel.state == ChannelState.DRAFT:
        kept = {name: value for name, value in values.items() if name != wrong}
        _store(channel, adapter, kept)


def _save(channel: Channel, adapter: Platform, *, name: str, connection: Connection, shared: bool) -> None:
    channel.name, channel.address, channel.shared = name[:80], connection.address, shared
    channel.expires_at, channel.expiry_told_at = connection.expires_at, None
    if channel.state in (ChannelState.DRAFT, ChannelState.RETIRED):
        channel.state = ChannelState.LIVE
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:  # someone connected the same account while the platform was asked
        raise FieldError(_address_field(channel.platform), _already(channel.name)) from None
    health.checked(channel, Health.GOOD, "")
    channel.refresh_from_db()


def _store(channel: Channel, adapter: Platform, values: Mapping[str, str]) -> None:
    settings = {}
    for credential in adapter.credentials:
        value = values.get(credential.name, "")
        if credential.secret and credential.name in values:
            vault.store(channel, credential.name, value)
        elif not credential.secret and value:
            settings[credential.name] = value
    settings |= permissions.kept(channel)
    Channel.objects.filter(pk=channel.pk).update(settings=settings)
    channel.settings = settings


def _switch(channel: Channel, before: ChannelState, after: ChannelState, action: str, actor: str) -> None:
    if Channel.objects.filter(pk=channel.pk, state=before).update(state=after):
        channel.state = after
        audit.record(action, actor=actor, subject=channel.name)
