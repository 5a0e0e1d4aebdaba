"""The files of a message to come: each is there, and what a card shows of them can be shown."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.api.errors import ApiError
from apps.conversations.models import Conversation
from apps.conversations.send import Draft
from apps.platforms import cards, lint_files

PICTURES = ("image", "sticker")


def require(conversation: Conversation, draft: Draft) -> None:
    """Raises ApiError naming the first file that is not there (another business's answers like one that
    never was), the first position without a file, the first file that is no picture."""
    waiting = conversation.attachments.filter(pk__in=draft.attachments, message=None).in_bulk()
    for place, pk in enumerate(draft.attachments):
        if pk not in waiting:
            words = _("This conversation has no such file, or another message took it: upload it again.")
            raise ApiError(422, "no_such_file", words, field=f"attachments.{place}")
    if draft.card:
        _require_pictures(draft.card, [waiting[pk].kind for pk in draft.attachments])


def _require_pictures(card: cards.Card, kinds: Sequence[str]) -> None:
    group = isinstance(card, cards.MediaGroup)
    for where, position in lint_files.places(card):
        if position >= len(kinds):
            words = _("No file has the position %(position)d: the message has %(count)d, the first is 0.")
            facts = {"position": position, "count": len(kinds)}
            raise ApiError(422, "no_such_position", words % facts, field=f"card.{where}")
        if kinds[position] not in (*PICTURES, *(("video",) if group else ())):
            words = _("This file is not a picture or film.") if group else _("This file is not a picture.")
            raise ApiError(422, "not_a_picture", words, field=f"card.{where}")
