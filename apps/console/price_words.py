"""What a message will cost, as far as the platform itself has said: never converted, never estimated."""

from __future__ import annotations

from django.utils.formats import localize
from django.utils.translation import gettext as _

from apps.conversations import prices
from apps.conversations.models import Conversation


def for_answer(conversation: Conversation, platform: str) -> str:
    """Of free words on a platform that bills them; `platform` is its name in a sentence."""
    told = prices.last_told(conversation.pk)
    if told is None:
        return _("%(platform)s bills each message") % {"platform": platform}
    if not told.billed:
        return _("%(platform)s bills messages; it did not bill the last one") % {"platform": platform}
    return _after_the_last(told, platform)


def for_template(conversation: Conversation, category: str, platform: str) -> str:
    """Of a template of that category, which is the platform's own word."""
    if not category:
        return for_answer(conversation, platform)
    facts = {"platform": platform, "category": _word(category)}
    told = prices.last_told(conversation.pk, category=category)
    if told is None or told.amount is None:
        return _("%(platform)s bills it as “%(category)s”") % facts
    facts["amount"] = _amount(told)
    return _("%(platform)s bills it as “%(category)s”; the last one here cost %(amount)s") % facts


def _after_the_last(told: prices.Told, platform: str) -> str:
    facts = {"platform": platform, "category": _word(told.category)}
    if told.amount is not None:
        facts["amount"] = _amount(told)
        return _("%(platform)s bills each message; the last one here cost %(amount)s") % facts
    if told.category:
        return _("%(platform)s bills each message; the last one as “%(category)s”") % facts
    return _("%(platform)s bills each message") % facts


def _amount(told: prices.Told) -> str:
    """Every digit that the platform told, set as the active language sets numbers."""
    return f"{localize(told.amount)} {told.currency}"


def _word(category: str) -> str:
    """In the active language where it is one of the usual ones."""
    return _(category.lower()) if category else ""
