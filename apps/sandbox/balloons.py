"""What a bubble that opens holds, ready for the page: pictures, sections and questions. Apple's are read from
the wire; other simulators store `questions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.sandbox.models import SandboxMessage

PNG = "data:image/png;base64,"


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` is the field that it is sent in."""

    name: str
    value: str
    title: str
    subtitle: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A section of a list or a page of a form. `asks` is "one" or "several" of `choices`, else the type of an
    input: "text", "textarea", "email", "tel" or "date"."""

    name: str
    title: str
    asks: str
    choices: tuple[Choice, ...] = ()
    required: bool = False


def picture(message: SandboxMessage) -> str:
    """The art of the bubble as an address, "" without one."""
    wire = message.data.get("wire", {})
    named = (wire.get("receivedMessage") or {}).get("imageIdentifier", "")
    found = message.data.get("picture") or _pictures(message).get(named, "")
    return PNG + found if found else ""


def questions(message: SandboxMessage) -> list[Question]:
    """What stands on the sheet that a bubble opens."""
    if "questions" in message.data:
        return [_asked(each) for each in message.data["questions"]]
    data = message.data.get("wire", {}).get("data", {})
    if "dynamic" in data:
        return [_page(page) for page in data["dynamic"]["data"]["pages"]]
    return [_section(each, _pictures(message)) for each in data.get("listPicker", {}).get("sections", [])]


def _asked(question: dict[str, Any]) -> Question:
    name = question["name"]
    choices = tuple(Choice(name, row["value"], row["title"]) for row in question["choices"])
    return Question(name, question["title"], question["asks"], choices, required=question["required"])


def _pictures(message: SandboxMessage) -> dict[str, str]:
    images = message.data.get("wire", {}).get("data", {}).get("images", [])
    return {image["identifier"]: image["data"] for image in images}


def _section(section: dict[str, Any], pictures: dict[str, str]) -> Question:
    choices = tuple(
        Choice("option", item["identifier"], item["title"], item.get("subtitle", ""), _art(item, pictures))
        for item in section["items"]
    )
    asks = "several" if section.get("multipleSelection") else "one"
    return Question("option", section.get("title", ""), asks, choices)


def _art(item: dict[str, Any], pictures: dict[str, str]) -> str:
    found = pictures.get(item.get("imageIdentifier", ""), "")
    return PNG + found if found else ""


def _page(page: dict[str, Any]) -> Question:
    name, options = f"field.{page['pageIdentifier']}", page.get("options") or {}
    if page["type"] in ("select", "picker"):
        choices = tuple(Choice(name, item["value"], item["title"]) for item in page["items"])
        return Question(name, page["title"], "several" if page.get("multipleSelection") else "one", choices)
    return Question(name, page["title"], _typed(page, options), required=bool(options.get("required")))


def _typed(page: dict[str, Any], options: dict[str, Any]) -> str:
    if page["type"] == "datePicker":
        return "date"
    if options.get("inputType") == "multiline":
        return "textarea"
    return {"emailAddress": "email", "phonePad": "tel"}.get(options.get("keyboardType", ""), "text")
