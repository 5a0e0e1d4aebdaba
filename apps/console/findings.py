"""What keeps a card from being shown where it goes, in words: the limit, the fix, the field it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.conversations.models import Conversation
from apps.platforms import cards, compose, registry
from apps.platforms.cards import Finding, Limit, Unit

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
    return Remark(_words(finding, platform), field, place, finding.blocks)


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


def _words(finding: Finding, platform: str) -> str:
    """What is wrong and what to do about it."""
    over = abs(finding.is_now - finding.limit)
    facts = {"platform": platform, "now": finding.is_now, "limit": finding.limit, "over": over}
    return _said(finding) % facts


def _said(finding: Finding) -> str:
    match finding.limit_kind:
        case Limit.NOT_SHOWN:
            return _("%(platform)s has no such card: choose another kind, or let it go as text.")
        case Limit.DEVICE:
            return _("This customer’s device cannot show it: choose another kind, or let it go as text.")
        case Limit.TOO_FEW:
            return _("%(platform)s needs at least %(limit)d; there are %(now)d: add %(over)d.")
        case Limit.TOO_MANY:
            return _("%(platform)s takes at most %(limit)d; there are %(now)d: remove %(over)d.")
        case Limit.SECTIONS:
            return _("%(platform)s takes at most %(limit)d sections: remove %(over)d.")
        case Limit.TOO_LONG:
            return _too_long(finding)
        case Limit.EMPTY:
            return _("A choice has no id: give it one.") if _is_id(finding) else _("Fill this in.")
        case Limit.MULTIPLE:
            return _("%(platform)s lets only one be chosen: clear “Several may be chosen”.")
        case Limit.IMAGES:
            return _("%(platform)s does not show pictures in it: they are sent beside it.")
        case Limit.ADDRESS:
            return _("No browser opens this address: write it whole, without spaces.")
        case Limit.PHONE:
            return _("Write the number with its country code, as in +33 1 02 03 04 05.")
        case Limit.WHOLE:
            return _(
                "All of it together is too much for %(platform)s: shorten it, with no line breaks in titles."
            )
        case Limit.REPEATED_ID:
            return _("Two choices are the same: change or remove one.")


def _too_long(finding: Finding) -> str:
    if _is_id(finding):
        return _("%(platform)s takes ids of at most %(limit)d bytes: shorten it by %(over)d.")
    match finding.unit:
        case Unit.BYTES:
            return _(
                "%(platform)s takes at most %(limit)d bytes (é is two, 字 three): shorten it by %(over)d."
            )
        case Unit.UTF16:
            return _(
                "%(platform)s takes at most %(limit)d characters (an emoji is two): shorten it by %(over)d."
            )
        case Unit.CHARACTERS:
            return _("%(platform)s takes at most %(limit)d characters: shorten it by %(over)d.")


def _is_id(finding: Finding) -> bool:
    return finding.where.endswith(".id")
