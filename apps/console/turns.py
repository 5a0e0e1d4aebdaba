"""Messages and notes ready for a template, the same on load and on push, the same for everyone who looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.console.card_views import CardView, answer_of, card_of, files_in_card, filled_of
from apps.console.contents import FileView, PlaceView, files_of, place_of
from apps.console.customers import Customer, customer_of, language_of
from apps.console.linkify import linkify
from apps.console.times import clock
from apps.console.told import Told, told_of
from apps.console.wording import StatusLine, status_lines, way_line
from apps.conversations.models import AuthorKind, Direction, Message, Note

QUOTE = 120  # characters


@dataclass(frozen=True, slots=True)
class Turn:
    """`author` tells neighbours by the same person apart from others; `speaker` is their name. `files` are
    those beside the card; `filled` is what a form was filled with, as pairs of question and answer; `told`
    are facts that came with it."""

    message: Message
    customer: Customer
    speaker: str
    author: str
    automatic: bool
    language: str
    body: SafeString
    quote: str
    files: list[FileView]
    card: CardView | None
    answer: str
    filled: list[tuple[str, str]]
    told: list[Told]
    place: PlaceView | None
    person: dict[str, str]
    reaction: str
    statuses: list[StatusLine]

    @property
    def at(self) -> SafeString:
        return clock(self.message.said_at)

    @property
    def said(self) -> bool:
        """Whether a bubble has words to hold: platforms repeat a chosen answer as text."""
        text = self.message.text
        return text != self.answer if text else bool(self.quote and not self.answer)

    @property
    def template(self) -> dict[str, Any]:
        """Of the platform's approved message that this is, its name, language and buttons; else empty."""
        return self.message.content.get("template") or {}

    @property
    def inbound(self) -> bool:
        return self.message.direction == Direction.IN

    @property
    def look(self) -> str:
        """The bubble's state: "is-failed", "is-unknown", "is-queued" or ""."""
        tones = {line.tone for line in self.statuses} | {line.icon for line in self.statuses}
        if "bad" in tones:
            return "is-failed"
        if "warn" in tones:
            return "is-unknown"
        return "is-queued" if tones & {"queued", "arrow"} else ""


@dataclass(frozen=True, slots=True)
class NoteSlip:
    note: Note
    body: SafeString

    @property
    def at(self) -> SafeString:
        return clock(self.note.created_at)


def messages_with_everything() -> QuerySet[Message]:
    """What `turn_of` needs: four queries for any number of messages, three without a reply among them."""
    return messages_with_parts().select_related("conversation__contact", "channel")


def messages_with_parts() -> QuerySet[Message]:
    """The same but for the conversation and its channel, which who reads one conversation has already."""
    return Message.objects.prefetch_related("attachments", "deliveries", "reply_to")


def turns_by_id(ids: Iterable[UUID], slug: str) -> dict[UUID, Turn]:
    wanted = set(ids)
    if not wanted:
        return {}
    return {row.pk: turn_of(row, slug) for row in messages_with_everything().filter(pk__in=wanted)}


def notes_by_id(ids: Iterable[UUID]) -> dict[UUID, NoteSlip]:
    wanted = set(ids)
    if not wanted:
        return {}
    return {row.pk: slip_of(row) for row in Note.objects.filter(pk__in=wanted)}


def turn_of(message: Message, slug: str) -> Turn:
    customer = customer_of(message.conversation.contact)
    files = [] if message.withdrawn_at else files_of(message, slug)
    in_card = files_in_card(message) if files else frozenset()
    inbound = message.direction == Direction.IN
    return Turn(
        message=message,
        customer=customer,
        speaker=customer.label if inbound else _speaker(message),
        author="contact" if inbound else str(message.author_id or message.author_kind),
        automatic=message.author_kind in (AuthorKind.BOT, AuthorKind.SYSTEM, AuthorKind.PROGRAM),
        language=language_of(message.conversation.locale),
        body=linkify(message.text),
        quote=_quote(message.reply_to),
        files=[file for place, file in enumerate(files) if place not in in_card],
        card=card_of(message, files),
        answer=answer_of(message),
        filled=filled_of(message),
        told=[] if message.withdrawn_at else told_of(message),
        place=place_of(message),
        person=message.content.get("person") or {},
        reaction=str(message.content.get("reaction") or ""),
        statuses=way_line(message, ()) if inbound else _statuses(message, files),
    )


def slip_of(note: Note) -> NoteSlip:
    return NoteSlip(note, linkify(note.text))


def _statuses(message: Message, files: list[FileView]) -> list[StatusLine]:
    names = [file.name for file in files]
    deliveries = list(message.deliveries.all())
    lines = status_lines(deliveries, message.channel, files=names)
    return [*lines, *way_line(message, deliveries)]


def _speaker(message: Message) -> str:
    words = {
        AuthorKind.BOT: _("Bot"),
        AuthorKind.PROGRAM: _("A program"),
        AuthorKind.SYSTEM: _("Sent automatically"),
        AuthorKind.OUTSIDE: _("Answered elsewhere"),
    }
    return message.author_name or words.get(AuthorKind(message.author_kind), _("A former colleague"))


def _quote(replied: Message | None) -> str:
    if replied is None:
        return ""
    if replied.withdrawn_at:
        return _("Message taken back")
    card = card_of(replied)
    words = replied.text or answer_of(replied) or (card.title if card else _("A message without text"))
    return words[:QUOTE] + ("…" if len(words) > QUOTE else "")
