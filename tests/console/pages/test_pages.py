"""The list and the thread: what they show, in which order, with how many questions to the database."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.console import timeline
from apps.console.rows import list_rows
from apps.conversations import queries, search
from apps.conversations.models import Conversation
from apps.conversations.notes import write_note
from apps.conversations.queries import viewer_of
from apps.conversations.receive import receive
from apps.core import tenancy
from tests.console.pages.scenes import agent, held, inbox, of, owner, reply
from tests.worlds import Side, World, said


def many(side: Side, count: int) -> None:
    with tenancy.scope(side.id):
        for number in range(count):
            words = said(f"Client {number}", to=side.channel.address, address=f"v{number}", tag="adsl")
            receive(side.channel, words)


def shown(page: str) -> list[str]:
    """What stands in the timeline, in order: m, n and e entries."""
    return re.findall(r'<li class="(?:turn|note|event)[^"]*" id="([mne])-', page)


def questions(side: Side) -> tuple[int, int]:
    """Of the list and of the thread."""
    with tenancy.scope(side.id):
        viewer = viewer_of(side.owner_membership)
        found = Conversation.objects.select_related("contact", "channel")  # as the page has it
        conversation = found.get(pk=side.conversation.pk)
        with CaptureQueriesContext(connection) as asked:
            list_rows(queries.in_view("all", viewer), side.owner_membership)
        with CaptureQueriesContext(connection) as asked_too:
            timeline.latest(conversation, side.slug)
        return len(asked), len(asked_too)


def test_list_and_thread_take_a_fixed_number_of_queries(world: World) -> None:
    side = world.filante
    held(side)
    reply(side, "Un")
    few = questions(side)
    many(side, 12)
    for number in range(12):
        reply(side, f"Réponse {number}")
    with tenancy.scope(side.id):
        for number in range(5):
            write_note(side.conversation.pk, side.agent_membership, f"Note {number}", client_id=None)
    assert questions(side) == few
    assert max(few) <= 8


def test_the_thread_shows_everything_in_the_order_in_which_it_happened(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    held(side)
    reply(side, "Bonjour")
    with tenancy.scope(side.id):
        write_note(side.conversation.pk, side.agent_membership, "Interne", client_id=None)
        receive(side.channel, said("Merci", to=side.channel.address))
    client.post(of(side, "closing/"), {"view": "all"})
    page = client.get(inbox(side, f"all/{side.conversation.pk}/")).content.decode()
    assert shown(page) == ["e", "m", "e", "m", "n", "m", "e"]
    assert (
        page.index("was sent to team ADSL")
        < page.index("plus d’internet</div>")
        < page.index("took the conversation")
    )


def test_older_turns_are_loaded_when_asked_for(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    with tenancy.scope(side.id):
        for number in range(60):
            receive(side.channel, said(f"numéro {number}.", to=side.channel.address))
    page = client.get(inbox(side, f"all/{side.conversation.pk}/")).content.decode()
    before = re.search(r'data-before="(\d+)"', page)
    assert before is not None
    older = client.get(of(side, f"earlier/?before={before[1]}"), headers={"X-Partial": "1"}).content.decode()
    numbers = [int(n) for n in re.findall(r"numéro (\d+)\.</div>", older + page)]
    assert numbers == list(range(60))
    assert "data-before" not in older
    assert "was sent to team ADSL" in older
    assert "was sent to team ADSL" not in page


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 20])
def test_an_odd_place_to_begin_is_not_found(world: World, before: str) -> None:
    side = world.filante
    assert agent(side).get(of(side, f"earlier/?before={before}")).status_code == 404


def test_rows_stand_in_two_groups_longest_wait_first(world: World) -> None:
    side = world.filante
    many(side, 2)
    reply(side, "Répondu")
    with tenancy.scope(side.id):
        rows = list_rows(queries.in_view("all", viewer_of(side.owner_membership)), side.owner_membership)
    assert [row.words for row in rows.needing] == ["Client 0", "Client 1"]
    assert [row.words for row in rows.waiting] == ["Répondu"]


def test_unread_is_what_they_said_after_my_mark(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    with tenancy.scope(side.id):
        receive(side.channel, said("Encore", to=side.channel.address))
    before = client.get(inbox(side, "all/")).content.decode()
    client.post(of(side, "read/"), {"seq": "1"})
    between = client.get(inbox(side, "all/")).content.decode()
    client.post(of(side, "read/"))
    client.post(of(side, "read/"), {"seq": "1"})
    after = client.get(inbox(side, "all/")).content.decode()
    found = [re.search(r'data-unread="(\d+)"', page) for page in (before, between, after)]
    assert [match and match[1] for match in found] == ["2", "1", "0"]
    assert 'data-unread="2"' in owner(side).get(inbox(side, "all/")).content.decode()


@pytest.mark.parametrize(
    ("words", "found"),
    [("internet", True), ("ADSL", True), ("nothing of the kind", False), ("%", False)],
)
def test_search(world: World, words: str, found: bool) -> None:
    side = world.filante
    with tenancy.scope(side.id):
        rows = search.conversations(words, viewer_of(side.agent_membership), limit=10)
        assert rows.exists() is found
    assert (
        str(side.conversation.pk) in agent(side).get(inbox(side, f"all/?q={words}")).content.decode()
    ) is found


def test_a_ticket_is_found_by_its_code(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    many(side, 3)
    code = str(side.conversation.contact_id)[-4:].upper()
    for words in (code, f"Client {code}"):
        page = client.get(inbox(side, f"all/?q={words}")).content.decode()
        assert re.findall(r'id="conv-([^"]+)"', page) == [str(side.conversation.pk)]


@pytest.mark.parametrize(
    ("view", "status"),
    [
        ("mine", 200),
        ("unassigned", 200),
        ("teams", 200),
        ("all", 200),
        ("closed", 200),
        ("team-adsl", 200),
        ("team-front-desk", 404),
        ("team-none", 404),
        ("other", 404),
        ("live", 404),
    ],
)
def test_views_of_an_agent_of_one_team(world: World, view: str, status: int) -> None:
    assert agent(world.filante).get(inbox(world.filante, f"{view}/")).status_code == status


def test_each_view_holds_what_it_says(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    held(side)
    views = ("mine", "unassigned", "teams", "all", "closed", "team-adsl")
    pages = {view: client.get(inbox(side, f"{view}/")).content.decode() for view in views}
    found = {view for view, page in pages.items() if f'id="conv-{side.conversation.pk}"' in page}
    assert found == {"mine", "teams", "all", "team-adsl"}


@pytest.mark.advisory("S8", "Zulip CVE-2024-36624")
def test_what_a_customer_says_is_never_markup(world: World) -> None:
    side = world.filante
    evil = '<img src=x onerror="alert(1)"></script><b>'
    with tenancy.scope(side.id):
        receive(side.channel, said(evil, to=side.channel.address))
    page = agent(side).get(inbox(side, f"all/{side.conversation.pk}/")).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_page_is_strict_about_what_it_runs(world: World) -> None:
    answer = agent(world.filante).get(inbox(world.filante, "mine/"))
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "no-cache" in answer["Cache-Control"]


def test_the_page_speaks_french_when_asked(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    client.cookies["lang"] = "fr"
    page = client.get(inbox(side, f"all/{side.conversation.pk}/")).content.decode()
    assert '<html lang="fr"' in page
    assert "Français (France)" in page
