"""A template filled in: what WhatsApp checks of its components, and how the customer reads it (3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from apps.sandbox import store
from apps.sandbox.models import SandboxAccount, SandboxFile
from apps.sandbox.whatsapp.errors import CloudError
from apps.sandbox.whatsapp.templates import PLACE

FILES = ("IMAGE", "VIDEO", "DOCUMENT")
MOST_CODE = 15
Json = dict[str, Any]


class Filled(NamedTuple):
    text: str
    file: SandboxFile | None
    replies: list[str]


def filled(account: SandboxAccount, template: Json, given: Json) -> Filled:
    """The words, the header's file and the quick replies. Raises CloudError for wrong parameters."""
    named = template["parameter_format"] == "NAMED"
    whole = _part(account, template["components"], _dicts(given.get("components")), named=named)
    cards = [row for part in template["components"] for row in part.get("cards", [])]
    lines = [whole.text]
    for card, said in zip(cards, _cards(given, len(cards)), strict=True):
        lines.append(_part(account, card["components"], _dicts(said.get("components")), named=named).text)
    return whole._replace(text="\n".join(filter(None, lines)))


def _cards(given: Json, wanted: int) -> list[Json]:
    found = [card for part in _named(_dicts(given.get("components")), "carousel") for card in part["cards"]]
    if [card.get("card_index") for card in found] != list(range(wanted)):
        details = f"carousel: number of cards ({len(found)}) does not match the expected number ({wanted})"
        raise CloudError(132018, "There was an issue with the parameters in the template", details)
    return found


def _part(account: SandboxAccount, known: Sequence[Json], said: Sequence[Json], *, named: bool) -> Filled:
    """What stands in a template or in one card of a carousel."""
    parts = {part["type"]: part for part in known}
    top, file = _header(account, parts.get("HEADER", {}), _parameters(said, "header"))
    body = _words(str(parts["BODY"]["text"]), _parameters(said, "body"), named=named)
    buttons = parts.get("BUTTONS", {}).get("buttons", [])
    ends = [_button(button, n, said) for n, button in enumerate(buttons)]
    replies = [button["text"] for button in buttons if button["type"] == "QUICK_REPLY"]
    return Filled("\n".join(filter(None, (top, body, *ends))), file, replies)


def _header(account: SandboxAccount, known: Json, said: Sequence[Json]) -> tuple[str, SandboxFile | None]:
    kind = str(known.get("format", ""))
    if kind == "LOCATION":
        return _place(said), None
    if kind not in FILES:
        return _words(str(known.get("text", "")), said, named=False), None
    file = store.find(account, str(_only(said, kind.lower()).get("id", "")))
    if file is None:
        raise _wrong(f"header: Format mismatch, expected {kind}, received no media")
    return "", file


def _place(said: Sequence[Json]) -> str:
    place = _only(said, "location")
    try:
        at = float(place["latitude"]), float(place["longitude"])
    except (KeyError, TypeError, ValueError):
        raise _wrong("header: Format mismatch, expected LOCATION with latitude and longitude") from None
    return f"{place.get('name', '')}, {place.get('address', '')} ({at[0]}, {at[1]})"


def _only(said: Sequence[Json], kind: str) -> Json:
    """The one parameter of a header."""
    if len(said) != 1 or said[0].get("type") != kind or not isinstance(said[0].get(kind), dict):
        raise _wrong(f"header: Format mismatch, expected {kind.upper()}")
    return dict(said[0][kind])


def _words(text: str, said: Sequence[Json], *, named: bool) -> str:
    names = list(dict.fromkeys(PLACE.findall(text)))
    if named and {str(each.get("parameter_name", "")) for each in said} - set(names):
        raise CloudError(100, "Invalid parameter", "Parameter name is missing or empty")
    if len(said) != len(names):
        details = f"body: number of localizable_params ({len(said)}) does not match the expected number"
        raise CloudError(132000, "Number of parameters does not match the expected number of params", details)
    values = {
        str(each.get("parameter_name") if named else name): str(each.get("text", ""))
        for name, each in zip(names, said, strict=True)
    }
    return PLACE.sub(lambda place: values[place[1]], text)


def _button(button: Json, place: int, said: Sequence[Json]) -> str:
    """The end of an address, a code to copy: the line that the phone shows of it."""
    given = [part for part in _named(said, "button") if str(part.get("index")) == str(place)]
    found = [each for part in given for each in _dicts(part.get("parameters"))]
    if button["type"] == "COPY_CODE":
        code = str(found[0].get("coupon_code", "")) if found else ""
        if not 0 < len(code) <= MOST_CODE:
            raise _wrong(f"button: coupon_code must have 1 to {MOST_CODE} characters")
        return f"{button['text']}: {code}"
    if button["type"] != "URL":
        return ""
    return f"{button['text']}: {_words(str(button['url']), found, named=False)}"


def _wrong(details: str) -> CloudError:
    return CloudError(132012, "Parameter format does not match format in the created template", details)


def _named(said: Sequence[Json], kind: str) -> list[Json]:
    return [part for part in said if str(part.get("type")).lower() == kind]


def _parameters(said: Sequence[Json], kind: str) -> list[Json]:
    return [each for part in _named(said, kind) for each in _dicts(part.get("parameters"))]


def _dicts(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
