"""Programs send cards with pictures, read them back as they went out, and are told what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from apps.connections.models import Channel
from apps.conversations import files
from apps.conversations.models import Attachment, Conversation, Delivery, Message
from apps.conversations.receive import receive
from apps.core import tenancy
from tests.api.conftest import Program
from tests.isolation.rich import PNG
from tests.worlds import Side, World, said

ProgramOf = Callable[..., Program]
TEXT = b"A line of words."
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b")


@pytest.fixture
def here(world: World) -> Side:
    with tenancy.scope(world.filante.id):
        Channel.objects.update(platform="apple_messages")
    return world.filante


@pytest.fixture
def crm(here: Side, program_of: ProgramOf) -> Program:
    return program_of(here)


def path(here: Side, what: str) -> str:
    return f"/conversations/{here.conversation.pk}/{what}/"


def uploaded(here: Side, crm: Program, content: bytes = PNG, name: str = "plan.png") -> str:
    answer = crm.upload(path(here, "attachments"), content, name)
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["id"])


def options(*images: int) -> list[dict[str, Any]]:
    return [{"id": f"o{n}", "title": f"N° {n}", "subtitle": "", "image": n} for n in images]


LINK = {"kind": "link", "id": "c", "text": "Suivi", "button": "Ouvrir", "url": "https://shop.example/"}
GROUP = {"kind": "media_group", "id": "c", "images": [0, 1], "text": "Avant, après"}
LIST = {
    "kind": "list_picker",
    "id": "c",
    "title": "Box",
    "subtitle": "",
    "reply_title": "",
    "image": 0,
    "sections": [{"title": "", "options": options(1), "multiple": False}],
}
PICTURED: dict[str, dict[str, Any]] = {
    "media_group": GROUP,
    "list_picker": LIST,
    "link": {**LINK, "image": 1},
}


@pytest.mark.parametrize("card", PICTURED.values(), ids=PICTURED)
def test_a_card_with_pictures_is_read_back_as_it_went_out(
    here: Side, crm: Program, card: dict[str, Any]
) -> None:
    ids = [uploaded(here, crm, name=name) for name in ("a.png", "b.png")]
    body = {"card": card, "attachments": ids}
    answers = [crm.post(path(here, "messages"), body, key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["content"] == {"card": card}
    kept = crm.get(path(here, "messages")).json()["results"][-1]
    assert kept == answers[0].json()
    assert [(file["id"], file["name"]) for file in kept["attachments"]] == list(
        zip(ids, ("a.png", "b.png"), strict=True)
    )
    assert crm.get(f"/attachments/{ids[0]}/").status_code == 200


def test_another_order_of_files_is_another_message(here: Side, crm: Program) -> None:
    ids = [uploaded(here, crm) for _ in range(2)]
    sent = [
        crm.post(path(here, "messages"), {"card": GROUP, "attachments": each}, key="k")
        for each in (ids, ids[::-1])
    ]
    assert [answer.status_code for answer in sent] == [201, 409]


def test_a_file_goes_without_a_card_too(here: Side, crm: Program) -> None:
    body = {"attachments": [uploaded(here, crm, TEXT, "devis.txt")]}
    sent = crm.post(path(here, "messages"), body, key="k")
    assert (sent.status_code, [file["kind"] for file in sent.json()["attachments"]]) == (201, ["file"])


WRONG: dict[str, tuple[dict[str, Any], list[bytes], str, str]] = {
    "no files at all": (GROUP, [], "no_such_position", "card.images.0"),
    "one too few": (GROUP, [PNG], "no_such_position", "card.images.1"),
    "words in a group": (GROUP, [PNG, TEXT], "not_a_picture", "card.images.1"),
    "words in a link": ({**LINK, "image": 0}, [TEXT], "not_a_picture", "card.image"),
    "the picture of a list": ({**LIST, "image": 2}, [PNG, PNG], "no_such_position", "card.image"),
    "the picture of an option": (LIST, [PNG, TEXT], "not_a_picture", "card.sections.0.options.0.image"),
    "the picture of a reply": (
        {"kind": "quick_replies", "id": "c", "prompt": "Laquelle ?", "options": options(0, 3)},
        [PNG],
        "no_such_position",
        "card.options.1.image",
    ),
}


@pytest.mark.parametrize(("card", "contents", "code", "field"), WRONG.values(), ids=WRONG)
def test_what_a_card_cannot_show_is_named(
    here: Side, crm: Program, card: dict[str, Any], contents: list[bytes], code: str, field: str
) -> None:
    ids = [uploaded(here, crm, content, "a") for content in contents]
    answer = crm.post(path(here, "messages"), {"card": card, "attachments": ids}, key="k")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)
    with tenancy.scope(here.id):
        assert Message.objects.filter(direction="out").count() == 0
        assert Attachment.objects.filter(message=None).count() == len(ids)


@pytest.mark.advisory("S1", "LiveHelperChat GHSA-5cmw-fhq9-8fhh")
def test_files_of_others_answer_like_missing_ones(world: World, here: Side, crm: Program) -> None:
    """I7: of another business, of another conversation, of another message, of none."""
    theirs = world.garance
    with tenancy.scope(theirs.id):
        foreign = files.upload(theirs.conversation, _png(), name="plan.png").pk
    with tenancy.scope(here.id):
        receive(here.channel, said("Bonjour", to=here.channel.address, address="visitor-2"))
        other = Conversation.objects.exclude(pk=here.conversation.pk).get()
        elsewhere = files.upload(other, _png(), name="plan.png").pk
    taken = uploaded(here, crm)
    crm.post(path(here, "messages"), {"attachments": [taken]}, key="first")
    answers = [
        crm.post(path(here, "messages"), {"card": {**LINK, "image": 0}, "attachments": [str(pk)]}, key="k")
        for pk in (uuid4(), foreign, elsewhere, taken)
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (422, answers[0].content),
    }
    error = answers[0].json()["error"]
    assert (error["code"], error["field"]) == ("no_such_file", "attachments.0")
    with tenancy.scope(theirs.id):
        assert Attachment.objects.get(pk=foreign).message_id is None


def _png() -> BytesIO:
    return BytesIO(PNG)


MANY = {
    "kind": "quick_replies",
    "id": "c",
    "prompt": "Quand ?",
    "options": [{"id": str(n), "title": f"{n} h"} for n in range(6)],
}


def test_rather_nothing_than_text_says_each_limit_and_the_fix(here: Side, crm: Program) -> None:
    refused = crm.post(path(here, "messages"), {"card": MANY, "card_as_text": False}, key="k")
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["field"]) == (422, "card_not_shown", "card")
    (found,) = error["findings"]
    assert found.pop("message").endswith("takes at most 5; there are 6: remove 1.")
    assert found == {"code": "too_many", "field": "card", "now": 6, "limit": 5, "blocks": True}
    with tenancy.scope(here.id):
        assert (Message.objects.filter(direction="out").count(), Delivery.objects.count()) == (0, 0)
    sent = crm.post(path(here, "messages"), {"card": MANY}, key="k")
    assert (sent.status_code, sent.json()["content"]["card_as_text"]) == (201, True)
    again = crm.post(path(here, "messages"), {"card": MANY, "card_as_text": False}, key="k")
    assert (again.status_code, again.json()["id"]) == (200, sent.json()["id"])


def test_what_is_shown_needs_no_text(here: Side, crm: Program) -> None:
    few = {**MANY, "options": MANY["options"][:3]}
    sent = crm.post(path(here, "messages"), {"card": few, "card_as_text": False}, key="k")
    assert (sent.status_code, "card_as_text" in sent.json()["content"]) == (201, False)


def on(here: Side, platform: str) -> None:
    with tenancy.scope(here.id):
        Channel.objects.update(platform=platform)


def test_an_upload_says_what_becomes_of_it(here: Side, crm: Program) -> None:
    on(here, "line")
    fine, other = (
        crm.upload(path(here, "attachments"), content, name).json()
        for content, name in ((PNG, "a.png"), (TEXT, "b.txt"))
    )
    assert fine["findings"] == []
    (found,) = other["findings"]
    assert found.pop("message") == "LINE takes no such files: the customer gets a link to it."
    assert found == {
        "code": "file_type",
        "field": "file",
        "now": 0,
        "limit": 0,
        "blocks": False,
        "becomes": "link",
        "types": [],
    }


def test_an_upload_that_the_platform_cannot_be_sent_is_not_kept(here: Side, crm: Program) -> None:
    on(here, "qq")
    refused = crm.upload(path(here, "attachments"), TEXT, "b.txt")
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["field"]) == (422, "file_not_taken", "file")
    assert error["message"] == "QQ takes only PNG, JPEG, MP4: convert the file to one of them."
    assert [each["blocks"] for each in error["findings"]] == [True]
    with tenancy.scope(here.id):
        assert not Attachment.objects.exists()


def test_a_file_taken_before_the_channel_changed_is_refused_with_the_message(
    here: Side, crm: Program
) -> None:
    ids = [uploaded(here, crm), uploaded(here, crm, TEXT, "b.txt")]
    on(here, "instagram")
    refused = crm.post(path(here, "messages"), {"attachments": ids}, key="k").json()["error"]
    assert (refused["code"], refused["field"]) == ("file_not_taken", "attachments.1")
    assert [each["code"] for each in refused["findings"]] == ["file_type"]


def test_pictures_that_cannot_stand_in_a_card_are_named_with_it(here: Side, crm: Program) -> None:
    on(here, "telegram")
    ids = [uploaded(here, crm), uploaded(here, crm, GIF, "b.gif")]
    body = {"card": GROUP, "attachments": ids, "card_as_text": False}
    error = crm.post(path(here, "messages"), body, key="k").json()["error"]
    (found,) = error["findings"]
    assert (found["code"], found["field"], found["becomes"]) == ("file_type", "card.images.1", "beside")


NOBODY: dict[str, tuple[dict[str, Any], str, str]] = {
    "a time that is over": (
        {
            "kind": "time_slots",
            "id": "c",
            "title": "Quand ?",
            "slots": [{"id": "a", "start": "2020-01-04T09:00:00+01:00", "minutes": 30}],
        },
        "card.slots.0.start",
        "This time is over: choose a later one.",
    ),
    "nothing to choose": (
        {
            "kind": "form",
            "id": "c",
            "title": "Vous",
            "fields": [{"id": "size", "label": "Taille", "type": "choice"}],
        },
        "card.fields.0.options",
        "There is nothing to choose from: add choices.",
    ),
}


@pytest.mark.parametrize("platform", ["webchat", "apple_messages", "sms"])
@pytest.mark.parametrize(("card", "field", "words"), NOBODY.values(), ids=NOBODY)
def test_a_card_that_nobody_could_answer_is_refused(
    here: Side, crm: Program, card: dict[str, Any], field: str, words: str, platform: str
) -> None:
    on(here, platform)
    refused = crm.post(path(here, "messages"), {"card": card}, key="k")
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["field"]) == (422, "bad_card", field)
    assert error["message"] == words
    assert [(each["field"], each["message"]) for each in error["findings"]] == [(field, words)]
    with tenancy.scope(here.id):
        assert not Delivery.objects.exists()


def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_WAITING", 0)


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.MAX_ATTACHMENT_BYTES", len(PNG) - 1)


def smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.MAX_ATTACHMENT_BYTES", -100_000)


UPLOADS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], bytes, int, str]] = {
    "empty": (lambda _: None, b"", 400, "invalid"),
    "too large": (small, PNG, 422, "file_too_large"),
    "said to be too large": (smaller, PNG, 422, "file_too_large"),
    "too many": (no_room, PNG, 422, "too_many_files"),
}


@pytest.mark.parametrize(("change", "content", "status", "code"), UPLOADS.values(), ids=UPLOADS)
def test_a_file_that_is_not_taken(
    here: Side,
    crm: Program,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[pytest.MonkeyPatch], None],
    content: bytes,
    status: int,
    code: str,
) -> None:
    change(monkeypatch)
    answer = crm.upload(path(here, "attachments"), content, "plan.png")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (status, code, "file")
    with tenancy.scope(here.id):
        assert Attachment.objects.count() == 0


def test_a_waiting_file_has_no_address_yet(here: Side, crm: Program) -> None:
    answer = crm.upload(path(here, "attachments"), PNG, "../plan.png").json()
    assert (answer["name"], answer["kind"], answer["url"]) == ("plan.png", "image", None)
    assert crm.get(f"/attachments/{answer['id']}/").status_code == 404


def test_conversations_of_others_take_no_files(world: World, crm: Program) -> None:
    """I7: another business's conversation answers as one that never was."""
    theirs = world.garance
    answers = [
        crm.upload(f"/conversations/{pk}/attachments/", PNG, "plan.png")
        for pk in (theirs.conversation.pk, uuid4())
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    with tenancy.scope(theirs.id):
        assert Attachment.objects.count() == 0
