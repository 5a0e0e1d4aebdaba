"""A card's words for platforms that show its options as short buttons under one message."""

from __future__ import annotations

from apps.platforms.cards import Card, ListPicker, Option, QuickReplies, TimeSlots

CHOOSE = {
    "fr": "Choisir",
    "de": "Auswählen",
    "es": "Elegir",
    "it": "Scegli",
    "pt": "Escolher",
    "ar": "اختر",
}
SEND_PLACE = {
    "fr": "Envoyer ma position",
    "de": "Standort senden",
    "es": "Enviar mi ubicación",
    "it": "Invia posizione",
    "pt": "Enviar localização",
    "ar": "إرسال موقعي",
    "ja": "位置情報を送る",
    "th": "ส่งตำแหน่ง",
}


def choose(locale: str) -> str:
    """What stands on a list before it is opened, in the customer's language."""
    return CHOOSE.get(locale.split("-")[0].lower(), "Choose")


def send_place(locale: str) -> str:
    """What stands on the button that tells us where the customer is; at most 20 characters on LINE."""
    return SEND_PLACE.get(locale.split("-")[0].lower(), "Send my location")


def prompt(card: Card) -> str:
    """The message above the buttons, with everything that a button has no room for; "" for cards without."""
    match card:
        case QuickReplies():
            lines = [card.prompt, *subtitles(card.options)]
        case ListPicker():
            lines = [card.title, card.subtitle]
            for section in card.sections:
                lines += [section.title, *subtitles(section.options)]
        case TimeSlots():
            lines = [card.title, card.place]
        case _:
            lines = []
    return "\n".join(line for line in lines if line)


def subtitles(choices: tuple[Option, ...]) -> list[str]:
    return [f"• {option.title}: {option.subtitle}" for option in choices if option.subtitle]
