"""Tapbacks: Apple sends them as text in the customer's language, `Liked “See you”`.

Only a text that is nothing but such a sentence is one; wordings that we do not know stay messages, so
that nothing is lost. A tapback with a sticker stays one too: it has no emoji that could stand for it.
"""

from __future__ import annotations

from dataclasses import dataclass

LIKE, LOVE, DISLIKE, LAUGH, EMPHASIS, QUESTION = "👍", "❤️", "👎", "😂", "‼️", "❓"

VERBS = {
    "Liked ": LIKE,
    "Loved ": LOVE,
    "Disliked ": DISLIKE,
    "Laughed at ": LAUGH,
    "Emphasized ": EMPHASIS,
    "Emphasised ": EMPHASIS,
    "Questioned ": QUESTION,
    "A aimé ": LIKE,
    "A adoré ": LOVE,
    "N'a pas aimé ": DISLIKE,
    "A ri de ": LAUGH,
    "A ri à ": LAUGH,
    "A mis en évidence ": EMPHASIS,
    "A souligné ": EMPHASIS,
    "A insisté sur ": EMPHASIS,
    "A posé une question sur ": QUESTION,
    "S'est interrogé sur ": QUESTION,
    "S'est interrogé(e) sur ": QUESTION,
}
WITH_EMOJI = (("Reacted ", " to "), ("A réagi avec ", " à "), ("A réagi par ", " à "))
REMOVALS = (("Removed ", " from "), ("A retiré ", " de "), ("A supprimé ", " de "))
REMOVED = frozenset(
    (
        "a like",
        "a heart",
        "a dislike",
        "a laugh",
        "an exclamation",
        "a question mark",
        "un j'aime",
        "un cœur",
        "un je n'aime pas",
        "un rire",
        "un point d'exclamation",
        "un point d'interrogation",
    )
)
THINGS = frozenset(
    (
        "an image",
        "a photo",
        "a movie",
        "a video",
        "an attachment",
        "an audio message",
        "1 Business Message",
        "une image",
        "une photo",
        "une vidéo",
        "une pièce jointe",
        "un message audio",
    )
)
QUOTES = {"“": "”", '"': '"', "«": "»", "„": "“", "‘": "’", "'": "'"}
LONGEST_EMOJI = 16


@dataclass(frozen=True, slots=True)
class Tapback:
    """`emoji` is "" for one that was taken away. `quoted` is the message's text, or the words for one
    without text ("an image")."""

    emoji: str
    quoted: str


def read(text: str) -> Tapback | None:
    """The tapback that a text stands for, None when it is a message like any other."""
    plain = text.strip()
    return _by_verb(plain) or _by_emoji(plain) or _removal(plain)


def _by_verb(text: str) -> Tapback | None:
    for verb, emoji in VERBS.items():
        if text.replace("’", "'", 1).startswith(verb):
            quoted = _quoted(text[len(verb) :])
            return Tapback(emoji, quoted) if quoted else None
    return None


def _by_emoji(text: str) -> Tapback | None:
    found = _between(text, WITH_EMOJI)
    return Tapback(*found) if found and _is_emoji(found[0]) else None


def _removal(text: str) -> Tapback | None:
    found = _between(text, REMOVALS)
    if found and (_is_emoji(found[0]) or found[0].replace("’", "'").lower() in REMOVED):
        return Tapback("", found[1])
    return None


def _between(text: str, frames: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    for start, middle in frames:
        if text.startswith(start) and middle in text:
            what, _, rest = text[len(start) :].partition(middle)
            quoted = _quoted(rest)
            return (what, quoted) if quoted else None
    return None


def _quoted(rest: str) -> str:
    if rest in THINGS:
        return rest
    if len(rest) > 2 and QUOTES.get(rest[0]) == rest[-1]:
        return rest[1:-1].strip()
    return ""


def _is_emoji(text: str) -> bool:
    if not 0 < len(text) <= LONGEST_EMOJI or text.isascii():
        return False
    return not any(letter.isalpha() or letter.isspace() for letter in text)
