"""What a message holds besides text, ready for a template: files, cards and answers, places, people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
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
    "location_request": gettext_lazy("Location request"),
    "location": gettext_lazy("Location"),
    "contact": gettext_lazy("Contact card"),
    "media_group": gettext_lazy("Pictures"),
}
CARD_ICONS = {
    "quick_replies": "bolt",
    "list_picker": "list",
    "time_slots": "calendar",
    "form": "note",
    "link": "link",
    "location_request": "pin",
    "location": "pin",
    "contact": "user",
    "media_group": "image",
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
    """`sections` hold what can be chosen, times and questions included; `link` is a button's words and
    address."""

    kind: str
    title: str
    subtitle: str = ""
    sections: tuple[SectionView, ...] = ()
    link: tuple[str, str] = ("", "")
    answered: bool = False
    as_text: bool = False

    @property
    def name(self) -> str:
        """What a card of this kind is called."""
        return str(CARD_NAMES[self.kind])

    @property
    def icon(self) -> str:
        return CARD_ICONS[self.kind]


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
    card = _card_in(message)
    if card is None:
        return None
    return view_of(card, _typed(message), as_text=bool(message.content.get("card_as_text")))


def answer_of(message: Message) -> str:
    """What an inbound message chose or filled in, in words; "" when it is no answer."""
    answer = _typed(message)
    if message.direction != "in" or answer is None:
        return ""
    card = _card_in(message.reply_to) if message.reply_to else None
    if answer.slot:
        return cards.slot_text(answer.slot, card.timezone if isinstance(card, cards.TimeSlots) else "UTC")
    if answer.values and isinstance(card, cards.Form):
        asked = [(field.label, _filled_in(card, field.id, answer)) for field in card.fields]
        return "\n".join(f"{label}: {said}" for label, said in asked if said)
    return cards.answer_text(answer)


def view_of(card: cards.Card, answer: cards.CardAnswer | None = None, *, as_text: bool = False) -> CardView:
    """The card as pages show it, with what was chosen or filled in."""
    title, answered = cards.heading(card), answer is not None
    chosen = {option.id for option in answer.selected} if answer else set()
    shell = partial(CardView, card.kind, title, answered=answered, as_text=as_text)
    match card:
        case cards.QuickReplies():
            return shell(sections=(_choices("", card.options, chosen),))
        case cards.ListPicker():
            sections = tuple(_choices(each.title, each.options, chosen) for each in card.sections)
            return shell(subtitle=card.subtitle, sections=sections)
        case cards.TimeSlots():
            return shell(subtitle=card.place, sections=(_times(card, answer),))
        case cards.Form():
            return shell(sections=(_questions(card, answer),))
        case cards.Link():
            return shell(link=(card.button, card.url))
        case cards.Location():
            place = f"{card.latitude:.5f}, {card.longitude:.5f}"
            subtitle = "\n".join(words for words in (card.address, place) if words and words != title)
            return shell(subtitle=subtitle, link=(_("Map"), _map(card.latitude, card.longitude)))
        case cards.ContactCard():
            return shell(subtitle=card.phone)
        case _:
            return shell()


def place_of(message: Message) -> PlaceView | None:
    place = message.content.get("place")
    if not place:
        return None
    latitude, longitude = float(place["latitude"]), float(place["longitude"])
    return PlaceView(
        title=str(place.get("title") or _("Location")),
        address=str(place.get("address") or ""),
        coordinates=f"{latitude:.5f}, {longitude:.5f}",
        map=_map(latitude, longitude),
    )


def _typed(message: Message) -> cards.CardAnswer | None:
    stored = message.content.get("answer")
    try:
        return cards.answer_from_json(stored) if stored else None
    except (KeyError, TypeError, ValueError):
        return None


def _card_in(message: Message) -> cards.Card | None:
    stored = message.content.get("card")
    try:
        return cards.from_json(stored) if stored else None
    except cards.BadCard:
        return None


def _choices(title: str, options: Iterable[cards.Option], chosen: set[str]) -> SectionView:
    return SectionView(title, [OptionView(o.title, o.subtitle, o.id in chosen) for o in options])


def _times(card: cards.TimeSlots, answer: cards.CardAnswer | None) -> SectionView:
    taken = answer.slot.id if answer and answer.slot else ""
    times = [OptionView(cards.slot_text(slot, card.timezone), "", slot.id == taken) for slot in card.slots]
    return SectionView(card.timezone, times)


def _questions(card: cards.Form, answer: cards.CardAnswer | None) -> SectionView:
    said = {field.id: _filled_in(card, field.id, answer) for field in card.fields}
    return SectionView("", [OptionView(f.label, said[f.id], bool(said[f.id])) for f in card.fields])


def _filled_in(card: cards.Form, name: str, answer: cards.CardAnswer | None) -> str:
    """What a field was filled with; chosen options by their titles."""
    values = answer.values.get(name, ()) if answer else ()
    titles = {
        option.id: option.title for field in card.fields if field.id == name for option in field.options
    }
    return ", ".join(titles.get(value, value) for value in values)


def _map(latitude: float, longitude: float) -> str:
    query = urlencode({"mlat": f"{latitude:.6f}", "mlon": f"{longitude:.6f}"})
    return f"https://www.openstreetmap.org/?{query}"


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
        "audio": _("Audio file"),
        "video": _("Video"),
    }
