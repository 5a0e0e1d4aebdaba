"""The platform's approved messages as the picker shows them: to search, to fill in, to read beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from apps.connections.models import MessageTemplate
from apps.connections.templates import why_not
from apps.conversations.models import Conversation
from apps.platforms.templates import HEADER_PLACE, MARKETING, MOST, PLACE

SHOWN = 30
ACCEPTS = {"image": "image/*", "video": "video/*"}
DEGREES_LIKE = {f"{HEADER_PLACE}latitude": "48.8584", f"{HEADER_PLACE}longitude": "2.2945"}
PLACE_WORDS = {
    "title": gettext_lazy("Place: name"),
    "address": gettext_lazy("Place: address"),
    "latitude": gettext_lazy("Place: latitude"),
    "longitude": gettext_lazy("Place: longitude"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a template, or with `name` a place in them."""

    words: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One value to fill in; `example` is of a number."""

    name: str
    label: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class FileAsked:
    """One file to attach; `accept` is as of <input type=file>."""

    label: str
    accept: str


@dataclass(frozen=True, slots=True)
class SlideView:
    """One of the pictures side by side."""

    pieces: list[Piece]
    buttons: list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search shows. `more` is how many it leaves out. `beyond` are approved and cannot be sent from
    here, each with the reason."""

    rows: list[MessageTemplate]
    beyond: list[tuple[MessageTemplate, str]]
    more: int
    query: str
    any: bool  # whether the channel has any at all


@dataclass(frozen=True, slots=True)
class Form:
    """One template to fill in. `parts` are header, body and footer, as far as there are any; `files` what to
    attach, in order."""

    template: MessageTemplate
    questions: list[Question]
    parts: list[tuple[str, list[Piece]]]
    slides: list[SlideView]
    files: list[FileAsked]
    client_id: UUID
    most: int = MOST


def search(conversation: Conversation, words: str, *, no_marketing: str = "") -> Found:
    """What may be sent, the customer's language first, then by name. `no_marketing` says why what the
    platform counts as marketing is not among it."""
    known = _rows(conversation)
    query = Q(name__icontains=words.replace(" ", "_")) | Q(name__icontains=words) | Q(body__icontains=words)
    language = conversation.locale.replace("_", "-").partition("-")[0]
    own = Case(
        When(language__istartswith=language or "-", then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    wanted = (known.filter(query) if words else known).order_by(own, "name", "language")
    found = wanted.filter(_sendable(no_marketing))
    shown = list(found[:SHOWN])
    more = found.count() - len(shown) if len(shown) == SHOWN else 0
    others = wanted.filter(Q(usable=True) | ~Q(unsendable="")).exclude(_sendable(no_marketing))[:SHOWN]
    beyond = [(row, why_not(row.unsendable) if row.unsendable else no_marketing) for row in others]
    return Found(shown, beyond, more, words, bool(shown or beyond) or known.filter(usable=True).exists())


def form_of(conversation: Conversation, pk: UUID, *, no_marketing: str = "") -> Form | None:
    """None for a template that the channel does not have or that may not be sent."""
    template = _rows(conversation).filter(_sendable(no_marketing), pk=pk).first()
    if template is None:
        return None
    return Form(
        template=template,
        questions=[
            Question(name, _label(template, name), DEGREES_LIKE.get(name, "")) for name in template.parameters
        ],
        parts=list(_parts(template)),
        slides=list(_slides(template)),
        files=list(_files(template)),
        client_id=uuid4(),
    )


def _rows(conversation: Conversation) -> QuerySet[MessageTemplate]:
    return MessageTemplate.objects.filter(channel=conversation.channel_id).defer("raw")


def _sendable(no_marketing: str) -> Q:
    return Q(usable=True) & ~Q(category__iexact=MARKETING) if no_marketing else Q(usable=True)


def _label(template: MessageTemplate, name: str) -> str:
    place, _dot, rest = name.partition(".")
    if name.startswith(HEADER_PLACE):
        return str(PLACE_WORDS[name.removeprefix(HEADER_PLACE)])
    if place == "header":
        return _("Heading: %(name)s") % {"name": rest}
    if place == "slide":
        number, _dot, inner = rest.partition(".")
        buttons = template.slides[int(number)]["buttons"]
        facts = {"number": int(number) + 1, "name": _value(inner, buttons)}
        return _("Picture %(number)d: %(name)s") % facts
    return _value(name, template.buttons)


def _value(name: str, buttons: Sequence[str]) -> str:
    """A value of the body or of one of `buttons`."""
    place, _dot, rest = name.partition(".")
    if place != "button":
        return _("Value %(name)s") % {"name": name} if name.isdigit() else name.replace("_", " ")
    number, _dot, kind = rest.partition(".")
    button = {"button": buttons[int(number)] if int(number) < len(buttons) else number}
    if kind == "code":
        return _("Code to copy: %(button)s") % button
    return _("End of the button’s address: %(button)s") % button


def _files(template: MessageTemplate) -> Iterator[FileAsked]:
    if template.header_media:
        yield FileAsked(_("File above the text"), ACCEPTS.get(template.header_media, "*/*"))
    for number, slide in enumerate(template.slides, 1):
        if kind := slide["header_media"]:
            yield FileAsked(_("Picture %(number)d") % {"number": number}, ACCEPTS.get(kind, "*/*"))


def _parts(template: MessageTemplate) -> Iterator[tuple[str, list[Piece]]]:
    if f"{HEADER_PLACE}title" in template.parameters:
        title, address = f"{HEADER_PLACE}title", f"{HEADER_PLACE}address"
        yield "place", [Piece(_("Name"), title), Piece(", "), Piece(pgettext("street", "Address"), address)]
    texts = (("header", template.header), ("body", template.body), ("footer", template.footer))
    for kind, text in texts:
        if text:
            yield kind, list(_pieces(text, "header." if kind == "header" else ""))


def _slides(template: MessageTemplate) -> Iterator[SlideView]:
    for number, slide in enumerate(template.slides):
        yield SlideView(list(_pieces(slide["body"], f"slide.{number}.")), list(slide["buttons"]))


def _pieces(text: str, prefix: str) -> Iterator[Piece]:
    at = 0
    for place in PLACE.finditer(text):
        yield Piece(text[at : place.start()])
        yield Piece(place[0], prefix + place[1])
        at = place.end()
    yield Piece(text[at:])
