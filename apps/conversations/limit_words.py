"""A limit that a card breaks, in words: the limit and the fix."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.platforms.cards import Finding, Limit, Unit


def of(finding: Finding, platform: str) -> str:
    """What is wrong and what to do about it, in the active language. `platform` is the name that people
    read."""
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
        case Limit.IMAGES_PERHAPS:
            return _(
                "Some phones show no pictures in it on %(platform)s: send as a file what has to be seen."
            )
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
