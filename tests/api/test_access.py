"""Who may call: a usable token, in its own business, within its allowance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from apps.api import urls
from apps.api.caller import PerToken
from apps.api.views.base import TenantView
from apps.conversations.models import Message
from apps.core import tenancy
from apps.tenants import tokens
from apps.tenants.models import ApiToken
from tests.api.conftest import Program
from tests.api.test_reading import stored_file
from tests.worlds import World

ProgramOf = Callable[..., Program]
MISSING = UUID("0197a000-0000-7000-8000-000000000000")

Described = [p for p in urls.urlpatterns if isinstance(p, URLPattern) and p.name not in ("schema", "nothing")]
WITH_ID = {"conversation", "messages", "uploads", "attachment", "templates"}


def path_of(name: str, pk: object) -> str:
    return {
        "conversation": f"/conversations/{pk}/",
        "messages": f"/conversations/{pk}/messages/",
        "uploads": f"/conversations/{pk}/attachments/",
        "attachment": f"/attachments/{pk}/",
        "conversations": "/conversations/",
        "channels": "/channels/",
        "templates": f"/channels/{pk}/templates/",
        "entry_points": "/entry-points/",
        "prices": "/prices/",
    }[name]


def test_every_address_is_in_the_table() -> None:
    assert {pattern.name for pattern in Described} == WITH_ID | {
        "conversations",
        "channels",
        "entry_points",
        "prices",
    }
    assert {p.name for p in Described if "<" in str(p.pattern)} == WITH_ID


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("name", sorted(WITH_ID))
@pytest.mark.advisory("S1", "LiveHelperChat GHSA-5cmw-fhq9-8fhh")
def test_foreign_ids_answer_like_missing_ones(
    world: World, program_of: ProgramOf, name: str, method: str
) -> None:
    """I7: the attacker's business has the same data."""
    attacker = program_of(world.garance, role="owner")
    filante = world.filante
    rows = {"attachment": stored_file(filante, "f"), "templates": filante.channel}
    foreign = rows.get(name, filante.conversation).pk
    ours, missing = (attacker.call(method, path_of(name, pk)) for pk in (foreign, MISSING))
    assert (ours.status_code, ours.content) == (missing.status_code, missing.content)
    if method == "GET" and name != "uploads":
        assert (ours.status_code, ours.json()["error"]["code"]) == (404, "not_found")
        owner = program_of(world.filante)
        assert owner.call(method, path_of(name, foreign)).status_code == 200
    with tenancy.scope(world.filante.id):
        assert Message.objects.filter(direction="out").count() == 0


@pytest.mark.parametrize("name", ["conversations", "channels", "entry_points"])
def test_lists_hold_nothing_of_others(world: World, program_of: ProgramOf, name: str) -> None:
    seen = [
        {row["id"] for row in program_of(side).get(path_of(name, "")).json()["results"]}
        for side in (world.filante, world.garance)
    ]
    assert (len(seen[0]), len(seen[1]), seen[0] & seen[1]) == (1, 1, set())


@pytest.mark.parametrize("name", [p.name for p in Described])
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer " + "x" * 5000])
def test_without_a_token_nothing(world: World, name: str, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    path = path_of(name, world.filante.conversation.pk)
    answer = Client().get(f"/api/v1{path}", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="comptoir"'


def test_a_signed_in_browser_is_not_a_program(world: World) -> None:
    browser = Client()
    browser.force_login(world.filante.owner, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/v1/conversations/").status_code == 401


def revoke(token: ApiToken) -> None:
    tokens.revoke(token, actor="tests")


def expire(token: ApiToken) -> None:
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("end", [revoke, expire])
def test_an_ended_token_is_refused_at_once(
    world: World, program_of: ProgramOf, end: Callable[[ApiToken], None]
) -> None:
    crm = program_of(world.filante)
    assert crm.get("/channels/").status_code == 200
    with tenancy.scope(world.filante.id):
        end(crm.token)
    assert crm.get("/channels/").status_code == 401


def test_last_use_is_written_once_a_minute(world: World, program_of: ProgramOf) -> None:
    crm = program_of(world.filante)
    seen = []
    for _ in range(2):
        crm.get("/channels/")
        with tenancy.scope(world.filante.id):
            seen.append(ApiToken.objects.get(pk=crm.token.pk).last_used_at)
    assert seen[0] is not None and seen[0] == seen[1]


def test_a_role_too_small_is_told_so(
    world: World, program_of: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TenantView, "role", "admin")
    answers = [program_of(world.filante, role=role).get("/channels/") for role in ("supervisor", "admin")]
    assert [answer.status_code for answer in answers] == [403, 200]
    assert answers[0].json()["error"]["code"] == "role_too_small"


def test_each_token_has_its_own_allowance(
    world: World, program_of: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PerToken, "rate", "2/min")
    crm, shop = program_of(world.filante), program_of(world.filante, name="Shop")
    answers = [crm.get("/channels/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "throttled"
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert shop.get("/channels/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/users/", "/conversations/1/", "/conversations"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_paths_are_missing_in_the_same_words(
    world: World, program_of: ProgramOf, path: str, method: str
) -> None:
    answer = program_of(world.filante).call(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
