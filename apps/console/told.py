"""The facts that came with a message and that people read beside it: what led here, the lines of an order,
the subject of a mail; what a mail quotes is folded."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.console.linkify import linkify
from apps.conversations.models import Message

FOLDED = 160  # characters, or a line's end: longer words are opened by who wants them


@dataclass(frozen=True, slots=True)
class Told:
    """`label` names the fact; a network's own names stay as they are."""

    label: str
    words: SafeString
    is_long: bool


def told_of(message: Message) -> list[Told]:
    pairs = [pair for pair in message.content.get("details") or () if len(pair) == 2]
    known = _words() if pairs else {}
    return [
        Told(known.get(label, label), linkify(known.get(words, words)), len(words) > FOLDED or "\n" in words)
        for label, words in pairs
    ]


def _words() -> dict[str, str]:
    """What our adapters say, in the active language."""
    return {
        "Subject": _("Subject"),
        "Quoted text": _("Quoted text"),
        "Advertisement": _("Advertisement"),
        "Advertisement text": _("Advertisement text"),
        "Advertisement link": _("Advertisement link"),
        "Click ID": _("Click ID"),
        "Product": _("Product"),
        "Catalogue": _("Catalogue"),
        "Forwarded": _("Forwarded"),
        "many times": _("many times"),
        "Story": _("Story"),
        "mentions you": _("mentions you"),
        "Reply to your story": _("Reply to your story"),
        "Comment on your post": _("Comment on your post"),
    }
