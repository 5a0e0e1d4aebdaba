"""A card that this customer would not see as one: each limit that it breaks, with the fix, for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.api.errors import ApiError
from apps.connections.said import platform_name
from apps.conversations import limit_words
from apps.conversations.models import Message
from apps.platforms import cards, compose, registry
from apps.platforms.cards import Finding


def require_shown(message: Message) -> None:
    """Raises ApiError when the card of a message just made goes out as numbered text: what the linter finds
    for the message's platform and the customer's device, the same as the console's composer says."""
    if not message.content.get("card_as_text"):
        return
    card, channel = cards.from_json(message.content["card"]), message.channel
    named = message.conversation.address.capabilities
    device = frozenset(named) if named is not None else None
    found = compose.findings(card, registry.get(channel.platform), device)
    platform = platform_name(channel.platform)
    words = _("It goes as text on %(platform)s.") % {"platform": platform}
    facts = [_facts(finding, platform) for finding in found]
    raise ApiError(422, "card_not_shown", words, field="card", findings=facts)


def _facts(finding: Finding, platform: str) -> dict[str, Any]:
    return {
        "code": str(finding.limit_kind),
        "message": limit_words.of(finding, platform),
        "field": f"card.{finding.where}".rstrip("."),
        "now": finding.is_now,
        "limit": finding.limit,
        "blocks": finding.blocks,
    }
