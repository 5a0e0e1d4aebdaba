"""Replies, notes and cards: sent once, refused with the reason, never mistaken for one another."""

from __future__ import annotations

from uuid import uuid4

from apps.conversations.models import Message, Note, ReadMark
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import ContactLeft
from tests.console.pages.scenes import JSON, agent, fresh, held, messages_of, of, owner, reply, send
from tests.worlds import World, said


def test_a_reply_comes_back_as_the_turn_that_the_page_shows(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client_id = str(uuid4())
    answer = send(client, side, "Bonjour <b>", client_id=client_id).json()
    page = client.get(of(side).replace("/inbox/", "/inbox/mine/")).content.decode()
    assert answer["ok"] is True
    assert f'id="{answer["id"]}"' in answer["html"]
    assert f'data-client-id="{client_id}"' in answer["html"]
    assert "Bonjour &lt;b&gt;" in answer["html"]
    assert f'id="{answer["id"]}"' in page
    assert messages_of(side) == ["Bonjour, plus d’internet", "Bonjour <b>"]


def test_the_same_client_id_makes_one_message(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client_id = str(uuid4())
    answers = [send(client, side, "Une fois", client_id=client_id).json() for _ in range(3)]
    assert {answer["id"] for answer in answers} == {answers[0]["id"]}
    assert messages_of(side) == ["Bonjour, plus d’internet", "Une fois"]


def test_the_same_client_id_with_other_words_is_refused(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client_id = str(uuid4())
    send(client, side, "Un", client_id=client_id)
    answer = send(client, side, "Deux", client_id=client_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "client_id_reused")
    assert messages_of(side) == ["Bonjour, plus d’internet", "Un"]


def test_without_script_a_reply_leads_back_to_the_conversation(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    fields = {"text": "Bonjour", "client_id": str(uuid4()), "view": "mine"}
    answer = client.post(of(side, "messages/"), fields)
    assert (answer.status_code, answer["Location"]) == (302, f"/filante/inbox/mine/{side.conversation.pk}/")


def test_without_script_a_refused_reply_keeps_the_words(world: World) -> None:
    side, client = world.filante, owner(world.filante)
    held(side)
    fields = {"text": "Mes mots", "client_id": str(uuid4()), "view": "all"}
    answer = client.post(of(side, "messages/"), fields)
    assert answer.status_code == 409
    assert "Mes mots" in answer.content.decode()
    assert "Bob is answering" in answer.content.decode()


def test_answering_marks_as_read_and_takes(world: World) -> None:
    side = world.filante
    send(agent(side), side)
    with tenancy.scope(side.id):
        assert ReadMark.objects.get().seq == 2
    assert fresh(side).assignee_id == side.agent_membership.pk


def test_a_note_is_no_message(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    fields = {"text": "Interne", "client_id": str(uuid4()), "view": "mine"}
    answers = [client.post(of(side, "notes/"), fields, headers=JSON).json() for _ in range(2)]
    with tenancy.scope(side.id):
        note = Note.objects.get()
        assert Message.objects.count() == 1
    assert [answer["id"] for answer in answers] == [f"n-{note.pk}"] * 2
    assert "never sent to the customer" in answers[0]["html"]


def test_a_note_can_be_left_where_nothing_can_be_sent(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    with tenancy.scope(side.id):
        left = ContactLeft(
            to=side.channel.address,
            address="visitor-1",
            ref="x",
            at=side.conversation.opened_at,
            reason="deleted",
        )
        receive(side.channel, left)
    page = client.get(f"/filante/inbox/all/{side.conversation.pk}/").content.decode()
    refused = send(client, side)
    assert "This customer ended the conversation" in page
    assert "You can answer as soon as they write again." in page
    assert 'class="btn btn--primary send-reply"' not in page
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_deleted")
    assert client.post(of(side, "notes/"), {"text": "Vu", "client_id": str(uuid4())}, headers=JSON).json()[
        "ok"
    ]


def test_the_composer_opens_again_when_they_write(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    with tenancy.scope(side.id):
        at = side.conversation.opened_at
        to = side.channel.address
        receive(side.channel, ContactLeft(to=to, address="visitor-1", ref="x", at=at, reason="deleted"))
        receive(side.channel, said("Me revoilà", to=to))
    page = client.get(f"/filante/inbox/all/{side.conversation.pk}/").content.decode()
    assert 'class="btn btn--primary send-reply"' in page
    assert send(client, side).json()["ok"] is True


def test_a_closed_conversation_is_reopened_first(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client.post(of(side, "closing/"), {"view": "mine"})
    refused = send(client, side)
    assert (refused.status_code, refused.json()["words"]) == (
        422,
        "This conversation is closed. Reopen it to answer.",
    )


def test_a_quick_reply_card(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    fields = {"card": "quick_replies", "prompt": "Chez vous le matin ?", "reply": ["Oui", "", "Non"]}
    client_id = str(uuid4())
    answers = [send(client, side, "", client_id=client_id, **fields).json() for _ in range(2)]
    with tenancy.scope(side.id):
        card = Message.objects.get(direction="out").content["card"]
    assert [answer["ok"] for answer in answers] == [True, True]
    assert [(o["id"], o["title"]) for o in card["options"]] == [("1", "Oui"), ("2", "Non")]
    assert card["prompt"] == "Chez vous le matin ?"


def test_a_list_picker_with_two_sections(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    fields = {
        "card": "list_picker",
        "title": "Rendez-vous",
        "s0-title": "Jeudi",
        "s0-option": ["08:00", "10:30"],
        "s0-subtitle": ["matin", ""],
        "s1-option": ["14:00"],
        "s1-multiple": "on",
    }
    send(client, side, "", **fields)
    with tenancy.scope(side.id):
        card = Message.objects.get(direction="out").content["card"]
    shown = [
        (s["title"], s["multiple"], [(o["id"], o["title"], o["subtitle"]) for o in s["options"]])
        for s in card["sections"]
    ]
    assert shown == [
        ("Jeudi", False, [("0.1", "08:00", "matin"), ("0.2", "10:30", "")]),
        ("", True, [("1.1", "14:00", "")]),
    ]


def test_what_cannot_be_sent_says_why(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    table = [
        ({"text": "  "}, "Nothing to send: write something, add a file or choose a card."),
        ({"text": "x" * 20_001}, "The text is longer than 20000 characters."),
        ({"client_id": "x"}, "The page is out of date: reload it and try again."),
        ({"attachment": "x"}, "A file is missing: attach it again."),
        ({"attachment": [str(uuid4()) for _ in range(11)]}, "More than 10 files in one message."),
        ({"card": "quick_replies", "prompt": "P"}, "Offer at least one answer."),
        ({"card": "list_picker", "title": "T"}, "Offer at least one choice."),
        ({"card": "hologram"}, "This kind of card does not exist."),
    ]
    for fields, words in table:
        answer = send(client, side, **fields)
        assert (answer.status_code, answer.json()["words"]) == (422, words)
    assert messages_of(side) == ["Bonjour, plus d’internet"]


def test_a_reply_quotes_what_it_answers(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    first = reply(side, "Première réponse")
    html = send(client, side, "Suite", reply_to=str(first.pk)).json()["html"]
    assert '<span class="quote">Première réponse</span>' in html
