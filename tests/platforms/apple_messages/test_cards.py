"""Each kind of card as Apple gets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from apps.platforms.base import Content, Part, Rejected
from apps.platforms.cards import FIELD_TYPES, CardAnswer, ContactCard, MediaGroup
from tests.platforms.apple_messages.shapes import FORM, LINK, PLATFORM, TIMES, by_card, photo

from .gateway import crypt
from .payloads import BID, CREDS, envelope, interactive, request
from .test_send import on_the_wire

# Times ------------------------------------------------------------------------------------------------


async def test_times(apple, http, creds):
    sent = by_card(TIMES)
    await PLATFORM.send(sent, creds, http)
    event = {
        "identifier": "R-1",
        "title": "When?",
        "timeslots": [
            {"identifier": "a", "startTime": "2026-11-23T08:30+0000", "duration": 1800},
            {"identifier": "b", "startTime": "2026-11-23T09:30+0000", "duration": 2700},
        ],
    }
    expected = {
        "bid": BID,
        "data": {"version": "1.0", "requestIdentifier": "R-1", "event": event},
        "receivedMessage": {"title": "When?", "subtitle": "1 Quai", "style": "icon"},
        "replyMessage": {"title": "When?", "style": "icon"},
    }
    assert apple.messages == [on_the_wire(sent, "interactive", interactiveData=expected)]


async def test_a_chosen_time_is_the_one_that_was_offered(apple, http, creds):
    await PLATFORM.send(by_card(TIMES), creds, http)
    event = apple.messages[0]["interactiveData"]["data"]["event"]
    reply = interactive({"event": event | {"timeslots": event["timeslots"][1:]}})
    (said,) = PLATFORM.parse(request(envelope("interactive", interactiveData=reply)), CREDS)
    slot = replace(TIMES.slots[1], start=TIMES.slots[1].start.astimezone(UTC))
    assert said.answer == CardAnswer(card_id="R-1", slot=slot)


# Forms ------------------------------------------------------------------------------------------------


async def test_a_form_is_a_page_for_each_question(apple, http, creds):
    await PLATFORM.send(by_card(FORM), creds, http)
    data = apple.messages[0]["interactiveData"]
    dynamic = data["data"]["dynamic"]
    assert (dynamic["version"], dynamic["template"]) == ("1.2", "messageForms")
    assert data["receivedMessage"] == {"title": "About you", "subtitle": "Send", "style": "icon"}
    pages = dynamic["data"].pop("pages")
    assert dynamic["data"] == {"startPageIdentifier": "topic", "showSummary": True}
    assert [(p["pageIdentifier"], p["title"], p["subtitle"]) for p in pages] == [
        (field.id, field.label, "About you") for field in FORM.fields
    ]
    assert [page.get("nextPageIdentifier") for page in pages] == [
        *(field.id for field in FORM.fields[1:]),
        None,
    ]
    assert [page.get("submitForm", False) for page in pages] == [False] * 7 + [True]


ITEMS = [
    {"identifier": "t1", "title": "Billing", "value": "t1"},
    {"identifier": "t2", "title": "Line", "value": "t2"},
]


def typed(*, keyboard=None, required=True, lines=False, most=120, content=None):
    options = {
        "required": required,
        "inputType": "multiline" if lines else "singleline",
        "maximumCharacterCount": most,
        "keyboardType": keyboard,
        "textContentType": content,
    }
    return {"type": "input", "options": {name: value for name, value in options.items() if value is not None}}


PAGES = {
    "topic": {"type": "select", "multipleSelection": False, "items": ITEMS},
    "topics": {"type": "select", "multipleSelection": True, "items": ITEMS},
    "name": typed(required=False),
    "story": typed(lines=True, most=300),
    "mail": typed(keyboard="emailAddress", content="emailAddress"),
    "phone": typed(keyboard="phonePad"),
    "age": typed(keyboard="numbersAndPunctuation"),
    "day": {
        "type": "datePicker",
        "options": {"dateFormat": "MM/dd/yyyy", "minimumDate": "01/01/1900", "maximumDate": "12/31/2099"},
    },
}


async def test_each_type_of_question(apple, http, creds):
    assert {field.type for field in FORM.fields} == set(FIELD_TYPES)
    await PLATFORM.send(by_card(FORM), creds, http)
    pages = apple.messages[0]["interactiveData"]["data"]["dynamic"]["data"]["pages"]
    about = ("pageIdentifier", "title", "subtitle", "nextPageIdentifier", "submitForm")
    asked = {p["pageIdentifier"]: {name: p[name] for name in p if name not in about} for p in pages}
    assert asked == PAGES


# Links ------------------------------------------------------------------------------------------------


async def test_a_link_is_a_rich_link(apple, http, creds):
    sent = by_card(LINK)
    await PLATFORM.send(sent, creds, http)
    data = {"url": "https://shop.example/o?1", "title": "Your order · Track it"}
    assert apple.messages == [on_the_wire(sent, "richLink", richLinkData=data)]


async def test_lines_of_a_link_become_one(apple, http, creds):
    await PLATFORM.send(by_card(replace(LINK, text="Your order\n is on its way ")), creds, http)
    assert apple.messages[0]["richLinkData"]["title"] == "Your order is on its way · Track it"


# Several files, contacts ------------------------------------------------------------------------------


async def test_several_pictures_are_one_message(apple, http, creds, tmp_path):
    files = [photo(tmp_path), photo(tmp_path, "b.jpg", kind="JPEG")]
    card = MediaGroup(id="R-1", images=(1, 0), text="The flat, see https://a.example")
    assert list(PLATFORM.compose(Content(card=card, media=files), None)) == [
        Part(kind="card", card=card),
        Part(kind="link", text="https://a.example"),
    ]
    await PLATFORM.send(by_card(card, *files), creds, http)
    (message,) = apple.messages
    assert (message["type"], message["body"]) == ("text", "\ufffc\ufffcThe flat, see https://a.example")
    assert [entry["name"] for entry in message["attachments"]] == ["b.jpg", "a.png"]


async def test_when_one_file_cannot_be_stored_nothing_is_sent(apple, http, creds, tmp_path):
    files = [photo(tmp_path), photo(tmp_path, "b.png")]
    files[1].path.unlink()
    with pytest.raises(Rejected):
        await PLATFORM.send(by_card(MediaGroup(id="R-1", images=(0, 1)), *files), creds, http)
    assert apple.messages == []


async def test_a_contact_is_a_card_that_can_be_saved(apple, http, creds):
    card = ContactCard(id="R-1", name="Zoé, O\\Malley;\nFibre/Ltd", phone="+33102030405")
    await PLATFORM.send(by_card(card), creds, http)
    (message,) = apple.messages
    (entry,) = message["attachments"]
    assert (message["body"], entry["name"], entry["mimeType"]) == (
        "\ufffc",
        "Zoé, OMalley;FibreLtd.vcf",
        "text/vcard",
    )
    stored = crypt(apple.storage["up"], bytes.fromhex(entry["key"][2:]))
    assert (stored.decode().split("\r\n"), entry["size"]) == (
        [
            "BEGIN:VCARD",
            "VERSION:3.0",
            "N:;Zoé\\, O\\\\Malley\\; Fibre/Ltd;;;",
            "FN:Zoé\\, O\\\\Malley\\; Fibre/Ltd",
            "TEL;TYPE=VOICE:+33102030405",
            "END:VCARD",
            "",
        ],
        str(len(stored)),
    )
