"""The platform's approved messages as the picker shows them: to search, to fill in, to read beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from apps.connections.models import MessageTemplate
from apps.conversations.models import Conversation
from apps.platforms.templates import MOST, PLACE

SHOWN = 30
ACCEPTS = {"image": "image/*", "video": "video/*"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a template, or with `name` a place in them."""

    words: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One value to fill in."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search shows. `more` is how many it leaves out."""

    rows: list[MessageTemplate]
    more: int
    query: str
    any: bool  # whether the channel has any at all


@dataclass(frozen=True, slots=True)
class Form:
    """One template to fill in. `parts` are header, body and footer, as far as there are any."""

    template: MessageTemplate
    questions: list[Question]
    parts: list[tuple[str, list[Piece]]]
    file: str
    client_id: UUID
    most: int = MOST


def search(conversation: Conversation, words: str) -> Found:
    """What may be sent, the customer's language first, then by name."""
    rows = _usable(conversation)
    query = Q(name__icontains=words.replace(" ", "_")) | Q(name__icontains=words) | Q(body__icontains=words)
    language = conversation.locale.replace("_", "-").partition("-")[0]
    own = Case(
        When(language__istartswith=language or "-", then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = rows.filter(query) if words else rows
    shown = list(found.order_by(own, "name", "language")[:SHOWN])
    more = found.count() - len(shown) if len(shown) == SHOWN else 0
    return Found(shown, more, words, bool(shown) or rows.exists())


def form_of(conversation: Conversation, pk: UUID) -> Form | None:
    """None for a template that the channel does not have or that may not be sent."""
    template = _usable(conversation).filter(pk=pk).first()
    if template is None:
        return None
    return Form(
        template=template,
        questions=[Question(name, _label(template, name)) for name in template.parameters],
        parts=list(_parts(template)),
        file=ACCEPTS.get(template.header_media, "*/*") if template.header_media else "",
        client_id=uuid4(),
    )


def _usable(conversation: Conversation) -> QuerySet[MessageTemplate]:
    return MessageTemplate.objects.filter(channel=conversation.channel_id, usable=True).defer("raw")


def _label(template: MessageTemplate, name: str) -> str:
    place, _dot, rest = name.partition(".")
    if place == "header":
        return _("Heading: %(name)s") % {"name": rest}
    if place == "button":
        position = int(rest.partition(".")[0] or 0)
        button = template.buttons[position] if position < len(template.buttons) else rest
        return _("End of the button’s address: %(button)s") % {"button": button}
    return _("Value %(name)s") % {"name": name} if name.isdigit() else name.replace("_", " ")


def _parts(template: MessageTemplate) -> Iterator[tuple[str, list[Piece]]]:
    texts = (("header", template.header), ("body", template.body), ("footer", template.footer))
    for kind, text in texts:
        if text:
            yield kind, list(_pieces(text, "header." if kind == "header" else ""))


def _pieces(text: str, prefix: str) -> Iterator[Piece]:
    at = 0
    for place in PLACE.finditer(text):
        yield Piece(text[at : place.start()])
        yield Piece(place[0], prefix + place[1])
        at = place.end()
    yield Piece(text[at:])
