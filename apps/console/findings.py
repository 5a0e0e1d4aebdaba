"""What keeps a card from being shown where it goes, in words: the limit, the fix, the field it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from apps.conversations import limit_words
from apps.conversations.models import Conversation
from apps.conversations.templated import BadDraft
from apps.platforms import cards, compose, registry
from apps.platforms.base import MediaFile
from apps.platforms.cards import Finding

# Where a limit is broken -> which of the builder's fields it is, by the names of `card_drafts`.
_FIELDS = (
    (r"sections\.(\d+)\.options\.(\d+)\.image", "s{0}-image"),
    (r"options\.(\d+)", "reply"),
    (r"sections\.(\d+)\.options\.(\d+)\.subtitle", "s{0}-subtitle"),
    (r"sections\.(\d+)\.options\.(\d+)", "s{0}-option"),
    (r"sections\.(\d+)\.multiple", "s{0}-multiple"),
    (r"sections\.(\d+)", "s{0}-title"),
    (r"slots\.(\d+)", "slot"),
    (r"fields\.(\d+)\.options$", "q-options"),
    (r"fields\.(\d+)", "q-label"),
    (r"images\.(\d+)", "attachment"),
)


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` and `place` say which of the filled-in rows' fields with that name, "" for the whole card.
    `beside`: its pictures are sent by themselves."""

    words: str
    field: str
    place: int
    blocks: bool
    beside: bool = False


def remarks(
    conversation: Conversation, card: cards.Card, platform: str, *, files: Sequence[MediaFile] = ()
) -> list[Remark]:
    """Everything that the linter finds for this customer's platform and device, with the message's `files`,
    after what keeps anyone from answering the card. Needs channel and address."""
    named = conversation.address.capabilities
    device = frozenset(named) if named is not None else None
    found = compose.findings(card, registry.get(conversation.channel.platform), device, files=files)
    wrong = cards.faults(card, timezone.now())
    return [remark(finding, card, platform) for finding in (*wrong, *found)]


def beside(error: BadDraft, card: cards.Card | None) -> BadDraft:
    """The same trouble, at the builder's field that it is about."""
    if not error.findings or card is None:
        return error
    field, place = _field(error.findings[0].where, card)
    return BadDraft(str(error), field=field, place=place, code=error.code)


def remark(finding: Finding, card: cards.Card, platform: str) -> Remark:
    """One finding in words of the active language; `platform` is the name that people read."""
    field, place = _field(finding.where, card)
    beside = finding.limit_kind is cards.Limit.IMAGES or finding.becomes == "beside"
    return Remark(limit_words.of(finding, platform), field, place, finding.blocks, beside)


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
