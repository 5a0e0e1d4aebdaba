"""What is sent: what an author says, approved templates, and the parts into which a platform cuts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from apps.platforms import cards
from apps.platforms.cards import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A file on our disk that is to be sent. `kind` as in MediaKind, `size` in bytes. `url` is a public link
    that lives for some hours, for platforms that fetch (`Capabilities.fetches_media`); "" otherwise.
    `preview_url` is a small JPEG of it, of a film a neutral one, "" when there is none. `seconds` is how long
    it plays, 0 unknown."""

    name: str
    mime: str
    kind: str
    size: int
    path: Path
    url: str = ""
    preview_url: str = ""
    seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """One picture of a template that shows several side by side, with its own words and buttons."""

    header_media: str = ""
    body: str = ""
    buttons: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message that the platform approved beforehand. `body` and `header` carry their placeholders as the
    platform writes them ({{1}}, {{name}}); `parameters` names them in order: "1" or "name" for the body,
    "header.1" for the header, "button.0" for what completes the address of the button at that position and
    "button.0.code" its code, "header.place.latitude", "….longitude", "….title" and "….address" for a header
    that is a place, "slide.0." before those of a slide. `state` is the platform's own word; only `usable`
    ones may be sent. `unsendable` says why one that the platform has approved is not: "products", "order",
    "flow", "code", "offer" or "unknown". `raw` is what the platform said, verbatim.
    """

    ref: str
    name: str
    language: str
    category: str = ""
    state: str = ""
    usable: bool = False
    header: str = ""
    header_media: str = ""  # a MediaKind when the header is a file
    body: str = ""
    footer: str = ""
    buttons: Sequence[str] = ()
    parameters: Sequence[str] = ()
    slides: Sequence[Slide] = ()
    unsendable: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """A template filled in. `values` by parameter name; `text` is what the customer will read. `media` is
    the position of the header's file, `slides` those of the slides' files in their order."""

    name: str
    language: str
    values: Mapping[str, str]
    text: str
    media: int | None = None
    slides: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One platform message of a Message: text, a file by its position, a card, a link, or a template.

    JSON-serialisable through `part_to_json`; exactly what one Delivery sends.
    """

    kind: str  # "text" | "media" | "card" | "link" | "template"
    text: str = ""
    media: int | None = None
    card: Card | None = None
    template: TemplateUse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an author wants to say, before a platform has cut it into parts."""

    text: str = ""
    media: Sequence[MediaFile] = ()
    card: Card | None = None


def part_to_json(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "text": part.text,
        "media": part.media,
        "card": cards.to_json(part.card) if part.card else None,
        "template": asdict(part.template) if part.template else None,
    }


def part_from_json(data: dict[str, Any]) -> Part:
    use = data.get("template")
    return Part(
        kind=data["kind"],
        text=data["text"],
        media=data["media"],
        card=cards.from_json(data["card"]) if data["card"] else None,
        template=TemplateUse(**{**use, "slides": tuple(use.get("slides", ()))}) if use else None,
    )
