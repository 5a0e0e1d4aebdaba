"""Message templates: what the business account has, and one of them filled in.

Names of our parameters say where they go: "1" or "name" stand in the body, "header.1" in the header's text,
"button.0" completes the address of the button at that position, "button.0.code" is its code. A header that is
a place takes "header.place.latitude" and its kin; "slide.0." comes before the names of a carousel's card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.core.http import Http
from apps.platforms.base import Credentials, Slide, Template, TemplateUse
from apps.platforms.shared import graph
from apps.platforms.templates import HEADER_PLACE
from apps.platforms.whatsapp.account import business
from apps.platforms.whatsapp.people import text

FIELDS = "id,name,language,category,status,parameter_format,components"
PAGE, MOST_PAGES = 100, 60  # a business account has at most 6,000 templates (not documented)
USABLE = "APPROVED"
FILES = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "file"}

PLACE = "LOCATION"
PARTS = frozenset(("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL"))
BUTTONS = frozenset(("QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "VOICE_CALL", "CATALOG"))
BEYOND = {
    "MPM": "products",
    "SPM": "products",
    "PRODUCT": "products",
    "ORDER_DETAILS": "order",
    "FLOW": "flow",
    "OTP": "code",
}

_PLACE = re.compile(r"{{\s*(\w+)\s*}}")

File = tuple[str, str]
Raw = Mapping[str, Any]
Json = dict[str, Any]


async def all_of(creds: Credentials, http: Http) -> Sequence[Template]:
    """Every template of the business account, page by page. Raises SendError."""
    ours, caller = business(creds)
    found: list[Template] = []
    after = ""
    for _ in range(MOST_PAGES):
        query = {"fields": FIELDS, "limit": str(PAGE), **({"after": after} if after else {})}
        page = await graph.ask(f"{ours}/message_templates", caller, http, query=query)
        rows = page.get("data")
        found += [read(row) for row in rows or () if isinstance(row, dict) and row.get("name")]
        after = _next(page)
        if not after:
            break
    return found


def read(row: Raw) -> Template:
    """A template as WhatsApp describes it."""
    parts = _parts(row)
    header, body = parts.get("HEADER", {}), text(parts.get("BODY", {}).get("text"))
    buttons = _dicts(parts.get("BUTTONS", {}).get("buttons"))
    cards = [_parts(card) for card in _dicts(parts.get("CAROUSEL", {}).get("cards"))]
    state = text(row.get("status"))
    beyond = unsendable(row) if state == USABLE else ""
    return Template(
        ref=text(row.get("id")),
        name=text(row.get("name")),
        language=text(row.get("language")),
        category=text(row.get("category")),
        state=state,
        usable=state == USABLE and not beyond,
        unsendable=beyond,
        header=text(header.get("text")),
        header_media=FILES.get(text(header.get("format")).upper(), ""),
        body=body,
        footer=text(parts.get("FOOTER", {}).get("text")),
        buttons=tuple(text(button.get("text")) for button in buttons),
        slides=tuple(_slide(card) for card in cards),
        parameters=(*_header_names(header), *_placed("", body), *_completed(buttons), *_of_slides(cards)),
        raw=row,
    )


def unsendable(row: Raw) -> str:
    """Why we cannot send what WhatsApp approved, as in `Template`; "" when we can."""
    parts = _parts(row)
    cards = [_parts(card) for card in _dicts(parts.get("CAROUSEL", {}).get("cards"))]
    if text(row.get("category")).upper() == "AUTHENTICATION":
        return "code"
    found = [_beyond(each) for each in (parts, *cards)]
    return next((reason for reason in found if reason), "")


def _beyond(parts: Mapping[str, Raw]) -> str:
    if "LIMITED_TIME_OFFER" in parts:
        return "offer"
    header = text(parts.get("HEADER", {}).get("format")).upper()
    kinds = {text(button.get("type")).upper() for button in _dicts(parts.get("BUTTONS", {}).get("buttons"))}
    for kind, reason in BEYOND.items():
        if kind in kinds or kind == header:
            return reason
    known = parts.keys() <= PARTS and kinds <= BUTTONS and header in ("", "TEXT", PLACE, *FILES)
    return "" if known else "unknown"


def message(use: TemplateUse, file: File | None = None, slides: Sequence[File] = ()) -> Json:
    """The `template` object; `file` is the id and type of an uploaded header, `slides` are those of the
    carousel's cards. Numbered parameters go in their order, named ones with their names."""
    components = _components(use.values, file)
    if slides:
        cards = [
            {"card_index": n, "components": _components(_of_slide(use.values, n), slide)}
            for n, slide in enumerate(slides)
        ]
        components.append({"type": "carousel", "cards": cards})
    return {
        "name": use.name,
        "language": {"code": use.language},
        **({"components": components} if components else {}),
    }


