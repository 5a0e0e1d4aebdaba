"""What a platform takes of each kind of card, as data, and what can be wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.platforms.file_limits import Shown


class Unit(StrEnum):
    CHARACTERS = "characters"  # code points
    UTF16 = "utf16"  # what JavaScript and Java call a character
    BYTES = "bytes"  # of UTF-8


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLimits:
    """Limits of one kind of card on one platform. 0: the platform names no limit.

    `fewest` and `most` count choices in all: options, times, fields, files. `title` is the card's heading or
    prompt, `subtitle` its second line, `choice` an option's title (a button's, a field's label), `detail` an
    option's second line or the title of a form's choice, `id` an option's id in bytes, `url` a link's address
    in characters. `device` is the capability that the customer's device must have named. `images` are shown
    in the card, where they are files of `pictures` (() any picture); with `images_perhaps` by some devices,
    and left out by the others.
    """

    fewest: int = 1
    most: int = 10
    sections: int = 1
    title: int = 0
    subtitle: int = 0
    section_title: int = 0
    choice: int = 0
    detail: int = 0
    id: int = 0
    url: int = 2000
    images: bool = False
    images_perhaps: bool = False
    pictures: tuple[Shown, ...] = ()
    multiple: bool = False
    unit: Unit = Unit.CHARACTERS
    device: str = ""


class Limit(StrEnum):
    """What can be wrong with a card on a platform."""

    NOT_SHOWN = "not_shown"  # the platform has no such card
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    SECTIONS = "sections"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    REPEATED_ID = "repeated_id"
    MULTIPLE = "multiple"
    IMAGES = "images"
    IMAGES_PERHAPS = "images_perhaps"  # not every device of this platform shows them
    DEVICE = "device"
    ADDRESS = "address"  # a link that no browser opens
    PHONE = "phone"  # a number that no phone dials
    FILE_TYPE = "file_type"  # of a file by itself or of a picture in a card
    FILE_SIZE = "file_size"
    PAST = "past"  # a time that is over
    NO_CHOICES = "no_choices"  # a question to choose from, without anything to choose
    WHOLE = "whole"  # no one field: all words together, or what only the adapter knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One limit that a card breaks. `where` is a path such as "sections.0.options.3.title", `is_now` and
    `limit` the numbers, counted in `unit` (of files in bytes). One that `blocks` makes the card go as text; a
    picture that is not shown only goes by itself, and one that perhaps is not shown is perhaps not seen. Of a
    file: `types` are those that would do, `becomes` what it goes as ("file", "link", "beside" a card); "" it
    cannot be sent."""

    limit_kind: Limit
    where: str = ""
    is_now: int = 0
    limit: int = 0
    unit: Unit = Unit.CHARACTERS
    blocks: bool = True
    types: tuple[str, ...] = ()
    becomes: str = ""


def length(text: str, unit: Unit) -> int:
    """How long `text` is in the platform's own way of counting."""
    if unit is Unit.BYTES:
        return len(text.encode("utf-8", "surrogatepass"))
    if unit is Unit.UTF16:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text)
