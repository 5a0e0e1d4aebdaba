"""What keeps a card from being shown where it goes, in words: the limit, the fix, the field it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.conversations.models import Conversation
from apps.platforms import cards, registry
from apps.platforms.cards import Finding, Limit

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
    able = registry.get(conversation.channel.platform).capabilities
    named = conversation.address.capabilities
    device = frozenset(named) if named is not None else None
    found = cards.lint(card, able.cards.get(card.kind), device=device)
    return [_remark(finding, card, platform) for finding in found]


def _remark(finding: Finding, card: cards.Card, platform: str) -> Remark:
    field, place = _field(finding.where, card)
    return Remark(" ".join(_words(finding, platform)), field, place, finding.blocks)


def _field(where: str, card: cards.Card) -> tuple[str, int]:
    for pattern, name in _FIELDS:
        if match := re.match(pattern, where):
            places = [int(place) for place in match.groups()]
            if isinstance(card, cards.ListPicker):
                places[0] = _built_as(card.sections[places[0]])
            alone = name.endswith(("-title", "-multiple"))  # of which a section has one
            return name.format(*places), 0 if alone else places[-1]
    return where, 0


def _built_as(section: cards.Section) -> int:
    """Which of the builder's sections it was; one left empty there is none here."""
    return int(section.options[0].id.partition(".")[0])


def _words(finding: Finding, platform: str) -> Iterator[str]:
    """What is wrong, then what to do about it."""
    over = abs(finding.is_now - finding.limit)
    facts = {"platform": platform, "now": finding.is_now, "limit": finding.limit, "over": over}
    match finding.limit_kind:
        case Limit.NOT_SHOWN:
            yield _("%(platform)s has no such card.") % facts
        case Limit.DEVICE:
            yield _("This customer’s device cannot show it.")
        case Limit.TOO_FEW:
            yield _("%(platform)s needs at least %(limit)d; there are %(now)d: add %(over)d.") % facts
        case Limit.TOO_MANY:
            yield _("%(platform)s takes at most %(limit)d; there are %(now)d: remove %(over)d.") % facts
        case Limit.SECTIONS:
            yield _("%(platform)s takes at most %(limit)d sections: remove %(over)d.") % facts
        case Limit.TOO_LONG:
            yield _("%(platform)s takes at most %(limit)d characters: shorten it by %(over)d.") % facts
        case Limit.EMPTY:
            yield _("Fill this in.")
        case Limit.MULTIPLE:
            yield _("%(platform)s lets only one be chosen: clear “Several may be chosen”.") % facts
        case Limit.IMAGES:
            yield _("%(platform)s does not show pictures in it: they are sent beside it.") % facts
        case _:
            yield _("Two choices are the same.")
