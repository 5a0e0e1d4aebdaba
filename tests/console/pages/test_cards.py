"""Building cards: every kind from a form, its limits in words beside the field, and the answers it gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from apps.connections.models import Channel
from apps.console.card_views import answer_of
from apps.conversations import files
from apps.conversations.models import Message
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms import cards
from apps.platforms.events import MessageReceived
from tests.console.pages import scenes
from tests.isolation.rich import PNG
from tests.worlds import Side, World

Fields = dict[str, Any]

GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b")
WHOLE: dict[str, tuple[Fields, str]] = {
    "quick_replies": ({"prompt": "Ça va ?", "reply": ["Oui", "", "Non"]}, "1. Oui"),
    "list_picker": ({"title": "Box", "s0-option": ["A", "B"], "s0-subtitle": ["a", ""]}, "1. A (a)"),
    "time_slots": (
        {"title": "Quand ?", "slot": ["2097-07-01T09:00"], "minutes": "30", "timezone": "Europe/Paris"},
        "1. 2097-07-01 09:00 (30 min)",
    ),
    "form": (
        {
            "title": "Vous",
            "q-label": ["Nom", "", "Box"],
            "q-type": ["text", "text", "choice"],
            "q-options": ["", "", "A, B"],
            "q-required": ["yes", "yes", "no"],
        },
        "2. Box (A / B)",
    ),
    "link": (
        {"text": "Suivi", "button": "Ouvrir", "url": "https://a.example/"},
        "Ouvrir: https://a.example/",
    ),
    "location_request": ({"prompt": "Où ?"}, "Où ?"),
    "location": ({"latitude": "48,85", "longitude": "2.35", "title": "Ici"}, "mlat=48.850000"),
    "contact": ({"name": "Atelier", "phone": "+33 1 02-03.04 05"}, "+33102030405"),
}


@pytest.fixture
def here(world: World) -> Side:
    return world.filante


def build(side: Side, **fields: Any) -> Any:
    body = {"client_id": str(uuid4()), "view": "mine", **fields}
    return scenes.agent(side).post(scenes.of(side, "messages/"), body, headers=scenes.JSON)


def last_card(side: Side) -> cards.Card:
    with tenancy.scope(side.id):
        return cards.from_json(Message.objects.filter(direction="out").latest("seq").content["card"])


@pytest.mark.parametrize(("kind", "given"), WHOLE.items(), ids=WHOLE)
def test_every_kind_is_built_and_shown(here: Side, kind: str, given: tuple[Fields, str]) -> None:
    fields, line = given
    sent = build(here, card=kind, **fields)
    assert sent.status_code == 200, sent.json()
    assert 'class="rich"' in sent.json()["html"]
    card = last_card(here)
    assert card.kind == kind
    assert line in cards.fallback_text(card)


def test_pictures_that_belong_together(here: Side) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = [SimpleUploadedFile(f"{n}.png", PNG, "image/png") for n in range(2)]
    sent = build(here, card="media_group", text="La box", files=files)
    assert sent.status_code == 200, sent.json()
    assert last_card(here) == cards.MediaGroup(id=last_card(here).id, images=(0, 1), text="La box")
    assert scenes.messages_of(here)[-1] == ""  # the words are the card's


def uploaded(side: Side) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    body = {"file": SimpleUploadedFile("box.png", PNG, "image/png")}
    answer = scenes.agent(side).post(scenes.of(side, "uploads/"), body, headers=scenes.JSON)
    assert answer.status_code == 201
    return str(answer.json()["id"])


def test_a_list_with_sections_and_pictures(here: Side) -> None:
    top, mini = uploaded(here), uploaded(here)
    fields = {
        "title": "Box",
        "image": top,
        "s0-title": "Fibre",
        "s0-option": ["Mini", "", "Maxi"],
        "s0-image": [mini, "", ""],
        "s1-option": [""],
        "s2-title": "Services",
        "s2-option": ["Télé"],
        "s2-image": [mini],
        "s2-multiple": "on",
    }
    sent = build(here, card="list_picker", **fields)
    assert sent.status_code == 200, sent.json()
    card = last_card(here)
    assert isinstance(card, cards.ListPicker) and card.image == 0
    assert [(s.title, s.multiple, [(o.id, o.title, o.image) for o in s.options]) for s in card.sections] == [
        ("Fibre", False, [("0.1", "Mini", 1), ("0.2", "Maxi", None)]),
        ("Services", True, [("2.1", "Télé", 1)]),
    ]
    with tenancy.scope(here.id):
        found = Message.objects.filter(direction="out").latest("seq").attachments.order_by("position")
        assert [str(row.pk) for row in found] == [top, mini]


def test_a_picture_of_elsewhere_is_none(here: Side, world: World) -> None:
    theirs = uploaded(world.garance)
    sent = build(here, card="list_picker", title="Box", image=theirs, **{"s0-option": "A"})
    assert (sent.status_code, sent.json()["code"]) == (422, "bad_draft")


WRONG: dict[str, tuple[str, Fields, str]] = {
    "no time": ("time_slots", {"title": "x", "minutes": "30"}, "slot"),
    "no such zone": ("time_slots", {**WHOLE["time_slots"][0], "timezone": "Mars/Base"}, "timezone"),
    "no such day": ("time_slots", {**WHOLE["time_slots"][0], "slot": "tomorrow"}, "slot"),
    "no length": ("time_slots", {**WHOLE["time_slots"][0], "minutes": "0"}, "minutes"),
    "no question": ("form", {"title": "x"}, "q-label"),
    "one choice": ("form", {"title": "x", "q-label": "a", "q-type": "choice", "q-options": "A"}, "q-options"),
    "plain http": ("link", {**WHOLE["link"][0], "url": "http://a.example"}, "url"),
    "script": ("link", {**WHOLE["link"][0], "url": "javascript:alert(1)"}, "url"),
    "off the Earth": ("location", {"latitude": "91", "longitude": "2"}, "latitude"),
    "not a number": ("location", {"latitude": "nan", "longitude": "2"}, "latitude"),
    "no country": ("contact", {"name": "a", "phone": "0102030405"}, "phone"),
    "no picture": ("media_group", {"text": "x"}, "attachment"),
    "no choice": ("list_picker", {"title": "x"}, "s0-option"),
    "no heading": ("list_picker", {"s0-option": "A"}, "title"),
    "no answer": ("quick_replies", {"prompt": "x"}, "reply"),
    "no kind": ("hologram", {}, "card"),
}


@pytest.mark.parametrize(("kind", "fields", "wrong"), WRONG.values(), ids=WRONG)
def test_what_is_no_card(here: Side, kind: str, fields: Fields, wrong: str) -> None:
    answer = build(here, card=kind, **fields)
    assert (answer.status_code, answer.json()["field"]) == (422, wrong)
    looked = look(here, card=kind, **fields)
    assert (looked["html"], looked["remarks"], looked["field"]) == ("", [], wrong)


def look(side: Side, **fields: Any) -> Any:
    body = {"client_id": str(uuid4()), **fields}
    return scenes.agent(side).post(scenes.of(side, "cards/look/"), body, headers=scenes.JSON).json()


def on(side: Side, platform: str) -> None:
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform=platform)


def test_a_limit_is_told_beside_its_field(here: Side) -> None:
    on(here, "whatsapp")
    found = look(here, card="quick_replies", prompt="Quand ?", reply=["Matin", "x" * 27, *map(str, range(9))])
    assert [(r["field"], r["place"], r["blocks"]) for r in found["remarks"]] == [
        ("", 0, True),
        ("reply", 1, True),
    ]
    assert found["remarks"][0]["words"] == "WhatsApp takes at most 10; there are 11: remove 1."
    assert found["remarks"][1]["words"] == "WhatsApp takes at most 24 characters: shorten it by 3."
    assert found["as_text"] == "It goes as text on WhatsApp." and "1. Matin" in found["html"]


def test_a_sections_limit_is_told_where_it_was_written(here: Side) -> None:
    """The first section was left empty, and so was the line below its first choice."""
    on(here, "whatsapp")
    fields = {
        "s0-option": [""],
        "s1-title": "x" * 30,
        "s1-option": ["A", "B"],
        "s1-subtitle": ["", "y" * 80],
        "s1-multiple": "on",
    }
    found = look(here, card="list_picker", title="T", **fields)
    assert sorted((r["field"], r["place"]) for r in found["remarks"]) == [
        ("s1-multiple", 0),
        ("s1-subtitle", 1),
        ("s1-title", 0),
    ]


def test_what_fits_is_shown_as_it_will_look(here: Side) -> None:
    on(here, "whatsapp")
    found = look(here, card="quick_replies", prompt="Quand ?", reply=["Matin", "Soir"])
    assert (found["remarks"], found["as_text"]) == ([], "")
    assert 'class="rich"' in found["html"]


def test_a_card_is_looked_at_with_its_pictures(here: Side) -> None:
    on(here, "whatsapp")
    box = uploaded(here)
    fields = {"text": "Suivi", "button": "Ouvrir", "url": "https://shop.example/a", "image": box}
    found = look(here, card="link", **fields)
    assert found["remarks"] == []
    assert f"files/{box}/?preview=1" in found["html"]


def test_a_picture_that_goes_beside_is_said_and_shown_before_the_card(here: Side) -> None:
    on(here, "whatsapp")
    with tenancy.scope(here.id):
        gif = files.upload(here.conversation, BytesIO(GIF), name="a.gif").pk
    fields = {"text": "Suivi", "button": "Ouvrir", "url": "https://shop.example/a", "image": str(gif)}
    found = look(here, card="link", **fields)
    (remark,) = found["remarks"]
    words = "WhatsApp shows only JPEG, PNG in a card: convert the picture, or let it go beside it."
    assert (remark["words"], remark["field"], remark["blocks"]) == (words, "image", False)
    alone, _, card = found["html"].partition('class="rich"')
    assert f"files/{gif}/?preview=1" in alone
    assert str(gif) not in card and "Ouvrir" in card


def test_an_album_is_looked_at_with_its_pictures(here: Side) -> None:
    on(here, "telegram")
    pictures = [uploaded(here), uploaded(here)]
    found = look(here, card="media_group", text="La box", attachment=pictures)
    assert found["remarks"] == []
    assert all(f"{each}/?preview=1" in found["html"] for each in pictures)
    sent = build(here, card="media_group", text="La box", attachment=pictures)
    assert sent.status_code == 200 and last_card(here).kind == "media_group"


def test_another_business_sees_no_picture_of_ours(here: Side, world: World) -> None:
    on(here, "whatsapp")
    theirs = uploaded(world.garance)
    fields = {"text": "Suivi", "button": "Ouvrir", "url": "https://shop.example/a", "image": theirs}
    assert theirs not in look(here, card="link", **fields)["html"]


def test_a_time_that_is_over_is_told_beside_it(here: Side) -> None:
    slots = ["2097-07-01T09:00", "2020-07-01T09:00"]
    fields = {"title": "Quand ?", "slot": slots, "minutes": "30", "timezone": "Europe/Paris"}
    (remark,) = look(here, card="time_slots", **fields)["remarks"]
    assert (remark["words"], remark["field"], remark["place"]) == (
        "This time is over: choose a later one.",
        "slot",
        1,
    )
    refused = build(here, card="time_slots", **fields).json()
    assert (refused["words"], refused["field"], refused["place"]) == (remark["words"], "slot", 1)


def test_looking_sends_nothing(here: Side) -> None:
    before = scenes.messages_of(here)
    look(here, card="location_request", prompt="Où ?")
    assert scenes.messages_of(here) == before


SLOT = cards.Slot(id="a", start=datetime(2097, 7, 1, 7, tzinfo=UTC), minutes=30)
TIMES = cards.TimeSlots(id="t", title="Quand ?", slots=(SLOT,), timezone="Europe/Paris")
FORM = cards.Form(
    id="f",
    title="Vous",
    fields=(
        cards.Field(id="n", label="Nom"),
        cards.Field(id="b", label="Box", type="choice", options=(cards.Option(id="1", title="Mini"),)),
    ),
)
ANSWERS: dict[str, tuple[cards.Card, cards.CardAnswer, str, int]] = {
    "a time, where it takes place": (
        TIMES,
        cards.CardAnswer(card_id="t", slot=SLOT),
        "Mon 1 July 2097, 09:00–09:30",
        2,
    ),
    "a form, by its questions": (
        FORM,
        cards.CardAnswer(card_id="f", values={"n": ("Ana",), "b": ("1",)}),
        'dir="auto">Mini</dd>',
        2,
    ),
}


@pytest.mark.parametrize(("card", "answer", "words", "times"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_shown_with_it_and_on_the_card(
    here: Side, card: cards.Card, answer: cards.CardAnswer, words: str, times: int
) -> None:
    scenes.reply(here, "", card=card)
    event = MessageReceived(
        to=here.channel.address, address="visitor-1", ref=uuid4().hex, at=datetime.now(UTC), answer=answer
    )
    with tenancy.scope(here.id):
        receive(here.channel, event)
    page = scenes.agent(here).get(scenes.inbox(here, f"all/{here.conversation.pk}/")).content.decode()
    timeline = page[page.index('id="timeline"') : page.index('id="typing"')]
    assert timeline.count(words) == times
    assert timeline.count("is-on") == (len(answer.values) or 1)


def test_an_answer_with_a_time_that_was_over_is_kept_and_shown_as_one(here: Side) -> None:
    scenes.reply(here, "", card=TIMES)
    for hours, words in ((-1, "(over when it was chosen)"), (1, "")):
        at = datetime.now(UTC).replace(microsecond=0)
        slot = cards.Slot(id="old", start=at + timedelta(hours=hours), minutes=30)
        answer = cards.CardAnswer(card_id="t", slot=slot)
        ref, address = uuid4().hex, "visitor-1"
        event = MessageReceived(to=here.channel.address, address=address, ref=ref, at=at, answer=answer)
        with tenancy.scope(here.id):
            kept = receive(here.channel, event)
            assert kept is not None and cards.answer_from_json(kept.content["answer"]) == answer
            assert answer_of(kept).endswith(words or slot_end(slot))


def slot_end(slot: cards.Slot) -> str:
    return f"{slot.start.astimezone(ZoneInfo('Europe/Paris')) + timedelta(minutes=30):%H:%M}"


def test_a_card_holds_its_pictures_and_they_stand_nowhere_else(here: Side) -> None:
    """As they went out: on a platform whose cards have none they went by themselves."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    on(here, "webchat")
    given = [SimpleUploadedFile(f"{n}.png", PNG, "image/png") for n in range(2)]
    card = build(here, card="media_group", text="La box", files=given).json()["html"]
    assert card.count("pic-card") == card[card.index('class="rich"') :].count("pic-card") == 2


PICTURED = cards.ListPicker(
    id="p",
    title="Box",
    image=0,
    sections=(cards.Section(title="", options=(cards.Option(id="a", title="Mini", image=1),)),),
)


@pytest.mark.parametrize(("platform", "beside", "inside"), [("webchat", 0, 2), ("line", 2, 0)])
def test_a_list_has_its_pictures_where_the_platform_takes_them(
    here: Side, platform: str, beside: int, inside: int
) -> None:
    on(here, "webchat")
    with tenancy.scope(here.id):
        sent = [files.upload(here.conversation, BytesIO(PNG), name=f"{n}.png").pk for n in range(2)]
    shown = scenes.reply(here, "", card=PICTURED, attachments=tuple(sent))
    on(here, platform)
    page = scenes.agent(here).get(scenes.inbox(here, f"all/{here.conversation.pk}/")).content.decode()
    turn = page[page.index(f'id="m-{shown.pk}"') :]
    turn = turn[: turn.index('id="typing"')]
    assert (turn.count("pic-card"), turn.count("rich-pic") + turn.count('class="thumb"')) == (beside, inside)
