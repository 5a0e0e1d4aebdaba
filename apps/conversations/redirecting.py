"""Telling customers of a channel where to write instead: once per customer and day, in their language."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from uuid import uuid5

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.connections import addresses
from apps.connections.models import Channel, EntryPoint
from apps.conversations.models import AuthorKind, Message
from apps.conversations.send import Author, Draft, Refused, send_message

log = logging.getLogger(__name__)

OURS = Author(kind=AuthorKind.SYSTEM)


def answer(messages: Iterable[Message]) -> None:
    """Answer new messages on channels that are set to redirect. Idempotent; inside the transaction that
    stored them, which holds the locks on their addresses."""
    for message in messages:
        if message.channel.redirect_to:
            _answer(message)


def words(points: Sequence[EntryPoint], locale: str) -> str:
    """What the customer reads, in their language: entry points of that language, all when it has none or is
    not known; then the words are in the language of the first."""
    language = _language(locale)
    own = [point for point in points if language and _language(point.locale) == language]
    with translation.override(language or _language(points[0].locale) or None):
        line = _("%(name)s: %(address)s")
        lines = [line % {"name": point.name, "address": addresses.link(point)} for point in own or points]
        return "\n".join([_("We no longer answer here. Please write to us here instead:"), *lines])


def _language(locale: str) -> str:
    return locale.partition("-")[0].lower()


def _answer(message: Message) -> None:
    address_id, points = message.conversation.address_id, _points(message.channel)
    client_id = uuid5(address_id, f"redirect {timezone.localdate()}")  # one for each customer and day
    told = Message.objects.filter(conversation__address=address_id, client_id=client_id).exists()
    if told or not points:
        return
    text = words(points, message.conversation.locale)
    try:
        send_message(message.conversation_id, OURS, Draft(text=text), client_id=client_id)
    except Refused as refusal:  # a person reads the customer's words all the same
        log.info("not redirected: %s", refusal.decision.rule)


def _points(channel: Channel) -> list[EntryPoint]:
    """Those that still exist and are active, in the order that was chosen."""
    wanted: list[str] = channel.redirect_to or []
    found = {str(row.pk): row for row in EntryPoint.objects.filter(pk__in=wanted, active=True)}
    return [found[pk] for pk in wanted if pk in found]
