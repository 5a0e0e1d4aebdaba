"""The story of a visitor: what they say arrives once, what they are told is theirs and nothing inside."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from apps.connections.models import Channel
from apps.console.customers import customer_of
from apps.conversations import stream
from apps.conversations.assign import close
from apps.conversations.files import full_path
from apps.conversations.models import Attachment, ContactAddress, Conversation, Message
from apps.conversations.notes import write_note
from apps.core import tenancy
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section
from tests.widget.panels import agent_says, conversation_of, panel, png, states_of
from tests.worlds import Side

QUESTION = QuickReplies(
    id="q1", prompt="Quel voyant ?", options=(Option(id="a", title="Orange"), Option(id="b", title="Rouge"))
)
LIST = ListPicker(
    id="l1",
    title="Vos options",
    sections=(
        Section(title="Une", options=(Option(id="x", title="X"), Option(id="y", title="Y"))),
        Section(
            title="Plusieurs", multiple=True, options=(Option(id="p", title="P"), Option(id="q", title="Q"))
        ),
    ),
)


def test_first_words_open_a_conversation_in_the_team_of_the_entry_point(filante: Side) -> None:
    device = panel(filante)
    answer = device.say("Ma box clignote")
    assert answer.status_code == 201
    with tenancy.scope(filante.id):
        found = Conversation.objects.select_related("address").get(preview="Ma box clignote")
        assert (found.team_id, found.tag, found.entry_point_id) == (
            filante.adsl.pk,
            "adsl",
            filante.entry_point.pk,
        )
        assert found.locale == "fr-FR"
        assert Channel.objects.get(pk=filante.channel.pk).last_received_at is not None


def test_nothing_is_stored_of_a_visitor_who_says_nothing(filante: Side) -> None:
    with tenancy.scope(filante.id):
        before = ContactAddress.objects.count(), Conversation.objects.count()
    panel(filante)
    with tenancy.scope(filante.id):
        assert (ContactAddress.objects.count(), Conversation.objects.count()) == before


def test_the_same_client_id_is_the_same_message(filante: Side) -> None:
    """I2."""
    device, client_id = panel(filante), uuid4()
    answers = [device.say("une fois", client_id=client_id) for _ in range(3)]
    assert {answer.json()["message"]["id"] for answer in answers} == {answers[0].json()["message"]["id"]}
    assert device.texts() == ["une fois"]
    other = device.say("autre chose", client_id=client_id)
    assert (other.status_code, other.json()["error"]) == (409, "client_id_reused")


def test_two_visitors_may_use_the_same_client_id(filante: Side) -> None:
    one, other, client_id = panel(filante), panel(filante), uuid4()
    assert [device.say("moi", client_id=client_id).status_code for device in (one, other)] == [201, 201]
    assert (one.texts(), other.texts()) == (["moi"], ["moi"])


def test_an_answer_is_told_with_a_first_name_and_nothing_of_ours(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    place = conversation_of(filante, "bonjour")
    with tenancy.scope(filante.id):
        write_note(place.pk, filante.agent_membership, "client pénible", client_id=None)
        filante.agent.name = "Bob Martin"
        filante.agent.save()
        code = customer_of(place.contact).code
    said = agent_says(filante, place, "J’arrive")
    answer = device.start()
    assert "client pénible" not in answer.content.decode() and "Martin" not in answer.content.decode()
    told = answer.json()["messages"][-1]
    assert told == {
        "id": str(said.pk),
        "conversation": str(place.pk),
        "seq": 2,
        "from": "business",
        "name": "Bob",
        "automatic": False,
        "at": said.created_at.isoformat(),
        "text": "J’arrive",
        "reply_to": None,
        "edited": False,
        "withdrawn": False,
        "files": [],
    }
    assert answer.json()["conversations"] == [
        {
            "conversation": str(place.pk),
            "code": code,
            "closed": False,
            "left": False,
            "with": "Bob",
            "read_up_to": 0,
        }
    ]


def test_marks_move_deliveries_forward_only(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    said = agent_says(filante, conversation_of(filante, "bonjour"), "voici")
    for state, expected in [("delivered", "delivered"), ("read", "read"), ("delivered", "read")]:
        assert device.post("marks/", {"message": str(said.pk), "state": state}).status_code == 200
        assert states_of(filante, said) == [expected]


def test_a_mark_of_another_visitor_marks_nothing(filante: Side) -> None:
    device, stranger = panel(filante), panel(filante)
    device.say("bonjour")
    said = agent_says(filante, conversation_of(filante, "bonjour"), "voici")
    assert stranger.post("marks/", {"message": str(said.pk), "state": "read"}).status_code == 200
    assert states_of(filante, said) == ["queued"]


@pytest.mark.parametrize(
    ("card", "selected", "status"),
    [
        (QUESTION, ["b"], 201),
        (QUESTION, ["a", "b"], 422),
        (QUESTION, ["z"], 422),
        (QUESTION, [], 422),
        (QUESTION, ["a", "a"], 422),
        (LIST, ["x", "p", "q"], 201),
        (LIST, ["x", "y"], 422),
    ],
)
def test_a_card_takes_what_it_offers(
    filante: Side, card: QuickReplies | ListPicker, selected: list[str], status: int
) -> None:
    device = panel(filante)
    device.say("bonjour")
    asked = agent_says(filante, conversation_of(filante, "bonjour"), card=card)
    body = {"client_id": str(uuid4()), "message": str(asked.pk), "selected": selected}
    answers = [device.post("answers/", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    with tenancy.scope(filante.id):
        answered = Message.objects.get(pk=asked.pk).content.get("answer")
        count = Message.objects.filter(reply_to=asked.pk).count()
    if status == 201:
        assert [each["id"] for each in answered["selected"]] == selected
    assert (answered is not None, count) == (status == 201, int(status == 201))


def test_leaving_is_for_good_until_the_visitor_writes(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    assert device.post("leave/").json() == {"left": True}
    assert device.post("leave/").status_code == 200
    assert device.start().json()["left"] is True
    with tenancy.scope(filante.id):
        assert [event.data["reason"] for event in stream.after(0) if event.kind == "ContactLeft"] == [
            "deleted"
        ]
    device.say("me revoilà")
    assert device.start().json()["left"] is False
    assert device.texts() == ["bonjour", "me revoilà"]


def test_what_was_parked_because_they_left_is_never_shown(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    agent_says(filante, conversation_of(filante, "bonjour"), "trop tard")
    device.post("leave/")
    assert device.texts() == ["bonjour"]


def test_a_closed_conversation_is_said_to_be_and_opens_again(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    with tenancy.scope(filante.id):
        close(conversation_of(filante, "bonjour").pk, by=filante.agent_membership)
    assert [each["closed"] for each in device.start().json()["conversations"]] == [True]
    device.say("encore")
    assert [each["closed"] for each in device.start().json()["conversations"]] == [False]


def test_a_picture_goes_both_ways(filante: Side) -> None:
    device = panel(filante)
    sent = device.upload(png(), "box.png")
    assert (sent.status_code, sent.json()["file"]["kind"]) == (201, "image")
    said = device.say("", files=[sent.json()["file"]["id"]])
    (file,) = said.json()["message"]["files"]
    assert (file["kind"], file["state"], file["width"], file["has_preview"]) == ("image", "stored", 3, True)
    shown = device.client.get(file["preview_url"])
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    original = device.client.get(file["url"])
    assert b"".join(original.streaming_content) == png()
    assert original["Content-Disposition"] == 'attachment; filename="box.png"'
    assert original["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_an_agents_picture_reaches_the_visitor(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    agent_says(filante, conversation_of(filante, "bonjour"), file=png())
    (file,) = device.start().json()["messages"][-1]["files"]
    assert device.client.get(file["preview_url"])["Content-Type"] == "image/webp"
    fresh = device.get(f"/widget/v1/files/{file['id']}/addresses/").json()["file"]
    assert device.client.get(fresh["url"]).status_code == 200


def test_a_player_gets_the_part_it_asks_for(filante: Side) -> None:
    device = panel(filante)
    file = device.upload(b"0123456789", "note.txt").json()["file"]["id"]
    (told,) = device.say("", files=[file]).json()["message"]["files"]
    part = device.client.get(told["url"], headers={"Range": "bytes=2-4"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"234")
    assert device.client.get(told["url"], headers={"Range": "bytes=99-"}).status_code == 416


def test_a_file_that_the_disk_lost_is_not_there(filante: Side) -> None:
    device = panel(filante)
    file = device.upload(b"0123456789", "note.txt").json()["file"]["id"]
    (told,) = device.say("", files=[file]).json()["message"]["files"]
    with tenancy.scope(filante.id):
        full_path(Attachment.objects.get(pk=told["id"]).path).unlink()
    assert device.client.get(told["url"]).json()["error"] == "not_found"


def test_a_file_is_in_one_message_only(filante: Side) -> None:
    device, client_id = panel(filante), uuid4()
    file = device.upload(b"%PDF-1.4 facture", "facture.pdf").json()["file"]["id"]
    first = device.say("", client_id=client_id, files=[file])
    assert (
        device.say("", client_id=client_id, files=[file]).json()["message"]["id"]
        == first.json()["message"]["id"]
    )
    assert device.say("", files=[file]).json()["error"] == "not_found"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("messages/", {"client_id": str(uuid4())}, (422, "empty")),
        ("messages/", {"client_id": str(uuid4()), "text": "  "}, (422, "empty")),
        ("messages/", {"client_id": "1", "text": "x"}, (422, "bad_field")),
        ("messages/", {"client_id": str(uuid4()), "text": ["x"]}, (422, "bad_field")),
        ("messages/", {"client_id": str(uuid4()), "text": "x" * 10_001}, (413, "too_large")),
        ("messages/", {"client_id": str(uuid4()), "text": "\ud800"}, (422, "bad_field")),
        ("messages/", {"client_id": str(uuid4()), "text": "x", "files": [str(uuid4())]}, (404, "not_found")),
        ("messages/", {"client_id": str(uuid4()), "text": "x", "files": "abc"}, (422, "bad_field")),
        ("messages/", [], (422, "bad_field")),
        ("messages/", "{", (422, "bad_field")),
        ("messages/", "[" * 10_000, (422, "bad_field")),
        (
            "answers/",
            {"client_id": str(uuid4()), "message": str(uuid4()), "selected": ["a"]},
            (404, "not_found"),
        ),
        ("typing/", {"on": "yes"}, (422, "bad_field")),
        ("marks/", {"message": str(uuid4()), "state": "eaten"}, (422, "bad_field")),
    ],
)
@pytest.mark.advisory("S12", "Rocket.Chat CVE-2021-22911", "CVE-2026-45688")
def test_what_is_not_of_the_protocol_is_refused_by_name(
    filante: Side, path: str, body: object, expected: tuple[int, str]
) -> None:
    device = panel(filante)
    answer = device.post(path, body if isinstance(body, str) else body)
    assert (answer.status_code, answer.json()["error"]) == expected
    assert set(answer.json()) - {"field"} == {"error", "request_id"}


def test_a_stream_of_words_is_slowed_down(filante: Side) -> None:
    device = panel(filante)
    answers = [device.say(f"{number}") for number in range(22)]
    assert {answer.status_code for answer in answers[:20]} == {201}
    assert (answers[21].status_code, answers[21].json()["error"]) == (429, "too_often")
    assert int(answers[21]["Retry-After"]) >= 1


def test_ids_are_never_numbers_that_count(filante: Side) -> None:
    """A visitor's cursor says nothing of how much happens in the business."""
    device = panel(filante)
    cursors = {device.start().json()["cursor"]}
    device.say("un")
    cursors.add(device.start().json()["cursor"])
    assert {len(cursor) for cursor in cursors} == {22} and len(cursors) == 2
    assert UUID(device.start().json()["messages"][0]["id"])
