"""Stored files and signed addresses: a path leads into one's own folder, a signature to one file of one
holder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from apps.conversations import files
from apps.core import tenancy
from apps.sandbox import store
from apps.sandbox.apple import attachments
from apps.sandbox.models import SandboxFile
from apps.widget import tickets
from tests.isolation.arena import Arena
from tests.isolation.ask import Ask
from tests.isolation.tally import TALLY

PATHS = ("conversations.Attachment.path", "conversations.Attachment.preview", "sandbox.SandboxFile.path")


@pytest.mark.parametrize("column", PATHS)
def test_a_path_of_another_tenant_leads_nowhere(field: Arena, column: str) -> None:
    stored = field.theirs.values[column][0]
    folder = field.attacker.id.hex
    ways = [stored, f"{folder}/../{stored}", f"/{stored}", f"{folder}//../{stored}",
            str(Path(settings.MEDIA_ROOT) / stored)]  # fmt: skip
    found = []
    with tenancy.scope(field.attacker.id):
        for way in ways:
            with suppress(ValueError):
                found.append(f"{way} leads to {files.full_path(way)}")
    with tenancy.scope(field.victim.id):
        assert files.full_path(stored).is_file(), "there is nothing to leak"
    assert TALLY.count("files", column, len(ways), found) == []


def test_every_stored_file_lies_in_its_tenants_folder(field: Arena) -> None:
    """No column of a path, also a new one, leads out of the tenant's own folder."""
    found = []
    for side, rows in ((field.victim, field.theirs), (field.attacker, field.own)):
        paths = {name: values for name, values in rows.values.items()
                 if name.endswith((".path", ".preview")) and "Received" not in name}  # fmt: skip
        assert set(paths) >= set(PATHS)
        for name, values in paths.items():
            found += [name for value in values if not value.startswith(f"{side.id.hex}/")]
    assert TALLY.count("files", "folders", len(PATHS) * 2, found) == []


def test_a_signed_address_is_for_one_file_of_one_visitor(field: Arena) -> None:
    """Each of the three facts under the signature, exchanged for the other tenant's."""
    own, theirs = facts_of(field.own_keys.file_url), facts_of(field.their_keys.file_url)
    client, found, tried = Client(), [], 0
    assert field.shoot(Ask("get", *split(field.their_keys.file_url)), client).answer.status == 200
    for mask in range(1, 7):
        mixed = [theirs[i] if mask & (1 << i) else own[i] for i in range(3)]
        for file in {own[2], theirs[2]}:
            ticket = signing.TimestampSigner(salt=tickets.SALT).sign_object(mixed)
            path = f"/widget/v1/files/{UUID(file)}/"
            shot, nothing = (
                field.shoot(Ask("get", each, {"ticket": ticket}), client).answer
                for each in (path, f"/widget/v1/files/{uuid4()}/")
            )
            tried += 1
            if (shot.status, shot.plain(path)) != (nothing.status, nothing.plain(path)):
                found.append(f"tenant, visitor, file {mixed} opens {file}: {shot.status}")
    assert TALLY.count("files", "tickets", tried, found) == []


def test_a_simulated_platforms_link_is_for_one_account(field: Arena) -> None:
    """A link of the attacker's file, put before the victim's, and the accounts exchanged."""
    made = {}
    for side, keys in ((field.attacker, field.own_keys), (field.victim, field.their_keys)):
        with tenancy.scope(side.id):
            file = SandboxFile.objects.filter(account=keys.apple).exclude(path="").first()
            assert file is not None and store.path_of(file).is_file()
            made[side.slug] = attachments._link(keys.apple, file, "down"), file.key
    own, theirs = made[field.attacker.slug], made[field.victim.slug]
    path, query = split(own[0])
    other, _ = split(theirs[0])
    assert field.shoot(Ask("get", path, query), Client()).answer.status == 200
    client, found = Client(), []
    for tried in (other, path.replace(own[1], theirs[1]), other.replace(theirs[1], own[1])):
        for method in ("get", "post"):
            status = field.shoot(Ask(method, tried, query), client).answer.status
            if status not in (403, 404):
                found.append(f"{method} answers {status}")
    assert TALLY.count("files", "simulated links", 6, found) == []


def facts_of(url: str) -> list[str]:
    facts: list[str] = signing.TimestampSigner(salt=tickets.SALT).unsign_object(split(url)[1]["ticket"])
    return facts


def split(url: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(url)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}
