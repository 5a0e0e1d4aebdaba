"""pywa, which is not ours, as second opinion: it reads the same webhooks and writes the same messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from pywa import WhatsApp, types
from pywa.types import templates as oracle_templates
from pywa.types.templates import TemplateLanguage

from apps.core.http import HttpDoor
from apps.platforms.base import Outgoing, Part, TemplateUse
from apps.platforms.cards import (
    ContactCard,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
)
from apps.platforms.shared import choices
from apps.platforms.whatsapp.adapter import PLATFORM
from tests.platforms.graph import Server

from .payloads import CREDS, NUMBER, NUMBER_ID, USER_ID, change, message, request, status, value

CARD = str(UUID(int=1))
TRACKER = str(UUID(int=7))
TEXT = Outgoing(id=UUID(int=7), sender=NUMBER, to=USER_ID, part=Part(kind="text", text="Hi"))


class Written(httpx.BaseTransport):
    """Keeps what a client writes and says that all is well."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def handle_request(self, made: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(made.read()))
        contact = {"input": USER_ID, "user_id": USER_ID}
        sent = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": "wamid.OUT"}]}
        return httpx.Response(200, json=sent)


def client(**options: Any) -> WhatsApp:
    known: dict[str, Any] = {"phone_id": NUMBER_ID, "token": CREDS["token"], "server": None}
    return WhatsApp(**known, **options)


# Out --------------------------------------------------------------------------------------------------

QUICK = QuickReplies(
    id=CARD, prompt="Which?", options=(Option(id="y", title="Yes"), Option(id="n", title="No"))
)
PICKER = ListPicker(
    id=CARD,
    title="Which?",
    sections=(
        Section(title="One", options=(Option(id="a", title="A", subtitle="first"),)),
        Section(title="Two", options=(Option(id="b", title="B"),)),
    ),
)
LINK = Link(id=CARD, text="Look", button="Open", url="https://shop.example/a")
PLACE = Location(id=CARD, latitude=48.85, longitude=2.29, title="Tower", address="Paris")
PERSON = ContactCard(id=CARD, name="Ana", phone="+4915112345678")
USE = TemplateUse(name="order_update", language="en_US", values={"1": "Ana", "2": "#12"}, text="")


def payload(option: str) -> str:
    return choices.payload(CARD, option)


Says = Callable[[WhatsApp], Any]
SENDS: dict[str, tuple[Part, Says]] = {
    "text": (
        Part(kind="text", text="Hi"),
        lambda wa: wa.send_message(USER_ID, "Hi", preview_url=False, tracker=TRACKER),
    ),
    "buttons": (
        Part(kind="card", card=QUICK),
        lambda wa: wa.send_message(
            USER_ID,
            "Which?",
            buttons=[types.Button("Yes", payload("y")), types.Button("No", payload("n"))],
            tracker=TRACKER,
        ),
    ),
    "list": (
        Part(kind="card", card=PICKER),
        lambda wa: wa.send_message(
            USER_ID,
            "Which?",
            buttons=types.SectionList(
                "Choose",
                [
                    types.Section("One", [types.SectionRow("A", payload("a"), "first")]),
                    types.Section("Two", [types.SectionRow("B", payload("b"))]),
                ],
            ),
            tracker=TRACKER,
        ),
    ),
    "link": (
        Part(kind="card", card=LINK),
        lambda wa: wa.send_message(
            USER_ID, "Look", buttons=types.URLButton("Open", "https://shop.example/a"), tracker=TRACKER
        ),
    ),
    "where": (
        Part(kind="card", card=LocationRequest(id=CARD, prompt="Where?")),
        lambda wa: wa.request_location(USER_ID, "Where?", tracker=TRACKER),
    ),
    "place": (
        Part(kind="card", card=PLACE),
        lambda wa: wa.send_location(USER_ID, 48.85, 2.29, "Tower", "Paris", tracker=TRACKER),
    ),
    "person": (
        Part(kind="card", card=PERSON),
        lambda wa: wa.send_contact(
            USER_ID,
            types.Contact(
                name=types.Contact.Name(formatted_name="Ana", first_name="Ana"),
                phones=[types.Contact.Phone(phone="+4915112345678", type="WORK")],
            ),
            tracker=TRACKER,
        ),
    ),
    "template": (
        Part(kind="template", template=USE),
        lambda wa: wa.send_template(
            USER_ID,
            "order_update",
            TemplateLanguage.ENGLISH_US,
            params=[oracle_templates.BodyText.params("Ana", "#12")],
            tracker=TRACKER,
        ),
    ),
    "template with a place": (
        Part(
            kind="template",
            template=TemplateUse(
                name="visit",
                language="fr",
                values={
                    "header.place.title": "Tower",
                    "header.place.address": "Paris",
                    "header.place.latitude": "48.85",
                    "header.place.longitude": "2.29",
                    "1": "Ana",
                },
                text="",
            ),
        ),
        lambda wa: wa.send_template(
            USER_ID,
            "visit",
            TemplateLanguage.FRENCH,
            params=[
                oracle_templates.HeaderLocation.params(lat=48.85, lon=2.29, name="Tower", address="Paris"),
                oracle_templates.BodyText.params("Ana"),
            ],
            tracker=TRACKER,
        ),
    ),
}


