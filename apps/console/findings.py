"""What keeps a card from being shown where it goes, in words: the limit, the fix, the field it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.conversations import limit_words
from apps.conversations.models import Conversation
from apps.platforms import cards, compose, registry
from apps.platforms.cards import Finding

# Where a limit is broken -> which of the builder's fields it is, by the names of `card_drafts`.
_FIELDS = (
    (r"options\.(\d+)", "reply"),
    (r"sections\.(\d+)\.options\.(\d+)\.subtitle", "s{0}-subtitle"),
    (r"sections\.(\d+)\.options\.(\d+)", "s{0}-option"),
    (r"sections\.(\d+)\.multiple", "s{0}-multiple"),
    (r"sections\.(\d+)", "s{0}-title"),
    (r"slots\.(\d+)", "slot"),
    (r"fields\.(\d+)", "q-label"),
    (r"images\.(\d+)", "files"),
)


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` and `place` say which of the filled-in rows' fields with that name, "" for the whole card."""

    words: str
    field: str
    place: int
    blocks: bool


def remarks(conversation: Conversation, card: cards.Card, platform: str) -> list[Remark]:
    """Everything that the linter finds for this customer's platform and device. Needs channel and address."""
    named = conversation.address.capabilities
    device = frozenset(named) if named is not None else None
    found = compose.findings(card, registry.get(conversation.channel.platform), device)
    return [remark(finding, card, platform) for finding in found]


def remark(finding: Finding, card: cards.Card, platform: str) -> Remark:
    """One finding in words of the active language; `platform` is the name that people read."""
    field, place = _field(finding.where, card)
    return Remark(limit_words.of(finding, platform), field, place, finding.blocks)


def _field(where: str, card: cards.Card) -> tuple[str, int]:
    for pattern, name in _FIELDS:
        if match := re.match(pattern, where):
            places = [int(place) for place in match.groups()]
            if isinstance(card, cards.ListPicker):
                places[0] = _built_as(card.sections[places[0]], places[0])
            alone = name.endswith(("-title", "-multiple"))  # of which a section has one
            return name.format(*places), 0 if alone else places[-1]
    return where, 0


def _built_as(section: cards.Section, place: int) -> int:
    """Which of the builder's sections it was: one left empty there is none here. The ids say it."""
    number = section.options[0].id.partition(".")[0] if section.options else ""
    return int(number) if number.isdecimal() and len(number) < 3 else place
