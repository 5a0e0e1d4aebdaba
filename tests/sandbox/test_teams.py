"""Microsoft Teams all the way: phone, proven webhook, inbox, Connector, phone; and what it refuses."""

from __future__ import annotations

import pytest

from apps.connections.connect import check_channel
from apps.conversations.models import Message
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import Field, Form, ListPicker, Option, Section
from apps.sandbox.teams import tokens
from tests.sandbox.player import Player
from tests.sandbox.said import QUICK, picture

PLATFORM = "teams"

LIST = ListPicker(
    id="0198c9f1-9d0e-7a31-8f3e-5f7f1c9b2a01",
    title="Quels jours ?",
    sections=(
        Section(
            title="Semaine",
            options=(Option(id="lu,1", title="Lundi"), Option(id="ma", title="Mardi")),
            multiple=True,
        ),
    ),
)
FORM = Form(
    id="0198c9f1-9d0e-7a31-8f3e-5f7f1c9b2a02",
    title="Votre ligne",
    fields=(
        Field(id="name", label="Nom"),
        Field(id="box", label="Box", type="choice", options=(Option(id="b,5", title="Box 5"),)),
    ),
)


def chosen(message: Message) -> list[str]:
    return [option["id"] for option in message.content["answer"]["selected"]]


def test_the_whole_story(player: Player) -> None:
    """Tag, team, answer, a card and its typed answer, gone, back."""
    player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"
    assert conversation.address.value == player.thread.address

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    player.answers(Draft(card=QUICK))
    assert (delivery.state, delivery.ref.partition(":")[2]) == ("sent", player.screen()[-2].ref)
    assert player.heard()[-2:] == ["Bonjour, je regarde <votre> ligne", "Ça marche ?"]
    player.does("answer", message=str(player.screen()[-1].pk), option="1")
    player.settle()
    answer = player.messages()[-1]
    assert (answer.text, answer.content["answer"]["card_id"], chosen(answer)) == ("Non", QUICK.id, ["n"])

    player.does("leave")
    player.settle()
    with pytest.raises(Refused) as refused:
        player.answers(Draft(text="Êtes-vous là ?"))
    assert refused.value.decision.rule == "customer_deleted"
    player.does("return")
    player.settle()
    assert [d.state for d in player.answers(Draft(text="Rebonjour"))] == ["sent"]
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--dusk" in page.text and "&lt;votre&gt;" in page.text


def test_lists_and_forms_are_answered(talking: Player) -> None:
    talking.answers(Draft(card=LIST))
    shown = talking.screen()[-1]
    talking.does("answer", message=str(shown.pk), option=shown.data["options"][0]["id"])
    talking.settle()
    assert chosen(talking.messages()[-1]) == ["lu,1"]
    talking.answers(Draft(card=FORM))
    talking.does("answer", message=str(talking.screen()[-1].pk), option="submit")
    talking.settle()
    answer = talking.messages()[-1].content["answer"]
    assert answer["card_id"] == FORM.id
    assert {name: list(said) for name, said in answer["values"].items()} == {
        "name": ["Camille"],
        "box": ["b,5"],
    }


def test_pictures_and_files_travel_unchanged(talking: Player) -> None:
    photo = picture()
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    talking.does("file", file=("plan.txt", b"words", "text/plain"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("file", b"words")
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", photo),)))
    assert (delivery.state, talking.screen()[-1].kind) == ("sent", "file")
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.txt", b"words"),)))
    assert delivery.state == "sent" and "plan.txt: http" in talking.screen()[-1].text


def test_edits_deletions_reactions(talking: Player) -> None:
    talking.answers(Draft(text="Oui ?"))
    mine, ours = talking.screen()[-2:]
    talking.does("edit", message=str(mine.pk), text="Bonsoir")
    talking.does("react", message=str(ours.pk), reaction="👍")
    talking.settle()
    said, answer = talking.messages()[:2]
    assert (said.text, said.edited_at is not None) == ("Bonsoir", True)
    assert answer.content["reaction"] == "👍"
    talking.does("withdraw", message=str(mine.pk))
    talking.settle()
    assert talking.messages()[0].withdrawn_at is not None


def test_a_key_that_changed_is_fetched(talking: Player) -> None:
    """Microsoft changes its keys: the first request that names a new one makes us ask for it."""
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "key": tokens.new_key(), "kid": "another"}
        talking.account.save(update_fields=["data"])
    assert talking.says("encore").text == "encore"


def test_a_token_that_is_refused_is_fetched_anew(talking: Player) -> None:
    assert talking.answers(Draft(text="un"))[0].state == "sent"
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "era": 1}
        talking.account.save(update_fields=["data"])
        assert check_channel(talking.channel).good
    assert talking.answers(Draft(text="deux"))[0].state == "sent"
