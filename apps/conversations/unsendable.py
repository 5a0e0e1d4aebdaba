"""What cannot be sent whatever the policy says: cards that nobody could answer, files for which the platform
has no message. Told before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from apps.connections.models import Channel
from apps.connections.said import platform_name
from apps.conversations import limit_words, ways
from apps.conversations.models import Attachment, Conversation
from apps.conversations.templated import BadDraft
from apps.platforms import base, cards, lint_files, registry
from apps.platforms.cards import Finding


def require_answerable(card: cards.Card, channel: Channel) -> None:
    """Raises BadDraft for a card with times that are over or questions without anything to choose."""
    found = list(cards.faults(card, timezone.now()))
    if found:
        raise _refusal(found, channel, code="bad_card", field=f"card.{found[0].where}")


def require_taken(parts: Iterable[base.Part], attached: Sequence[Attachment], channel: Channel) -> None:
    """Raises BadDraft for the first file among `parts` that the platform cannot be sent."""
    for part in parts:
        if part.kind == "media" and part.media is not None:
            found = of_file(channel, attached[part.media], where=f"attachments.{part.media}")
            if found and found.blocks:
                raise _refusal([found], channel, code="file_not_taken", field=found.where)


def remark(conversation: Conversation, attachment: Attachment) -> tuple[Finding, str] | None:
    """What the platform would make of an upload, with the words; None when it shows it as it is."""
    channel = ways.channel_of(conversation)
    found = of_file(channel, attachment, where="file")
    return (found, limit_words.of(found, platform_name(channel.platform))) if found else None


def of_file(channel: Channel, attachment: Attachment, *, where: str) -> Finding | None:
    limits = registry.get(channel.platform).capabilities.files
    return lint_files.of_file(attachment, limits, where=where)


def _refusal(found: Sequence[Finding], channel: Channel, *, code: str, field: str) -> BadDraft:
    words = limit_words.of(found[0], platform_name(channel.platform))
    return BadDraft(words, field=field, code=code, findings=found)
