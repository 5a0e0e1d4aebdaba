"""Every address of the console from outside: another tenant's is exactly like one that does not exist."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from apps.console.urls import urlpatterns
from tests.console.pages.scenes import agent, fresh, owner, reply, set_delivery
from tests.worlds import Side, World

NAMES = [str(pattern.name) for pattern in urlpatterns if isinstance(pattern, URLPattern)]
POSTED = {"next", "send", "note", "assignment", "transfer", "close", "reopen", "read", "upload"} | {
    "thread",
    "card-look",
    "upload-removal",
    "resend",
    "accept",
}


def address(name: str, side: Side, conversation: UUID, delivery: UUID) -> str:
    pattern = next(p for p in urlpatterns if isinstance(p, URLPattern) and p.name == name)
    given = {"view": "all", "pk": conversation, "attachment": uuid4(), "delivery": delivery}
    wanted = {key: given[key] for key in pattern.pattern.converters}
    return reverse(f"console:{name}", kwargs={"tenant": side.slug, **wanted})


def ask(client: Client, name: str, path: str) -> tuple[int, bytes]:
    fields = {"text": "x", "client_id": str(uuid4()), "to": "me", "before": "1"}
    answer = client.post(path, fields) if name in POSTED else client.get(f"{path}?before=1")
    return answer.status_code, b"" if answer.streaming else answer.content


def test_there_is_something_to_leak(world: World) -> None:
    side = world.filante
    page = owner(side).get(address("conversation", side, side.conversation.pk, uuid4()))
    assert "Bonjour, plus d’internet" in page.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_another_tenants_address_is_like_a_missing_one(world: World, name: str) -> None:
    side, intruder = world.filante, owner(world.garance)
    pk = set_delivery(side, reply(side, "x"), state="unknown")
    path = address(name, side, side.conversation.pk, pk)
    missing = path.replace("/filante/", "/nowhere/", 1)
    assert ask(intruder, name, path)[0] == ask(intruder, name, missing)[0] == 404


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("index", "next", "inbox")])
def test_another_tenants_conversation_under_ones_own_address(world: World, name: str) -> None:
    side, other = world.filante, world.garance
    pk = set_delivery(other, reply(other, "x"), state="unknown")
    before = fresh(other).last_seq
    assert ask(owner(side), name, address(name, side, other.conversation.pk, pk))[0] == 404
    assert fresh(other).last_seq == before


@pytest.mark.parametrize("name", NAMES)
def test_strangers_are_asked_to_sign_in(world: World, name: str) -> None:
    side = world.filante
    path = address(name, side, side.conversation.pk, uuid4())
    client = Client(SERVER_NAME="localhost")
    answer = client.post(path) if name in POSTED else client.get(path)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("name", sorted(POSTED))
def test_what_changes_something_takes_no_get(world: World, name: str) -> None:
    side = world.filante
    assert agent(side).get(address(name, side, side.conversation.pk, uuid4())).status_code == 405


@pytest.mark.advisory("S17", "LiveHelperChat GHSA-rpg7-q4cv-p466")
def test_nothing_is_posted_without_a_token(world: World) -> None:
    side = world.filante
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(side.agent, backend="django.contrib.auth.backends.ModelBackend")
    for name in sorted(POSTED):
        assert client.post(address(name, side, side.conversation.pk, uuid4())).status_code == 403
