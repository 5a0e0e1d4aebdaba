"""QR codes that only the platform can make (WeChat): whoever scans one comes with its tag.

One code for each channel and tag, made when a business asks for it and kept: printed codes stay good.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.connections import health, outside, vault
from apps.connections.credentials import FieldError, unreadable
from apps.connections.entry_points import offered
from apps.connections.models import Channel, EntryPoint, TagCode
from apps.connections.refusals import explained
from apps.platforms import registry
from apps.platforms.base import SendError
from apps.tenants import audit

LONGEST = 500  # characters of a link


@dataclass(frozen=True, slots=True)
class Code:
    """`link` is what the code says; "" when it has not been made yet."""

    channel: Channel
    link: str


def of(point: EntryPoint) -> list[Code]:
    """A code for each channel of `point` whose platform makes them, in its order."""
    channels = [each for each in offered(point) if registry.get(each.platform).makes_codes]
    if not channels:
        return []
    rows = TagCode.objects.filter(channel__in=channels, tag=point.tag)
    made = dict(rows.values_list("channel_id", "link"))
    return [Code(channel, made.get(channel.pk, "")) for channel in channels]


def make(channel: Channel, tag: str, *, actor: str) -> str:
    """The code's link, asked for from the platform unless there is one. Idempotent; inside a scope.

    Raises FieldError in words for a person; refused credentials stop the channel, as with any other call.
    """
    made = TagCode.objects.filter(channel=channel, tag=tag).values_list("link", flat=True).first()
    if made:
        return made
    link = _ask(channel, tag)
    TagCode.objects.update_or_create(channel=channel, tag=tag, defaults={"link": link})
    audit.record("channel.code_made", actor=actor, subject=channel.name, tag=tag)
    return link


def _ask(channel: Channel, tag: str) -> str:
    adapter = registry.get(channel.platform)
    try:
        credentials = vault.reveal(channel)
    except vault.CredentialUnreadable:
        raise FieldError("", unreadable()) from None
    try:
        link = outside.ask(lambda http: adapter.make_code(tag, credentials, http))
    except SendError as error:
        health.refused_by(channel, error)
        raise explained(adapter, error, credentials) from None
    if not link.startswith(("https://", "http://")) or len(link) > LONGEST:
        raise FieldError("", _("The platform answered with something that is no address."))
    return link
