"""Secrets open only where they were put, and are seen nowhere."""

from __future__ import annotations

import base64
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection

from apps.connections import calls, health, keyring, vault
from apps.connections.models import Channel, ChannelSecret, TenantKey
from apps.connections.rotate import rotate_tenant
from apps.connections.vault import CredentialUnreadable
from apps.core import tenancy
from tests.connections.conftest import TOKEN
from tests.worlds import Side, World


def fresh_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def test_a_secret_comes_back_as_it_was(filante: Side) -> None:
    with tenancy.scope(filante.id):
        vault.store(filante.channel, "token", "été " + TOKEN)
        vault.store(filante.channel, "pin", "1234")
        assert vault.reveal(filante.channel) == {"token": "été " + TOKEN, "pin": "1234"}
        assert {name: hint.end for name, hint in vault.hints(filante.channel).items()} == {
            "token": TOKEN[-4:],
            "pin": "",
        }
        vault.store(filante.channel, "pin", "")
        assert vault.reveal(filante.channel) == {"token": "été " + TOKEN}


def test_the_same_secret_is_never_the_same_ciphertext(filante: Side) -> None:
    seen = set()
    with tenancy.scope(filante.id):
        for _ in range(2):
            vault.store(filante.channel, "token", TOKEN)
            seen.add(bytes(ChannelSecret.objects.get().ciphertext))
    assert len(seen) == 2


def move_field(secret: ChannelSecret, side: Side) -> None:
    secret.field = "other"


def move_channel(secret: ChannelSecret, side: Side) -> None:
    secret.channel = Channel.objects.create(platform="webchat", name="Twin")


def change_version(secret: ChannelSecret, side: Side) -> None:
    secret.key_version = keyring.new_version().version


def name_a_missing_version(secret: ChannelSecret, side: Side) -> None:
    secret.key_version = 99


def flip_a_bit(secret: ChannelSecret, side: Side) -> None:
    raw = bytearray(secret.ciphertext)
    raw[-1] ^= 1
    secret.ciphertext = bytes(raw)


def cut_short(secret: ChannelSecret, side: Side) -> None:
    secret.ciphertext = bytes(secret.ciphertext)[:5]


@pytest.mark.parametrize(
    "tamper", [move_field, move_channel, change_version, name_a_missing_version, flip_a_bit, cut_short]
)
def test_a_moved_or_changed_ciphertext_does_not_open(filante: Side, tamper: Any) -> None:
    with tenancy.scope(filante.id):
        vault.store(filante.channel, "token", TOKEN)
        secret = ChannelSecret.objects.select_related("channel").get()
        tamper(secret, filante)
        secret.save()
        with pytest.raises(CredentialUnreadable) as refused:
            vault.reveal(secret.channel)
    assert TOKEN not in str(refused.value)


def test_another_tenant_cannot_open_it_even_with_the_rows(world: World) -> None:
    """Row, data key and channel id copied over: the tenant is authenticated too."""
    filante, garance = world.filante, world.garance
    with tenancy.scope(filante.id):
        vault.store(filante.channel, "token", TOKEN)
        sealed = vault.seal("locator", b"where")
        secret, key = ChannelSecret.objects.get(), TenantKey.objects.get()
    with tenancy.scope(garance.id):
        TenantKey.objects.create(version=key.version, wrapped=key.wrapped, ring=key.ring)
        ChannelSecret.objects.create(
            channel=garance.channel, field="token", ciphertext=secret.ciphertext, key_version=key.version
        )
        with pytest.raises(CredentialUnreadable):
            vault.reveal(garance.channel)
        with pytest.raises(CredentialUnreadable):
            vault.open_sealed("locator", sealed)


def test_what_is_sealed_opens_for_its_purpose_only(filante: Side) -> None:
    with tenancy.scope(filante.id):
        blob = vault.seal("locator", b"where it lies")
        assert vault.open_sealed("locator", blob) == b"where it lies"
        for purpose, wrong in [
            ("other", blob),
            ("locator", b"\x02" + blob[1:]),
            ("locator", blob[:-1]),
            ("x", b""),
        ]:
            with pytest.raises(CredentialUnreadable):
                vault.open_sealed(purpose, wrong)


def test_rotation_moves_everything_to_new_keys(filante: Side, settings: Any) -> None:
    old, new = fresh_key(), fresh_key()
    settings.CREDENTIAL_KEYS = [old]
    with tenancy.scope(filante.id):
        for number in range(5):
            vault.store(filante.channel, f"field{number}", f"secret {number}")
        blob = vault.seal("locator", b"old")
        before = vault.reveal(filante.channel)
    settings.CREDENTIAL_KEYS = [new, old]
    result = rotate_tenant(filante.id, batch=2)
    assert (result.version, result.rewrapped, result.resealed) == (2, 1, 5)
    settings.CREDENTIAL_KEYS = [new]  # the old one may leave now
    with tenancy.scope(filante.id):
        assert vault.reveal(filante.channel) == before
        assert vault.open_sealed("locator", blob) == b"old"
        assert set(ChannelSecret.objects.values_list("key_version", flat=True)) == {2}


