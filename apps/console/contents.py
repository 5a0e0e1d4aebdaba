"""What a message holds besides text, ready for a template: files, cards and answers, places, people."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.conversations.models import Attachment, AttachmentState, Message
from apps.platforms import cards

CARD_NAMES = {
    "quick_replies": gettext_lazy("Quick replies"),
    "list_picker": gettext_lazy("List picker"),
    "time_slots": gettext_lazy("Times to choose"),
    "form": gettext_lazy("Form"),
    "link": gettext_lazy("Link"),
    "location_request": gettext_lazy("Question about the place"),
    "location": gettext_lazy("Place"),
    "contact": gettext_lazy("Contact card"),
    "media_group": gettext_lazy("Pictures"),
}


@dataclass(frozen=True, slots=True)
class FileView:
    """One file. `state` as AttachmentState; `show` is how: picture, voice, video or file."""

    name: str
    show: str
    state: str
    size: str
    error: str
    url: str
    preview: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OptionView:
    title: str
    subtitle: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    title: str
    options: list[OptionView]


@dataclass(frozen=True, slots=True)
class CardView:
    kind: str
    title: str
    subtitle: str
    sections: list[SectionView]
    answered: bool
    as_text: bool

    @property
    def name(self) -> str:
        """What a card of this kind is called."""
        return str(CARD_NAMES[self.kind])


@dataclass(frozen=True, slots=True)
class PlaceView:
    title: str
    address: str
    coordinates: str
    map: str


def files_of(message: Message, slug: str) -> list[FileView]:
    """Needs `message.attachments` prefetched."""
    return [file_view(attachment, message.conversation_id, slug) for attachment in message.attachments.all()]


def file_view(attachment: Attachment, conversation_id: UUID, slug: str) -> FileView:
    url = reverse("console:file", args=[slug, conversation_id, attachment.pk])
    return FileView(
        name=attachment.name or kind_words().get(attachment.kind, _("File")),
        show=_shown_as(attachment),
        state=attachment.state,
        size=filesizeformat(attachment.size) if attachment.size else "",
        error=attachment.error,
        url=url,
        preview=f"{url}?preview=1" if attachment.preview else "",
        width=attachment.width,
        height=attachment.height,
    )


def card_of(message: Message) -> CardView | None:
    """The card of an outbound message with what the customer chose; None without or when unreadable."""
    stored = message.content.get("card")
    if not stored:
        return None
    try:
        card = cards.from_json(stored)
    except cards.BadCard:
        return None
    answer = message.content.get("answer") or {}
    chosen = {str(option.get("id")) for option in answer.get("selected", [])}
    return _card_view(card, chosen, as_text=bool(message.content.get("card_as_text")))


def answer_of(message: Message) -> str:
    """What an inbound message chose, in words; "" when it is no answer."""
    answer = message.content.get("answer") or {}
    if message.direction != "in":
        return ""
    return ", ".join(str(option.get("title") or option.get("id")) for option in answer.get("selected", []))


def place_of(message: Message) -> PlaceView | None:
    place = message.content.get("place")
    if not place:
        return None
    latitude, longitude = float(place["latitude"]), float(place["longitude"])
    query = urlencode({"mlat": f"{latitude:.6f}", "mlon": f"{longitude:.6f}"})
    return PlaceView(
        title=str(place.get("title") or _("Place")),
        address=str(place.get("address") or ""),
        coordinates=f"{latitude:.5f}, {longitude:.5f}",
        map=f"https://www.openstreetmap.org/?{query}",
    )


def _card_view(card: cards.Card, chosen: set[str], *, as_text: bool) -> CardView:
    title, subtitle, sections = cards.heading(card), "", []
    if isinstance(card, cards.QuickReplies):
        sections = [cards.Section(title="", options=card.options)]
    elif isinstance(card, cards.ListPicker):
        subtitle, sections = card.subtitle, list(card.sections)
    else:
        subtitle = cards.fallback_text(card).removeprefix(title).strip()
    views = [
        SectionView(section.title, [OptionView(o.title, o.subtitle, o.id in chosen) for o in section.options])
        for section in sections
    ]
    return CardView(card.kind, title, subtitle, views, bool(chosen), as_text)


def _shown_as(attachment: Attachment) -> str:
    """A picture without a safe preview, like a sound that browsers do not play, is a file to download."""
    if attachment.state != AttachmentState.STORED:
        return "file"
    if attachment.kind in ("image", "sticker") and attachment.preview:
        return attachment.kind
    if attachment.kind in ("voice", "audio", "video"):
        return "voice" if attachment.kind == "audio" else attachment.kind
    return "file"


def kind_words() -> dict[str, str]:
    """What a file is called when it has no name, in the active language."""
    return {
        "image": _("Picture"),
        "sticker": _("Sticker"),
        "voice": _("Voice note"),
        "audio": _("Sound"),
        "video": _("Film"),
    }
