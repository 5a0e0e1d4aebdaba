"""Garance's visitors, and Filante's other visitors, against what is a Filante visitor's."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from apps.core import tenancy
from apps.widget import sessions, tickets
from apps.widget.models import Upload, Visitor
from apps.widget.urls import urlpatterns
from tests.widget.panels import Panel, agent_says, conversation_of, panel, png
from tests.worlds import Side

CHECKED_HERE = {
    "loader", "frame", "colour", "session", "end", "messages", "answers", "leave", "uploads", "file",
    "file-addresses", "typing", "marks", "events",
}  # fmt: skip


@pytest.fixture(params=["another tenant", "the same tenant"])
def stranger(request: pytest.FixtureRequest, filante: Side, garance: Side) -> Panel:
    device = panel(garance if request.param == "another tenant" else filante)
    device.say("je suis un autre")
    return device


@pytest.fixture
def victim(filante: Side) -> Panel:
    device = panel(filante)
    device.say("bonjour")
    return device


def file_of(device: Panel) -> dict[str, str]:
    upload = device.upload(png(), "secret.png").json()["file"]
    (file,) = device.say("", files=[upload["id"]]).json()["message"]["files"]
    return dict(file)


def test_every_address_of_the_widget_is_covered() -> None:
    assert {pattern.name for pattern in urlpatterns} == CHECKED_HERE
    assert get_resolver().resolve("/widget/v1/messages/").view_name == "widget:messages"


def test_a_session_answers_with_its_own_messages_only(victim: Panel, stranger: Panel) -> None:
    assert victim.texts() == ["bonjour"]
    assert stranger.texts() == ["je suis un autre"]


def test_a_foreign_token_is_as_none(filante: Side, garance: Side, victim: Panel) -> None:
    thief = Panel(garance.entry_point.key, token=victim.token)
    answer = thief.start()
    assert (answer.status_code, answer.json()["messages"], thief.token != victim.token) == (200, [], True)


@pytest.mark.advisory("S2", "Rocket.Chat CVE-2026-48616", "Zulip CVE-2022-31134")
def test_a_file_is_for_its_visitor(victim: Panel, stranger: Panel) -> None:
    file = file_of(victim)
    assert victim.get(f"/widget/v1/files/{file['id']}/").status_code == 200
    missing = stranger.get(f"/widget/v1/files/{uuid4()}/addresses/")
    for answer in (
        stranger.get(f"/widget/v1/files/{file['id']}/addresses/"),
        stranger.get(f"/widget/v1/files/{file['id']}/"),
        Client().get(f"/widget/v1/files/{file['id']}/"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (missing.status_code, missing.json()["error"])


@pytest.mark.advisory("S2", "Zammad CVE-2024-33668")
def test_a_ticket_opens_one_file_for_five_minutes(victim: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = file_of(victim), file_of(victim)
    assert Client().get(one["url"]).status_code == 200
    ticket = one["url"].partition("?")[2]
    assert Client().get(f"/widget/v1/files/{other['id']}/?{ticket}").status_code == 404
    assert Client().get(one["url"][:-2] + "xx").status_code == 404
    monkeypatch.setattr(tickets, "SECONDS", -1)
    assert Client().get(one["url"]).status_code == 404


def test_a_ticket_dies_with_the_session(victim: Panel) -> None:
    file = file_of(victim)
    victim.post("session/end/")
    assert Client().get(file["url"]).status_code == 404


def test_an_upload_is_its_visitors(filante: Side, victim: Panel, stranger: Panel) -> None:
    upload = victim.upload(png(), "mien.png").json()["file"]["id"]
    answer = stranger.say("volé", files=[upload])
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    with tenancy.scope(filante.id):
        assert Upload.objects.filter(pk=upload).exists()


def test_a_reply_to_someone_elses_message_quotes_nothing(
    filante: Side, victim: Panel, stranger: Panel
) -> None:
    theirs = victim.start().json()["messages"][0]["id"]
    assert stranger.say("re", reply_to=theirs).json()["message"]["reply_to"] is None
    assert victim.say("re", reply_to=theirs).json()["message"]["reply_to"] == theirs


def test_marks_and_answers_of_strangers_change_nothing(filante: Side, victim: Panel, stranger: Panel) -> None:
    said = agent_says(filante, conversation_of(filante, "bonjour"), "voici")
    assert stranger.post("marks/", {"message": str(said.pk), "state": "read"}).status_code == 200
    body = {"client_id": str(uuid4()), "message": str(said.pk), "selected": ["a"]}
    assert stranger.post("answers/", body).status_code == 404
    assert victim.start().json()["messages"][-1]["text"] == "voici"


def test_the_database_itself_keeps_visitors_apart(filante: Side, garance: Side, victim: Panel) -> None:
    """I6: the row is there, and the other tenant's scope does not see it."""
    with tenancy.scope(filante.id):
        pk: UUID = Visitor.objects.get(sessions.good(victim.token)).pk
    with tenancy.scope(garance.id):
        assert not Visitor.objects.filter(pk=pk).exists()
        assert not Visitor.objects.filter(sessions.good(victim.token)).exists()
    with pytest.raises(tenancy.NoTenant):
        Visitor.objects.count()
