"""What operators and scripts type; every command may be repeated."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from apps.core import tenancy
from apps.tenants import doors
from apps.tenants.models import ApiToken, Membership, User
from tests.people import opened_by
from tests.worlds import Side


def run(*arguments: str) -> Any:
    output = io.StringIO()
    call_command(*arguments, "--json", stdout=output)
    return json.loads(output.getvalue())


def test_a_tenant_is_added_once(db: None) -> None:
    first = run("tenant_add", "Filante", "--owner", "Alice@example.com")
    again = run("tenant_add", "Filante", "--owner", "alice@example.com")
    assert first == {"tenant": "filante", "name": "Filante", "owner": "alice@example.com", "created": True}
    assert again == {**first, "created": False}
    alice = User.objects.get()
    assert [(place.slug, place.role) for place in doors.places_of(alice.pk)] == [("filante", "owner")]
    assert EmailAddress.objects.filter(user=alice, verified=True, primary=True).count() == 1
    assert not alice.has_usable_password()


def test_a_slug_is_taken_by_someone_else(filante: Side) -> None:
    with pytest.raises(CommandError):
        run("tenant_add", "Filante", "--slug", filante.slug, "--owner", "zoe@example.com")


@pytest.mark.parametrize(
    "words",
    [
        ["", "--owner", "zoe@example.com"],
        ["n" * 121, "--owner", "zoe@example.com"],
        ["Zoe", "--owner", "zoe"],
        ["Zoe", "--owner", "zoe@example.com", "--locale", "xx"],
        ["Zoe", "--owner", "zoe@example.com", "--slug", "account"],
        ["Zoe", "--owner", "zoe@example.com", "--slug", "Zoe & Co"],
    ],
    ids=["no name", "long name", "no address", "no language", "our own slug", "no slug"],
)
def test_tenant_add_says_what_is_wrong(db: None, words: list[str]) -> None:
    with pytest.raises(CommandError):
        run("tenant_add", *words)
    assert not User.objects.exists()


def test_a_user_is_added_once_with_teams(filante: Side) -> None:
    words = ["user_add", "--tenant", filante.slug, "--email", "nadia@example.com"]
    words += ["--role", "supervisor", "--team", "adsl", "--name", "Nadia"]
    created = [run(*words)["created"] for _ in range(2)]
    assert created == [True, False]
    with tenancy.scope(filante.id):
        nadia = Membership.objects.select_related("user").get(user__email="nadia@example.com")
        assert (nadia.role, nadia.user.name) == ("supervisor", "Nadia")
        assert [place.team.slug for place in nadia.team_places.all()] == ["adsl"]


@pytest.mark.parametrize(
    "words",
    [
        ["--tenant", "nowhere", "--email", "n@example.com"],
        ["--tenant", "filante", "--email", "n@example.com", "--team", "nowhere"],
        ["--tenant", "filante", "--email", "alice@example.com", "--role", "agent"],
        ["--tenant", "filante", "--email", "nobody"],
        ["--tenant", "filante", "--email", "n@example.com", "--name", "n" * 121],
    ],
    ids=["no tenant", "no team", "last owner", "no address", "long name"],
)
def test_user_add_says_what_is_wrong(filante: Side, words: list[str]) -> None:
    with pytest.raises(CommandError):
        run("user_add", *words)
    with tenancy.scope(filante.id):
        assert Membership.objects.count() == 2
        assert Membership.objects.get(user=filante.owner).role == "owner"
    assert not User.objects.filter(email__startswith="n").exists()


def test_adding_to_a_team_leaves_the_role_alone(filante: Side) -> None:
    words = ["user_add", "--tenant", filante.slug, "--email", "nadia@example.com"]
    roles = [run(*words, *more)["role"] for more in (["--role", "admin"], ["--team", "adsl"])]
    assert roles == ["admin", "admin"]


def test_an_api_token_is_printed_once(filante: Side) -> None:
    words = ["api_token", "--tenant", filante.slug, "--name", "CRM", "--role", "agent", "--days", "30"]
    first, again, rotated = run(*words), run(*words), run(*words, "--rotate")
    assert (first["created"], again["created"], rotated["created"]) == (True, False, True)
    assert "token" not in again
    assert opened_by(first["token"]) is None
    found = opened_by(rotated["token"])
    assert found is not None and found[0] == filante.id
    with tenancy.scope(filante.id):
        assert ApiToken.objects.filter(revoked_at=None).count() == 1


def test_a_sign_in_link_is_an_address(filante: Side, settings: Any) -> None:
    url = run("sign_in_link", filante.owner.email, "--next", "/filante/inbox/")["url"]
    assert url.startswith(f"{settings.BASE_URL}/account/link/")
    with pytest.raises(CommandError):
        run("sign_in_link", "nobody@example.com")
    with pytest.raises(CommandError):
        run("sign_in_link", filante.owner.email, "--next", "https://evil.example")


def test_without_json_it_reads_as_lines(db: None) -> None:
    output = io.StringIO()
    call_command("tenant_add", "Filante", "--owner", "alice@example.com", stdout=output)
    assert output.getvalue().splitlines() == [
        "tenant: filante",
        "name: Filante",
        "owner: alice@example.com",
        "created: True",
    ]


def test_a_database_that_is_away_is_said_in_words() -> None:
    away = {**os.environ, "DATABASE_URL": "postgresql://comptoir@127.0.0.1:1/comptoir"}
    words = [sys.executable, "manage.py", "sign_in_link", "alice@example.com"]
    done = subprocess.run(words, env=away, capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert done.stderr.endswith("The database does not answer: is bin/up running?\n")