def _components(values: Mapping[str, str], file: File | None) -> list[Json]:
    header = [_media(*file)] if file else _place(values) or _parameters(values, "header.")
    return [
        *_component("header", header),
        *_component("body", _parameters(values, "")),
        *_buttons(values),
    ]


def _of_slide(values: Mapping[str, str], number: int) -> dict[str, str]:
    prefix = f"slide.{number}."
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}


def _place(values: Mapping[str, str]) -> list[Json]:
    if not values.get(f"{HEADER_PLACE}latitude"):
        return []
    place = {part: float(values[HEADER_PLACE + part]) for part in ("latitude", "longitude")}
    words = {"name": values[f"{HEADER_PLACE}title"], "address": values[f"{HEADER_PLACE}address"]}
    return [{"type": "location", "location": {**place, **words}}]


def _component(kind: str, parameters: Sequence[Json]) -> list[Json]:
    return [{"type": kind, "parameters": list(parameters)}] if parameters else []


def _parameters(values: Mapping[str, str], prefix: str) -> list[Json]:
    names = [name for name in values if _belongs(name, prefix)]
    if all(name.removeprefix(prefix).isdigit() for name in names):
        names.sort(key=lambda name: int(name.removeprefix(prefix)))
        return [{"type": "text", "text": values[name]} for name in names]
    return [
        {"type": "text", "parameter_name": name.removeprefix(prefix), "text": values[name]} for name in names
    ]


def _belongs(name: str, prefix: str) -> bool:
    return name.startswith(prefix) if prefix else "." not in name


def _buttons(values: Mapping[str, str]) -> Iterator[Json]:
    for name, value in values.items():
        if name.startswith("button."):
            _, index, *kind = name.split(".")
            code = kind == ["code"]
            given = {"type": "coupon_code", "coupon_code": value} if code else {"type": "text", "text": value}
            kind_of_button = "copy_code" if code else "url"
            yield {"type": "button", "sub_type": kind_of_button, "index": index, "parameters": [given]}


def _media(media_id: str, kind: str) -> Json:
    return {"type": kind, kind: {"id": media_id}}


def _parts(row: Raw) -> dict[str, Raw]:
    return {text(part.get("type")).upper(): part for part in _dicts(row.get("components"))}


def _slide(parts: Mapping[str, Raw]) -> Slide:
    return Slide(
        header_media=FILES.get(text(parts.get("HEADER", {}).get("format")).upper(), ""),
        body=text(parts.get("BODY", {}).get("text")),
        buttons=tuple(text(b.get("text")) for b in _dicts(parts.get("BUTTONS", {}).get("buttons"))),
    )


def _of_slides(cards: Sequence[Mapping[str, Raw]]) -> Iterator[str]:
    for number, parts in enumerate(cards):
        prefix = f"slide.{number}."
        yield from _placed(prefix, parts.get("BODY", {}).get("text"))
        yield from (prefix + name for name in _completed(_dicts(parts.get("BUTTONS", {}).get("buttons"))))


def _header_names(header: Raw) -> Iterator[str]:
    if text(header.get("format")).upper() == PLACE:
        yield from (HEADER_PLACE + part for part in ("title", "address", "latitude", "longitude"))
    yield from _placed("header.", header.get("text"))


def _placed(prefix: str, words: Any) -> Iterator[str]:
    """The placeholders in a text, each once, in order."""
    return (prefix + name for name in dict.fromkeys(_PLACE.findall(text(words))))


def _completed(buttons: Sequence[Raw]) -> Iterator[str]:
    for position, button in enumerate(buttons):
        if _PLACE.search(text(button.get("url"))):
            yield f"button.{position}"
        elif text(button.get("type")).upper() == "COPY_CODE":
            yield f"button.{position}.code"


def _next(page: Raw) -> str:
    paging = page.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) and paging.get("next") else None
    return text(cursors.get("after")) if isinstance(cursors, dict) else ""


def _dicts(value: Any) -> list[Raw]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