def test_a_rotation_that_broke_off_is_finished_not_repeated(filante: Side) -> None:
    with tenancy.scope(filante.id):
        vault.store(filante.channel, "one", "1")
        vault.store(filante.channel, "two", "2")
        key = keyring.new_version()
        vault.reseal(ChannelSecret.objects.select_related("channel").get(field="one"), key)
    result = rotate_tenant(filante.id)
    assert (result.version, result.resealed) == (2, 1)
    with tenancy.scope(filante.id):
        assert vault.reveal(filante.channel) == {"one": "1", "two": "2"}


def test_a_ring_without_the_key_says_which_is_missing(filante: Side, settings: Any) -> None:
    settings.CREDENTIAL_KEYS = [fresh_key()]
    with tenancy.scope(filante.id):
        vault.store(filante.channel, "token", TOKEN)
        ring = TenantKey.objects.get().ring
        settings.CREDENTIAL_KEYS = [fresh_key()]
        with pytest.raises(CredentialUnreadable, match=ring):
            vault.reveal(filante.channel)


def test_readers_read_on_while_keys_rotate(committed_world: World) -> None:
    side = committed_world.filante
    expected = {f"field{number}": f"secret {number}" for number in range(12)}
    with tenancy.scope(side.id):
        for field, value in expected.items():
            vault.store(side.channel, field, value)
    rotated = Event()
    seen: list[dict[str, str]] = []

    def read() -> None:
        while not rotated.is_set():
            with tenancy.scope(side.id):
                seen.append(vault.reveal(side.channel))
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        for _ in range(3):
            rotate_tenant(side.id, batch=1)
        rotated.set()
        reading.result()
    assert seen and all(values == expected for values in seen)


@pytest.mark.parametrize(
    ("keys", "base_url", "found"),
    [
        ([], "https://chat.example", ["connections.E001"]),
        (["short"], "https://chat.example", ["connections.E001"]),
        (["é" * 43], "https://chat.example", ["connections.E001"]),
        (
            [fresh_key(), base64.urlsafe_b64encode(bytes(31)).decode()],
            "https://x.example",
            ["connections.E001"],
        ),
        ([base64.urlsafe_b64encode(bytes(32)).decode()], "https://chat.example", ["connections.E002"]),
        (
            [base64.urlsafe_b64encode(b"0123456789abcdef" * 2).decode()],
            "https://x.example",
            ["connections.E002"],
        ),
        (
            [base64.urlsafe_b64encode(b"0123456789abcdef" * 2).decode()],
            "http://localhost:8000",
            ["connections.W002"],
        ),
        ([fresh_key()], "https://chat.example", []),
        ([fresh_key(), fresh_key()], "https://chat.example", []),
    ],
)
@pytest.mark.advisory("S15", "ChatterMate PR 250")
def test_keys_that_protect_nothing_stop_the_start(
    settings: Any, keys: list[str], base_url: str, found: list[str]
) -> None:
    settings.CREDENTIAL_KEYS, settings.BASE_URL = keys, base_url
    messages = [message for message in run_checks(tags=["security"]) if "connections" in (message.id or "")]
    assert [message.id for message in messages] == found
    assert all(key not in message.msg for key in keys if key for message in messages)


def test_a_secret_shows_nowhere(bot: Channel, filante: Side, caplog: Any) -> None:
    """The canary is looked for in every column of every table, in logs, words and reprs."""
    caplog.set_level(logging.DEBUG)
    with tenancy.scope(filante.id):
        assert vault.reveal(bot)["token"] == TOKEN  # there is something to leak
        health.credentials_refused(bot, f"Unauthorized: {TOKEN}")
        call = calls.record(bot, "getMe", outcome="refused", milliseconds=3, words=f"bad {TOKEN}!")
        bot.refresh_from_db()
        assert (bot.health_words, call.words) == ("Unauthorized: •••", "bad •••!")
        stored = everything_stored()
        assert TOKEN not in stored
        assert TOKEN.encode().hex() not in stored
        assert TOKEN not in repr(keyring.current())
    assert TOKEN not in caplog.text


def everything_stored() -> str:
    """The database as text, as far as this tenant may see it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND has_table_privilege(oid, 'SELECT')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    assert len(found) > 20
    return "\n".join(found)
