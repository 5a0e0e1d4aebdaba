"""Each kind of card as Apple gets it, and what keeps a card from being one."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image

from apps.platforms.apple_messages import pictures, refusals
from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import Content, MediaFile, Part, Rejected
from apps.platforms.cards import (
    FIELD_TYPES,
    CardAnswer,
    ContactCard,
    Field,
    Form,
    Limit,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
    fallback_text,
    lint,
)

from .gateway import crypt
from .payloads import BID, CREDS, NOW, envelope, interactive, request
from .test_send import on_the_wire, outgoing

PLATFORM = AppleMessages(clock=lambda: NOW)
AT = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=1)))
TIMES = TimeSlots(
    id="R-1",
    title="When?",
    place="1 Quai",
    timezone="Europe/Paris",
    slots=(
        Slot(id="a", start=AT, minutes=30),
        Slot(id="b", start=AT + timedelta(hours=1), minutes=45),
    ),
)
TOPICS = (Option(id="t1", title="Billing"), Option(id="t2", title="Line"))
FORM = Form(
    id="R-1",
    title="About you",
    submit="Send",
    fields=(
        Field(id="topic", label="Topic", type="choice", options=TOPICS),
        Field(id="topics", label="Topics", type="choices", options=TOPICS, required=False),
        Field(id="name", label="Name", required=False),
        Field(id="story", label="Story", type="long_text"),
        Field(id="mail", label="E-mail", type="email"),
        Field(id="phone", label="Phone", type="phone"),
        Field(id="age", label="Age", type="number"),
        Field(id="day", label="Day", type="date"),
    ),
)
LINK = Link(id="R-1", text="Your order", button="Track it", url="https://shop.example/o?1")
PICKER = ListPicker(
    id="R-1",
    title="Which?",
    image=0,
    sections=(Section(title="", options=(Option(id="a", title="A", image=1), Option(id="b", title="B"))),),
)


def by_card(card, *files):
    return outgoing(kind="card", card=card, files=dict(enumerate(files)))


def photo(tmp_path, name="a.png", *, size=(40, 30), mode="RGB", kind="PNG", noise=False, **changes):
    path = tmp_path / name
    picture = Image.effect_noise(size, 90).convert(mode) if noise else Image.new(mode, size, "teal")
    picture.save(path, kind)
    about = {"name": name, "mime": f"image/{kind.lower()}", "kind": "image", "size": path.stat().st_size}
    return MediaFile(**about | {"path": path} | changes)


def drawn(data):
    return Image.open(io.BytesIO(base64.b64decode(data, validate=True)))


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


async def test_a_link_with_a_picture(apple, http, creds, tmp_path):
    card, picture = replace(LINK, image=0), photo(tmp_path, "a.jpg", kind="JPEG", size=(2000, 1000))
    assert list(PLATFORM.compose(Content(card=card, media=[picture]), None)) == [Part(kind="card", card=card)]
    await PLATFORM.send(by_card(card, picture), creds, http)
    image = apple.messages[0]["richLinkData"]["assets"]["image"]
    assert (image["mimeType"], drawn(image["data"]).format, drawn(image["data"]).size) == (
        "image/png",
        "PNG",
        (840, 420),
    )


# Pictures in lists ------------------------------------------------------------------------------------


async def test_pictures_of_a_list(apple, http, creds, tmp_path):
    files = [
        photo(tmp_path, "a.png", size=(1000, 900)),
        photo(tmp_path, "b.webp", kind="WEBP", size=(400, 200)),
    ]
    assert list(PLATFORM.compose(Content(card=PICKER, media=files), None)) == [Part(kind="card", card=PICKER)]
    await PLATFORM.send(by_card(PICKER, *files), creds, http)
    sent = apple.messages[0]["interactiveData"]
    art = {image["identifier"]: drawn(image["data"]).size for image in sent["data"]["images"]}
    assert art == {"picture-0": (700, 630), "picture-1": (180, 90)}
    assert (sent["receivedMessage"]["imageIdentifier"], sent["receivedMessage"]["style"]) == (
        "picture-0",
        "large",
    )
    first, second = sent["data"]["listPicker"]["sections"][0]["items"]
    assert (first["imageIdentifier"], first["style"]) == ("picture-1", "icon")
    assert ("imageIdentifier" in second, second["style"]) == (False, "default")


@pytest.mark.parametrize("card", [PICKER, replace(LINK, image=1)])
async def test_a_file_that_is_no_picture_goes_by_itself(apple, http, creds, tmp_path, card):
    files = [photo(tmp_path), photo(tmp_path, "b.png", mime="image/heic")]
    assert list(PLATFORM.compose(Content(card=card, media=files), None)) == [
        Part(kind="media", media=0),
        Part(kind="media", media=1),
        Part(kind="card", card=card),
    ]
    await PLATFORM.send(by_card(card, *files), creds, http)
    assert "picture" not in json.dumps(apple.messages) and "assets" not in json.dumps(apple.messages)


async def test_a_picture_that_cannot_be_read_or_is_gone(apple, http, creds, tmp_path):
    picture = photo(tmp_path)
    picture.path.write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    with pytest.raises(Rejected) as unreadable:
        await PLATFORM.send(by_card(replace(LINK, image=0), picture), creds, http)
    picture.path.unlink()
    with pytest.raises(Rejected) as gone:
        await PLATFORM.send(by_card(replace(LINK, image=0), picture), creds, http)
    assert (unreadable.value.code, gone.value.code, apple.seen) == ("picture", "file", [])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
@pytest.mark.parametrize("most", [pictures.MOST_BYTES, 20_000])
def test_a_picture_is_made_small_enough(tmp_path, mode, most):
    made = pictures.png(photo(tmp_path, mode=mode, size=(900, 700), noise=True).path, (840, 630), most=most)
    picture = Image.open(io.BytesIO(made))
    assert (picture.format, len(made) <= most, picture.width <= 840 and picture.height <= 630) == (
        "PNG",
        True,
        True,
    )
    assert abs(picture.width / picture.height - 9 / 7) < 0.05


async def test_many_pictures_stay_below_what_a_message_may_have(apple, http, creds, tmp_path):
    files = [photo(tmp_path, f"{n}.png", size=(180, 180), noise=True) for n in range(60)]
    offered = tuple(Option(id=str(n), title=str(n), image=n) for n in range(60))
    card = ListPicker(id="R-1", title="?", sections=(Section(title="", options=offered),))
    await PLATFORM.send(by_card(card, *files), creds, http)
    images = apple.messages[0]["interactiveData"]["data"]["images"]
    assert (len(images), sum(len(image["data"]) for image in images) < 5_000_000) == (60, True)


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


# What goes as text ------------------------------------------------------------------------------------

BROKEN = "a line break or another invisible character. Remove it."
IDS = "every id must be there and be different. Give each"


def field(**changes):
    return replace(FORM, fields=(Field(**{"id": "a", "label": "A"} | changes),))


@pytest.mark.parametrize(
    ("label", "card", "found"),
    [
        ("times", TIMES, []),
        ("form", FORM, []),
        ("link", LINK, []),
        ("link in lines", replace(LINK, text="a\nb"), []),
        ("contact", ContactCard(id="R-1", name="x" * 300, phone="+33102030405"), []),
        ("no times", replace(TIMES, slots=()), ["slots: there is no time to choose. Add one."]),
        (
            "the same time twice",
            replace(TIMES, slots=TIMES.slots[:1] * 2),
            [f"slots: {IDS} slot its own id."],
        ),
        (
            "seconds",
            replace(TIMES, slots=(replace(TIMES.slots[0], start=AT.replace(second=1)),)),
            ["slots: a time has seconds, which Apple does not show. Use whole minutes."],
        ),
        ("times in lines", replace(TIMES, place="a\nb"), [f"place: {BROKEN}"]),
        ("no questions", replace(FORM, fields=()), ["fields: there is no question. Add one."]),
        (
            "the same question twice",
            replace(FORM, fields=FORM.fields[2:3] * 2),
            [f"fields: {IDS} field its own id."],
        ),
        (
            "long name of a question",
            field(id="x" * 20),
            ["fields[0].id: 20 characters; Apple takes 19. Shorten it."],
        ),
        ("question in lines", field(label="a\nb"), [f"fields[0].label: {BROKEN}"]),
        (
            "nothing to choose",
            field(type="choice"),
            ["fields[0].options: there is nothing to choose. Add options."],
        ),
        (
            "the same choice twice",
            field(type="choices", options=TOPICS[:1] * 2),
            [f"fields[0].options: {IDS} option its own id."],
        ),
        (
            "long choice",
            field(type="choice", options=(replace(TOPICS[0], title="x" * 201),)),
            ["fields[0].options[0].title: 201 characters; Apple shows at most 200. Shorten it."],
        ),
        (
            "long button of a form",
            replace(FORM, submit="x" * 201),
            ["submit: 201 characters; Apple shows at most 200. Shorten it."],
        ),
        (
            "words of a link that are too long together",
            replace(LINK, text="x" * 190),
            ["text and button: 201 characters; Apple shows at most 200. Shorten it."],
        ),
    ],
)
def test_what_apple_would_refuse(label, card, found):
    assert list(refusals.problems(card)) == found
    shown = [part.kind for part in PLATFORM.compose(Content(card=card), None)]
    assert ("card" in shown, "text" in shown) == (not found, bool(found))


@pytest.mark.parametrize(
    "card", [replace(TIMES, slots=()), field(type="choice"), replace(LINK, text="x" * 190)]
)
async def test_what_apple_would_refuse_is_not_sent(apple, http, creds, card):
    with pytest.raises(Rejected) as caught:
        await PLATFORM.send(by_card(card), creds, http)
    assert (caught.value.code, apple.seen) == ("card", [])


PROMPT = "Votre box ?\nRegardez le voyant."


@pytest.mark.parametrize(
    "card",
    [
        QuickReplies(id="R-1", prompt=PROMPT, options=TOPICS),
        LocationRequest(id="R-1", prompt="Where?"),
        Location(id="R-1", latitude=48.8584, longitude=2.2945, title="Tower"),
    ],
)
def test_the_others_go_as_text(card):
    parts = list(PLATFORM.compose(Content(card=card), None))
    assert parts[0] == Part(kind="text", text=fallback_text(card))
    assert {part.kind for part in parts[1:]} <= {"link"}


@pytest.mark.parametrize(("card", "needs"), [(TIMES, "TIME"), (FORM, "FORM"), (PICKER, "LIST"), (LINK, "")])
@pytest.mark.parametrize("named", ["TIME", "FORM", "LIST", "QUICK"])
def test_a_device_that_cannot_show_it_gets_text(card, needs, named):
    (first, *_links) = PLATFORM.compose(Content(card=card), frozenset({named}))
    assert first.kind == ("card" if needs in ("", named) else "text")


def test_the_linter_names_limits_and_places():
    card = field(id="x" * 20, label="y" * 201)
    found = lint(card, PLATFORM.capabilities.cards["form"], device=frozenset())
    assert [(each.limit_kind, each.where, each.is_now, each.limit) for each in found] == [
        (Limit.TOO_LONG, "fields.0.label", 201, 200),
        (Limit.TOO_LONG, "fields.0.id", 20, 19),
        (Limit.DEVICE, "", 0, 0),
    ]
