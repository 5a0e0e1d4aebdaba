"""Keeping a channel's templates as the platform lists them.

The platform's list is the truth: what it no longer names is forgotten here (messages keep their words), and
only the list makes a template usable. What it tells in between takes effect at once where it stops one, and
makes us ask again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.connections import health, outside, vault
from apps.connections.models import Channel, ChannelState, MessageTemplate
from apps.core import tenancy
from apps.platforms import base, registry
from apps.platforms.events import TemplateChanged

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)
AT_ONCE = 20

# Why one that the platform has approved cannot be sent from here.
UNSENDABLE = {
    "products": gettext_lazy("It shows products of a catalogue, which cannot be chosen here yet."),
    "order": gettext_lazy("It asks for a payment, which cannot be filled in here yet."),
    "flow": gettext_lazy("It opens a form of the platform’s own, which cannot be started from here yet."),
    "code": gettext_lazy("It carries a one-time code: the program that checks the code has to send it."),
    "offer": gettext_lazy("It counts down to the end of an offer, which cannot be set here yet."),
}

KEY = ["tenant", "channel", "name", "language"]
_SHORT = {
    "ref": 120,
    "name": 512,
    "language": 20,
    "category": 40,
    "state": 40,
    "header_media": 12,
    "unsendable": 20,
}
_CONTENT = [each.name for each in fields(base.Template) if each.name not in KEY]


def platforms() -> list[str]:
    """Slugs of the platforms that approve templates."""
    return [slug for slug in registry.SLUGS if registry.get(slug).capabilities.templates]


def sync(channel: Channel) -> int:
    """Ask the platform for its list now and keep it; how many templates there are. Inside a scope, for a
    person who waits. Raises SendError, after noting what it says of the channel, and CredentialUnreadable."""
    try:
        found = _ask(channel, vault.reveal(channel))
    except base.SendError as error:
        health.refused_by(channel, error)
        raise
    keep(channel, found)
    return len(found)


def sweep() -> int:
    """Ask for the lists that nobody has asked for within six hours, or that have changed since; how many.

    No transaction is open while a platform is asked. A failure is logged and waits for the next time.
    """
    before = timezone.now() - EVERY
    with connection.cursor() as cursor:
        arguments: list[Any] = [platforms(), before, AT_ONCE]
        cursor.execute("SELECT tenant_id, channel_id FROM queue_stale_templates(%s, %s, %s)", arguments)
        stale = cursor.fetchall()
    return sum(_refresh(tenant_id, channel_id) for tenant_id, channel_id in stale)


def keep(channel: Channel, found: Sequence[base.Template]) -> None:
    """Make ours equal to the platform's list. Idempotent; inside a scope."""
    now = timezone.now()
    rows = [MessageTemplate(channel=channel, synced_at=now, **_columns(each)) for each in found]
    MessageTemplate.objects.bulk_create(
        {(row.name, row.language): row for row in rows}.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=KEY,
        update_fields=[*_CONTENT, "reason", "synced_at"],
    )
    MessageTemplate.objects.filter(channel=channel).exclude(synced_at=now).delete()


def changed(channel: Channel, event: TemplateChanged) -> None:
    """The platform has decided about a template: it may not be sent before the list says so. Idempotent."""
    if event.state:
        rows = MessageTemplate.objects.filter(channel=channel, name=event.name, language=event.language)
        rows.exclude(state=event.state[:40]).update(
            state=event.state[:40], reason=event.reason[:300], usable=False
        )
    Channel.objects.filter(pk=channel.pk).update(templates_asked_at=None)


def why_not(code: str) -> str:
    """Why a template is `unsendable`, in the active language."""
    return str(UNSENDABLE.get(code) or _("It has a part that is not known here yet."))


def _columns(template: base.Template) -> dict[str, Any]:
    facts = asdict(template)
    short = {name: facts[name][:most] for name, most in _SHORT.items()}
    lists = {name: list(facts[name]) for name in ("buttons", "parameters", "slides")}
    return {**facts, **short, **lists}


def _refresh(tenant_id: UUID, channel_id: UUID) -> int:
    with tenancy.scope(tenant_id):
        stale = Q(templates_asked_at=None) | Q(templates_asked_at__lt=timezone.now() - EVERY)
        rows = Channel.objects.filter(stale, pk=channel_id, state=ChannelState.LIVE)
        if not rows.update(templates_asked_at=timezone.now()):  # somebody else was faster
            return 0
        channel = Channel.objects.get(pk=channel_id)
        try:
            credentials = vault.reveal(channel)
        except vault.CredentialUnreadable:
            return 0
    try:
        found = _ask(channel, credentials)
    except base.SendError as error:
        log.info("templates of channel %s: %s", channel_id, type(error).__name__)
        with tenancy.scope(tenant_id):
            health.refused_by(channel, error)
        return 0
    with tenancy.scope(tenant_id):
        keep(channel, found)
    return 1


def _ask(channel: Channel, credentials: base.Credentials) -> Sequence[base.Template]:
    platform = registry.get(channel.platform)
    return outside.ask(partial(platform.templates, credentials))
