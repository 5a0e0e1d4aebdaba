"""Cards and what customers answered, ready for a template: as they went out, and with what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.console.contents import FileView, map_address
from apps.conversations.models import Message
from apps.platforms import cards, compose, registry

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
FIELD_NAMES = {
    "text": gettext_lazy("Short text"),
    "long_text": gettext_lazy("Long text"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone number"),
    "number": gettext_lazy("Number"),
    "date": gettext_lazy("Date"),
    "choice": gettext_lazy("One of several"),
    "choices": gettext_lazy("Some of several"),
}
Picture = Callable[[int | None], FileView | None]


@dataclass(frozen=True, slots=True)
class OptionView:
    title: str
    subtitle: str
    chosen: bool
    picture: FileView | None = None


@dataclass(frozen=True, slots=True)
class SectionView:
    """`several`: more than one may be chosen."""

    title: str
    options: list[OptionView]
    several: bool = False


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question of a form: `said` is the answer in words, "" without one; `hint` what it takes."""

    label: str
    said: str
    hint: str
    required: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """`sections` hold what can be chosen, times included; `link` is a button's words and address."""

    kind: str
    title: str
    subtitle: str = ""
    sections: tuple[SectionView, ...] = ()
    questions: tuple[QuestionView, ...] = ()
    link: tuple[str, str] = ("", "")
    button: str = ""
    phone: str = ""
    picture: FileView | None = None
    pictures: tuple[FileView, ...] = ()
    answered: bool = False
    as_text: bool = False

    @property
    def name(self) -> str:
        """What a card of this kind is called."""
        return str(CARD_NAMES[self.kind])

    @property
    def icon(self) -> str:
        return CARD_ICONS[self.kind]


def card_of(message: Message, files: Sequence[FileView] = ()) -> CardView | None:
    """The card of an outbound message with what the customer chose, its pictures from `files`; None without
    or when unreadable."""
    card = _card_in(message)
    if card is None:
        return None
    in_card = files_in_card(message) if files else frozenset()
    shown = {place: file for place, file in enumerate(files) if place in in_card}
    as_text = bool(message.content.get("card_as_text"))
    return view_of(card, _typed(message), as_text=as_text, shown=shown)


def files_in_card(message: Message) -> frozenset[int]:
    """Positions of the files that went out as part of the card, not by themselves."""
    card = _card_in(message)
    if card is None or message.content.get("card_as_text"):
        return frozenset()
    capabilities = registry.get(message.channel.platform).capabilities
    if card.kind not in capabilities.cards:
        return frozenset()
    return compose.files_in(card, capabilities, list(message.attachments.all()))


def answer_of(message: Message) -> str:
    """What an inbound message chose or filled in, in words; "" when it is no answer."""
    answer = _typed(message)
    if message.direction != "in" or answer is None:
        return ""
    card = _card_in(message.reply_to) if message.reply_to else None
    if answer.slot:
        time = when(answer.slot, card.timezone if isinstance(card, cards.TimeSlots) else "UTC")
        return (
            _("%(time)s (over when it was chosen)") % {"time": time}
            if _was_over(message, answer.slot)
            else time
        )
    if answer.values and isinstance(card, cards.Form):
        return "\n".join(f"{label}: {said}" for label, said in filled_of(message))
    return cards.answer_text(answer, card)


def filled_of(message: Message) -> list[tuple[str, str]]:
    """What an inbound message filled a form with, question by question; [] when it is no such answer."""
    answer = _typed(message) if message.direction == "in" else None
    card = _card_in(message.reply_to) if answer and message.reply_to else None
    if answer is None or not isinstance(card, cards.Form):
        return []
    asked = [(each.label, _said(card, each, answer)) for each in card.fields]
    return [(label, said) for label, said in asked if said]


def view_of(
    card: cards.Card,
    answer: cards.CardAnswer | None = None,
    *,
    as_text: bool = False,
    shown: dict[int, FileView] | None = None,
) -> CardView:
    """The card as pages show it, with what was chosen or filled in; `shown` are its files by position."""
    title, answered, files = cards.heading(card), answer is not None, shown or {}
    chosen = {option.id for option in answer.selected} if answer else set()

    def picture(place: int | None) -> FileView | None:
        file = files.get(place) if place is not None else None
        return file if file and file.preview else None

    shell = partial(CardView, card.kind, title, answered=answered, as_text=as_text)
    match card:
        case cards.QuickReplies():
            only = cards.Section(title="", options=card.options)
            return shell(sections=(_choices(only, chosen, picture),))
        case cards.ListPicker():
            sections = tuple(_choices(each, chosen, picture) for each in card.sections)
            return shell(subtitle=card.subtitle, sections=sections, picture=picture(card.image))
        case cards.TimeSlots():
            return shell(subtitle=card.place, sections=(_times(card, answer),))
        case cards.Form():
            return shell(questions=_questions(card, answer), button=card.submit)
        case cards.Link():
            return shell(link=(card.button, card.url), picture=picture(card.image))
        case cards.Location():
            return _location(shell, card, title)
        case cards.LocationRequest():
            return shell(subtitle=cards.answer_text(answer) if answer else "")
        case cards.ContactCard():
            return shell(phone=card.phone)
        case cards.MediaGroup():
            return shell(pictures=tuple(files.values()))


def when(slot: cards.Slot, zone: str) -> str:
    """The time in `zone`, in the active language: "Thu 1 July 2027, 09:00–09:30"."""
    start = slot.start.astimezone(ZoneInfo(zone))
    end = start + timedelta(minutes=slot.minutes)
    return f"{date_format(start, 'D j N Y')}, {start:%H:%M}–{end:%H:%M}"


def _was_over(message: Message, slot: cards.Slot) -> bool:
    return slot.start <= message.said_at


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


def _choices(section: cards.Section, chosen: set[str], picture: Picture) -> SectionView:
    views = [OptionView(o.title, o.subtitle, o.id in chosen, picture(o.image)) for o in section.options]
    return SectionView(section.title, views, section.multiple)


def _times(card: cards.TimeSlots, answer: cards.CardAnswer | None) -> SectionView:
    taken = answer.slot.id if answer and answer.slot else ""
    times = [OptionView(when(slot, card.timezone), "", slot.id == taken) for slot in card.slots]
    return SectionView(card.timezone, times)


def _questions(card: cards.Form, answer: cards.CardAnswer | None) -> tuple[QuestionView, ...]:
    return tuple(
        QuestionView(
            field.label,
            _said(card, field, answer) if answer else "",
            " / ".join(option.title for option in field.options) or str(FIELD_NAMES[field.type]),
            field.required,
        )
        for field in card.fields
    )


def _said(card: cards.Form, field: cards.Field, answer: cards.CardAnswer) -> str:
    said = cards.filled_in(card, field.id, answer)
    if field.type != "date":
        return said
    try:
        return date_format(date.fromisoformat(said), "j F Y")
    except ValueError:  # other platforms may spell it otherwise
        return said


def _location(shell: Callable[..., CardView], card: cards.Location, title: str) -> CardView:
    place = f"{card.latitude:.5f}, {card.longitude:.5f}"
    subtitle = "\n".join(words for words in (card.address, place) if words and words != title)
    return shell(subtitle=subtitle, link=(_("Map"), map_address(card.latitude, card.longitude)))
