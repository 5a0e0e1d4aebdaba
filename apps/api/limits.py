"""A card that this customer would not see as one: each limit that it breaks, with the fix, for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.api.errors import ApiError
from apps.connections.models import Channel
from apps.connections.said import platform_name
from apps.conversations import files, limit_words
from apps.conversations.models import Message
from apps.conversations.send import BadDraft
from apps.platforms import cards, compose, registry
from apps.platforms.cards import Finding, Limit


def require_shown(message: Message) -> None:
    """Raises ApiError when the card of a message just made goes out as numbered text: what the linter finds
    for the message's platform and the customer's device, the same as the console's composer says."""
    if not message.content.get("card_as_text"):
        return
    card, channel = cards.from_json(message.content["card"]), message.channel
    named = message.conversation.address.capabilities
    device = frozenset(named) if named is not None else None
    attached = [files.media_file(row) for row in message.attachments.order_by("position")]
    found = compose.findings(card, registry.get(channel.platform), device, files=attached)
    platform = platform_name(channel.platform)
    words = _("It goes as text on %(platform)s.") % {"platform": platform}
    facts = [facts_of(finding, platform, under="card") for finding in found]
    raise ApiError(422, "card_not_shown", words, field="card", findings=facts)


def bad_draft(error: BadDraft, channel: Channel) -> ApiError:
    """What cannot be sent as it is, with the limits that it breaks."""
    platform = platform_name(channel.platform)
    under = "card" if error.code == "bad_card" else ""
    facts = [facts_of(finding, platform, under=under) for finding in error.findings]
    return ApiError(422, error.code, error, field=error.field, findings=facts)


def facts_of(finding: Finding, platform: str, *, under: str = "") -> dict[str, Any]:
    """`under` is where in the body the finding's own path begins."""
    return {
        "code": str(finding.limit_kind),
        "message": limit_words.of(finding, platform),
        "field": f"{under}.{finding.where}".strip("."),
        **({"becomes": finding.becomes, "types": list(finding.types)} if _of_file(finding) else {}),
        "now": finding.is_now,
        "limit": finding.limit,
        "blocks": finding.blocks,
    }


def _of_file(finding: Finding) -> bool:
    return finding.limit_kind in (Limit.FILE_TYPE, Limit.FILE_SIZE)
