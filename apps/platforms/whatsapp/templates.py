"""Message templates: what the business account has, and one of them filled in.

Names of our parameters say where they go: "1" or "name" stand in the body, "header.1" in the header's text,
"button.0" completes the address or code of the button at that position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.core.http import Http
from apps.platforms.base import Credentials, Template, TemplateUse
from apps.platforms.shared import graph
from apps.platforms.whatsapp.account import business
from apps.platforms.whatsapp.people import text

FIELDS = "id,name,language,category,status,parameter_format,components"
PAGE, MOST_PAGES = 100, 60  # a business account has at most 6,000 templates (not documented)
USABLE = "APPROVED"
FILES = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "file"}

_PLACE = re.compile(r"{{\s*(\w+)\s*}}")

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
    parts = {text(part.get("type")).upper(): part for part in _dicts(row.get("components"))}
    header, body = parts.get("HEADER", {}), text(parts.get("BODY", {}).get("text"))
    buttons = _dicts(parts.get("BUTTONS", {}).get("buttons"))
    state = text(row.get("status"))
    return Template(
        ref=text(row.get("id")),
        name=text(row.get("name")),
        language=text(row.get("language")),
        category=text(row.get("category")),
        state=state,
        usable=state == USABLE,
        header=text(header.get("text")),
        header_media=FILES.get(text(header.get("format")).upper(), ""),
        body=body,
        footer=text(parts.get("FOOTER", {}).get("text")),
        buttons=tuple(text(button.get("text")) for button in buttons),
        parameters=(*_placed("header.", header.get("text")), *_placed("", body), *_completed(buttons)),
        raw=row,
    )


def message(use: TemplateUse, file: tuple[str, str] | None = None) -> Json:
    """The `template` object; `file` is the id and type of an uploaded header. Numbered parameters go in
    their order, named ones with their names."""
    header = [_media(*file)] if file else _parameters(use.values, "header.")
    components = [
        *([{"type": "header", "parameters": header}] if header else []),
        *_component("body", _parameters(use.values, "")),
        *_buttons(use.values),
    ]
    return {
        "name": use.name,
        "language": {"code": use.language},
        **({"components": components} if components else {}),
    }


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