@pytest.mark.parametrize(("part", "says"), SENDS.values(), ids=SENDS.keys())
async def test_pywa_writes_the_same(part: Part, says: Says, server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(replace(TEXT, part=part), {**CREDS, "base_url": server.url}, http)
    written = Written()
    says(client(session=httpx.Client(transport=written)))
    (ours,), (theirs,) = [call.fields for call in server.calls], written.bodies
    assert bare(ours) == bare(theirs)


def bare(data: Any) -> Any:
    """Without what says nothing: empty lists, null, capitals in the names of types."""
    if isinstance(data, dict):
        said = {key: item for key, item in data.items() if item not in (None, [], ())}
        return {key: bare(item.lower() if key == "type" else item) for key, item in said.items()}
    return [bare(item) for item in data] if isinstance(data, list) else data


# In ---------------------------------------------------------------------------------------------------

FILE = {"id": "MEDIA", "mime_type": "image/jpeg", "sha256": "x", "url": "https://lookaside.fbsbx.com/x"}
READS: dict[str, tuple[dict[str, Any], Callable[[Any], Any], Any]] = {
    "text": (message("text", {"body": "Hi"}), lambda m: m.text, "Hi"),
    "image": (
        message("image", {**FILE, "caption": "See"}),
        lambda m: (m.image.id, m.caption),
        ("MEDIA", "See"),
    ),
    "voice": (message("audio", {**FILE, "voice": True}), lambda m: m.audio.voice, True),
    "place": (
        message("location", {"latitude": 1.5, "longitude": 2.5}),
        lambda m: (m.location.latitude, m.location.longitude),
        (1.5, 2.5),
    ),
    "reaction": (
        message("reaction", {"message_id": "wamid.OUT", "emoji": "👍"}),
        lambda m: (m.reaction.emoji, m.reaction.message_id),
        ("👍", "wamid.OUT"),
    ),
}


def heard(raw: bytes) -> list[Any]:
    """What pywa's handlers are told."""
    wa, found = client(filter_updates=True), []
    wa.on_raw_update()(lambda _, update: None)
    for register in (wa.on_message, wa.on_message_status, wa.on_callback_button, wa.on_callback_selection):
        register()(lambda _, update: found.append(update))
    words, code = wa.webhook_update_handler(raw)
    assert code == 200, words
    return found


@pytest.mark.parametrize(("sent", "look", "expected"), READS.values(), ids=READS.keys())
def test_pywa_reads_our_samples(sent: Any, look: Callable[[Any], Any], expected: Any) -> None:
    raw = request(change(value(sent))).body
    (update,) = heard(raw)
    assert look(update) == expected
    (event,) = PLATFORM.parse(request(raw), CREDS)
    assert (event.address, event.ref) == (update.from_user.bsuid, update.id)


def test_pywa_reads_answers_and_statuses() -> None:
    reply = {"type": "button_reply", "button_reply": {"id": payload("y"), "title": "Yes"}}
    context = {"from": NUMBER, "id": "wamid.OUT"}
    (tap,) = heard(request(change(value(message("interactive", reply, context=context)))).body)
    assert (tap.data, tap.title) == (payload("y"), "Yes")
    told = status("delivered", biz_opaque_callback_data=TRACKER, recipient_user_id=USER_ID)
    (update,) = heard(request(change(value(statuses=[told]))).body)
    assert (update.status.value, update.tracker) == ("delivered", TRACKER)
