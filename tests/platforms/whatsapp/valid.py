"""What `POST /{number}/messages` of the Cloud API takes
(https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages)."""

from __future__ import annotations

from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked

ABOUT = "to recipient context biz_opaque_callback_data recipient_type"


def check(asked: Asked) -> None:
    if asked.path.endswith("/media"):
        facts.keys(dict(asked.form), "messaging_product", "type")
        assert len(asked.files) == 1
        return
    message = asked.json
    kind = message["type"]
    facts.keys(message, "messaging_product", "type", kind, may=ABOUT)
    assert message["messaging_product"] == "whatsapp" and ("to" in message) != ("recipient" in message)
    assert len(message.get("biz_opaque_callback_data", "")) <= 512
    CONTENTS[kind](message[kind])


def _text(text: Any) -> None:
    facts.words(facts.keys(text, "body", may="preview_url")["body"], 4096)


def _file(file: Any) -> None:
    facts.keys(file, "id", may="caption filename voice")
    facts.perhaps(file, "caption", 1024)


def _location(location: Any) -> None:
    facts.place(facts.keys(location, "latitude", "longitude", may="name address"))
    for name in ("name", "address"):
        facts.perhaps(location, name, 10_000)


def _contacts(contacts: Any) -> None:
    for contact in facts.rows(contacts, 1, 257):
        facts.keys(contact, "name", "phones")
        facts.words(contact["name"]["formatted_name"], 10_000)
        facts.words(contact["phones"][0]["phone"], 10_000)


def _interactive(content: Any) -> None:
    facts.keys(content, "type", "body", "action", may="header footer")
    facts.words(facts.keys(content["body"], "text")["text"], 1024)
    if "header" in content:
        assert content["header"]["type"] == "image" and content["header"]["image"]["id"]
    ACTIONS[content["type"]](content["action"])


def _buttons(action: Any) -> None:
    buttons = facts.rows(facts.keys(action, "buttons")["buttons"], 1, 3)
    replies = [facts.keys(button, "type", "reply")["reply"] for button in buttons]
    for reply in replies:
        facts.words(reply["id"], 256)
        facts.words(reply["title"], 20)
    facts.different([reply["id"] for reply in replies])
    facts.different([reply["title"] for reply in replies])


def _list(action: Any) -> None:
    facts.words(facts.keys(action, "button", "sections")["button"], 20)
    sections = facts.rows(action["sections"], 1, 10)
    for section in sections:
        facts.keys(section, "rows", may="title")
        facts.perhaps(section, "title", 24)
        assert "title" in section or len(sections) == 1
    rows = [row for section in sections for row in facts.rows(section["rows"], 1, 10)]
    assert len(rows) <= 10
    for row in rows:
        facts.words(facts.keys(row, "id", "title", may="description")["id"], 200)
        facts.words(row["title"], 24)
        facts.perhaps(row, "description", 72)
    facts.different([row["id"] for row in rows])


def _link(action: Any) -> None:
    assert facts.keys(action, "name", "parameters")["name"] == "cta_url"
    facts.words(facts.keys(action["parameters"], "display_text", "url")["display_text"], 20)
    facts.address(action["parameters"]["url"])


def _where(action: Any) -> None:
    assert action == {"name": "send_location"}


ACTIONS = {"button": _buttons, "list": _list, "cta_url": _link, "location_request_message": _where}
CONTENTS = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    **dict.fromkeys(("image", "document", "video", "audio", "sticker"), _file),
}
