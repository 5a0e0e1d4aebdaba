"""What a phone makes of a card, and what it sends when one is answered."""

from __future__ import annotations

import re
import time
from itertools import count
from typing import Any
from urllib.parse import unquote

from django.utils import timezone

from apps.sandbox.models import SandboxMessage

Json = dict[str, Any]
SUBMIT = "submit"
_numbers = count()


def new_id() -> str:
    """Milliseconds, as Teams names messages; never the same twice in this process."""
    return str(int(time.time() * 1000) * 1000 + next(_numbers) % 1000)


def plain(text: Any) -> str:
    """The words of a TextBlock without the backslashes of its Markdown."""
    return re.sub(r"\\([\\*_\[\]`#])", r"\1", str(text or "")).replace("\n\n", "\n")


def options(inputs: list[Json], submits: list[Json]) -> list[Json]:
    """What can be tapped: buttons, the choices of a list, or the one button of a form."""
    chosen = _list(inputs)
    if chosen is not None:
        return [{"id": row["value"], "title": row["title"]} for row in chosen["choices"]]
    if inputs:
        return [{"id": SUBMIT, "title": str(row.get("title") or "")} for row in submits[:1]]
    return [{"id": str(number), "title": str(row.get("title") or "")} for number, row in enumerate(submits)]


def submitted(message: SandboxMessage, chosen: list[str]) -> tuple[Json, str, str]:
    """The `value` that a tap sends, the words that go with it, and those that the chat shows."""
    inputs, submits = message.data["inputs"], message.data["submits"]
    picked = _list(inputs)
    if picked is not None:
        titles = [row["title"] for row in picked["choices"] if row["value"] in chosen]
        return {**_data(submits[0]), picked["id"]: ",".join(chosen)}, "", ", ".join(titles)
    if inputs:
        filled = {row["id"]: _filled(row, message) for row in inputs}
        return {**_data(submits[0]), **filled}, "", ", ".join(unquote(each) for each in filled.values())
    data = submits[int(chosen[0])].get("data", {})
    back = data.get("msteams", {})
    return _data(submits[int(chosen[0])]), str(back.get("text", "")), str(back.get("displayText", ""))


def _data(submit: Json) -> Json:
    return {name: value for name, value in submit.get("data", {}).items() if name != "msteams"}


def _list(inputs: list[Json]) -> Json | None:
    """The only input of a list; a form has labels."""
    sets = [row for row in inputs if row.get("type") == "Input.ChoiceSet" and not row.get("label")]
    return sets[0] if len(inputs) == 1 and sets else None


def _filled(row: Json, message: SandboxMessage) -> str:
    """What the customer would write into a field."""
    match row.get("type"):
        case "Input.ChoiceSet":
            return str(row["choices"][0]["value"])
        case "Input.Number":
            return "1"
        case "Input.Date":
            return timezone.now().date().isoformat()
        case _:
            return str(message.thread.phone.name)
