"""Search: which words find which conversations, what leaves the index, and whose rows nobody else finds."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction

from apps.conversations import search
from apps.conversations.assign import transfer
from apps.conversations.models import Conversation
from apps.conversations.queries import viewer_of
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import MessageEdited, MessageWithdrawn
from apps.tenants.models import Membership
from tests.worlds import Side, World, said

FUNCTIONS = {
    "search_said": "SELECT * FROM search_said('internet', 10, true, NULL, '{}')",
    "search_called": "SELECT * FROM search_called('Zoé', 10, true, NULL, '{}', '')",
    "search_tagged": "SELECT * FROM search_tagged('adsl', 10, true, NULL, '{}')",
}


def find(side: Side, words: str, *, by: Membership | None = None, limit: int = 10) -> set[UUID]:
    with tenancy.scope(side.id):
        found = search.conversations(words, viewer_of(by or side.owner_membership), limit=limit)
        return set(found.values_list("pk", flat=True))


def name_the_customer(side: Side, name: str) -> None:
    with tenancy.scope(side.id):
        contact = side.conversation.contact
        contact.name = name
        contact.save()


def say(side: Side, text: str, *, address: str = "visitor-1", ref: str = "") -> None:
    with tenancy.scope(side.id):
        receive(side.channel, said(text, to=side.channel.address, address=address, ref=ref))


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Où est l’été à Noël ?", "noel", True),
        ("Où est l’été à Noël ?", "NOËL ETE", True),
        ("Où est l’été à Noël ?", "l'été", True),
        ("Une garantie sur le cœur", "coeur", True),
        ("Straße 5, Łódź", "strasse", True),
        ("Demande de remboursement", "remb", True),
        ("Demande de remboursement", "boursement", False),
        ("la facture", "factures", True),
        ("commande 12-345/B", "12-345", True),
        ("commande 12-345/B", "345 12", True),
        ("write to zoe@example.com", "zoe@example.com", True),
        ("Заказ не пришёл", "ЗАКАЗ", True),
        ("ok", "o", False),
        ("one two", "one three", False),
        ("a'b", "'a' & !b | :*", True),
        ("x" * 5000, "x" * 5000, True),
        ("?!", "?!", False),
        ("z" * 31 + "é" * 9, "z" * 31 + "e", True),
    ],
)
def test_words(world: World, text: str, words: str, found: bool) -> None:
    say(world.filante, text)
    assert (world.filante.conversation.pk in find(world.filante, words)) is found


def test_customers_are_found_by_name_and_tags_by_any_part(world: World) -> None:
    side = world.filante
    name_the_customer(side, "Zoé Lefèvre")
    assert find(side, "lefevre zo") == set()
    assert find(side, "lefevre zoe") == find(side, "dsl") == {side.conversation.pk}


def test_what_was_edited_or_taken_back_is_found_no_more(world: World) -> None:
    side, now = world.filante, datetime.now(UTC)
    say(side, "premier secret", ref="r1")
    say(side, "tell me more", ref="r2")
    with tenancy.scope(side.id):
        receive(side.channel, MessageWithdrawn(to="", address="visitor-1", ref="w1", target="r1", at=now))
        receive(
            side.channel,
            MessageEdited(to="", address="visitor-1", ref="e1", target="r2", text="rien", at=now),
        )
    assert [find(side, words) for words in ("secret", "more", "rien")] == [
        set(),
        set(),
        {side.conversation.pk},
    ]


def test_an_agent_finds_what_they_may_see_however_much_stands_before_it(world: World) -> None:
    """The limit counts what the viewer may see, not what there is."""
    side = world.filante
    for number in range(5):
        say(side, "Bonjour", address=f"hidden-{number}")
    with tenancy.scope(side.id):
        hidden = Conversation.objects.exclude(pk=side.conversation.pk)
        for pk in hidden.values_list("pk", flat=True):
            transfer(pk, by=side.owner_membership, team=side.front_desk)
    assert find(side, "bonjour", by=side.agent_membership, limit=3) == {side.conversation.pk}
    assert len(find(side, "bonjour", limit=3)) == 3


def test_each_tenant_finds_its_own(world: World) -> None:
    for side in (world.filante, world.garance):
        name_the_customer(side, "Zoé")
        assert find(side, "internet") == find(side, "zoe") == find(side, "adsl") == {side.conversation.pk}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_functions_know_the_tenant_from_the_scope_alone(world: World, function: str) -> None:
    """I6; R14: the search role's policy lets it see every row, so its functions must say the tenant."""
    for side in (world.filante, world.garance):
        name_the_customer(side, "Zoé")
    seen = [_ask(FUNCTIONS[function], setting) for setting in (str(world.garance.id), "", str(UUID(int=1)))]
    assert seen == [[world.garance.conversation.pk], [], []]
    with pytest.raises(DataError), transaction.atomic():
        _ask(FUNCTIONS[function], "poison' OR true --")


def test_without_a_scope_python_raises(world: World) -> None:
    with tenancy.scope(world.filante.id):
        viewer = viewer_of(world.filante.owner_membership)
    with pytest.raises(tenancy.NoTenant):
        search.conversations("internet", viewer, limit=10)


def _ask(query: str, setting: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [setting])
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
