"""What the platforms' door answers, and what it keeps."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.urls import resolve

from apps.connections import vault
from apps.connections.models import Channel, ChannelState, ReceivedWebhook, TenantKey
from apps.core import tenancy
from apps.platforms.base import Answer
from apps.platforms.email.adapter import Email
from apps.platforms.telegram.adapter import Telegram
from apps.webhooks.door import WebhookDoor
from tests.stories.test_webhooks import SECRET, telegram
from tests.webhooks.asked import Asked, ask, asking, hook, together, with_door
from tests.worlds import Side, World

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Cookie": "s=1", "X-Odd_Name": "1", "X-Known": "yes"}


@pytest.fixture
def channel(committed_world: World) -> Channel:
    return telegram(committed_world.filante)


def url(channel: Channel) -> str:
    return f"/hooks/telegram/{channel.key}/"


def update(number: int) -> bytes:
    return json.dumps({"update_id": number}).encode()


def rows(here: Side) -> list[ReceivedWebhook]:
    with tenancy.scope(here.id):
        return list(ReceivedWebhook.objects.order_by("received_at", "id"))


def test_what_is_kept(committed_world: World, channel: Channel) -> None:
    asked = hook(url(channel), update(7), HEADERS)
    assert (asked.status, asked.body, asked.headers) == (
        200,
        b"ok",
        {"content-type": "text/plain", "content-length": "2", "x-content-type-options": "nosniff"},
    )
    (row,) = rows(committed_world.filante)
    assert (row.channel_id, row.dedup_key, bytes(row.raw), row.path) == (
        channel.pk,
        "7",
        update(7),
        url(channel),
    )
    assert (row.state, row.attempt, row.error, row.due_at) == ("new", 0, "", row.received_at)
    assert row.headers == {"x-known": "yes"}
    assert rows(committed_world.garance) == []


def test_many_at_once_keep_their_order(committed_world: World, channel: Channel) -> None:
    asked = together([(url(channel), update(number), HEADERS) for number in range(40)])
    assert {one.status for one in asked} == {200}
    assert [row.dedup_key for row in rows(committed_world.filante)] == [str(number) for number in range(40)]


def test_a_repetition_changes_nothing(committed_world: World, channel: Channel) -> None:
    asked = together([(url(channel), update(1), HEADERS)] * 5) + [hook(url(channel), update(1), HEADERS)]
    assert {one.status for one in asked} == {200}
    assert len(rows(committed_world.filante)) == 1


def test_a_bad_one_does_not_fail_its_neighbours(committed_world: World, channel: Channel) -> None:
    """A NUL cannot be stored, so the whole transaction fails at first."""
    bad = {**HEADERS, "X-Broken": "a\x00b"}
    asked = together([(url(channel), update(number), bad if number == 2 else HEADERS) for number in range(5)])
    assert [one.status for one in asked] == [200, 200, 503, 200, 200]
    assert [row.dedup_key for row in rows(committed_world.filante)] == ["0", "1", "3", "4"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hooks/telegram/nobody/", 403),
        ("/hooks/carrier-pigeon/nobody/", 403),
        ("/hooks/telegram/", 403),
        ("/hooks/telegram", 404),
        ("/hooks/", 404),
        ("/hooks/telegram/a/b/c", 404),
        ("/hooks/telegram/a\x00b/", 400),
        ("/elsewhere/", 299),
    ],
)
def test_addresses_that_are_nobodys(committed_world: World, path: str, status: int) -> None:
    assert hook(path, update(1), HEADERS).status == status


@pytest.mark.advisory("S22", "ChatterMate PR 250")
@pytest.mark.parametrize("slash", ["", "/"])
def test_what_apple_appends_may_come_after_our_slash_or_its_own(slash: str) -> None:
    shared = resolve(f"/hooks/apple_messages/{slash}message")
    own = resolve(f"/hooks/apple_messages/KEY/{slash}message")
    assert [shared.kwargs, own.kwargs] == [
        {"platform": "apple_messages", "suffix": "message"},
        {"platform": "apple_messages", "key": "KEY", "suffix": "message"},
    ]


def test_forged_and_unknown_look_alike(channel: Channel) -> None:
    forged = hook(url(channel), update(1), {"X-Telegram-Bot-Api-Secret-Token": "x"})
    unknown = hook("/hooks/telegram/nobody/", update(1), HEADERS)
    assert (forged.status, forged.body, forged.headers) == (unknown.status, unknown.body, unknown.headers)


def test_a_channel_is_not_found_on_another_platform(channel: Channel) -> None:
    assert hook(f"/hooks/webchat/{channel.key}/", update(1), HEADERS).status == 403


@pytest.mark.parametrize("query", [b"a=%00", b"%00"])
def test_a_nul_in_the_query(channel: Channel, query: bytes) -> None:
    assert hook(url(channel), update(1), HEADERS, query_string=query).status == 400


def test_a_body_that_is_too_large(committed_world: World, channel: Channel) -> None:
    largest = Telegram.largest_request
    assert hook(url(channel), b" " * (largest + 1), HEADERS).status == 400
    assert hook(url(channel), b" " * largest, HEADERS).status == 200  # a dead letter
    assert len(rows(committed_world.filante)) == 1


def test_how_large_a_body_may_be_is_the_platforms(committed_world: World) -> None:
    mail = b" " * (Telegram.largest_request + 1)
    assert hook("/hooks/email/nobody/", mail, {}).status == 403  # read, and nobody's
    assert hook("/hooks/email/nobody/", b" " * (Email.largest_request + 1), {}).status == 400
    assert hook("/hooks/nothing/nobody/", mail, {}).status == 400


def test_half_a_request_is_not_stored(committed_world: World, channel: Channel) -> None:
    async def leave(door: WebhookDoor) -> Asked:
        asked = Asked()
        pieces = iter([{"type": "http.request", "body": update(1), "more_body": True}])

        async def receive() -> Any:
            return next(pieces, {"type": "http.disconnect"})

        await door(asking(url(channel), HEADERS), receive, asked.send)
        return asked

    assert with_door(leave).status == 0
    assert rows(committed_world.filante) == []


def test_plain_http_is_left_to_django_where_https_is_wanted(channel: Channel, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert hook(url(channel), update(1), HEADERS).status == 299
    assert hook(url(channel), update(1), HEADERS, scheme="https").status == 200
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    proxied = {**HEADERS, "X-Forwarded-Proto": "https"}
    assert hook(url(channel), update(2), proxied).status == 200
    assert hook(url(channel), update(2), {**proxied, "X-Forwarded-Proto": "http"}).status == 299


def replace_secret(channel: Channel) -> None:
    vault.store(channel, "webhook_secret", "another")


def remove_secret(channel: Channel) -> None:
    vault.store(channel, "webhook_secret", "")


def change_key(channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(key="moved")


def change_settings(channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(settings={"webhook_secret": "shadowed"})
    vault.store(channel, "webhook_secret", "")


def remove_channel(channel: Channel) -> None:
    channel.delete()


def erase_keys(_: Channel) -> None:
    TenantKey.objects.all().delete()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (replace_secret, 403),
        (remove_secret, 403),
        (change_key, 403),
        (change_settings, 403),
        (remove_channel, 403),
        (erase_keys, 503),
    ],
)
def test_what_is_remembered_never_accepts_wrongly(
    committed_world: World, channel: Channel, change: Callable[[Channel], None], status: int
) -> None:
    """One door all along: the first request makes it remember the credentials."""
    here = committed_world.filante

    async def before_and_after(door: WebhookDoor) -> list[int]:
        first = await ask(door, url(channel), update(1), HEADERS)
        await _in_thread(lambda: _within(here, lambda: change(channel)))
        return [first.status, (await ask(door, url(channel), update(2), HEADERS)).status]

    assert with_door(before_and_after) == [200, status]
    with tenancy.scope(here.id):
        assert not ReceivedWebhook.objects.filter(dedup_key="2").exists()


def test_a_new_secret_is_accepted_at_once(committed_world: World, channel: Channel) -> None:
    async def rotate(door: WebhookDoor) -> list[int]:
        first = await ask(door, url(channel), update(1), HEADERS)
        await _in_thread(lambda: _within(committed_world.filante, lambda: replace_secret(channel)))
        new = {"X-Telegram-Bot-Api-Secret-Token": "another"}
        later = [await ask(door, url(channel), update(number), new) for number in (2, 3)]
        return [one.status for one in (first, *later)]

    assert with_door(rotate) == [200, 200, 200]
    assert len(rows(committed_world.filante)) == 3


def test_saving_a_channel_as_it_was_read_does_not_bring_old_credentials_back(
    committed_world: World, channel: Channel
) -> None:
    """A form that was open meanwhile writes every column, the version too."""
    with tenancy.scope(committed_world.filante.id):
        stale = Channel.objects.get(pk=channel.pk)
        replace_secret(channel)
        moved = Channel.objects.get(pk=channel.pk).credentials_version
        stale.save()
        assert moved > stale.credentials_version
        assert Channel.objects.get(pk=channel.pk).credentials_version > stale.credentials_version


def test_what_is_not_a_credential_does_not_move_the_version(committed_world: World, channel: Channel) -> None:
    with tenancy.scope(committed_world.filante.id):
        before = Channel.objects.get(pk=channel.pk).credentials_version
        Channel.objects.filter(pk=channel.pk).update(failures=3, name="Other", state="disabled")
        assert Channel.objects.get(pk=channel.pk).credentials_version == before


def test_a_disabled_channel_still_stores(committed_world: World, channel: Channel) -> None:
    with tenancy.scope(committed_world.filante.id):
        Channel.objects.filter(pk=channel.pk).update(state="disabled")
    assert hook(url(channel), update(1), HEADERS).status == 200


class Trying(Telegram):
    """Tries an address while it is being registered, before anybody has it."""

    def answer(self, request: Any, creds: Any) -> Answer | None:
        return Answer(body="yes") if request.body == b"trying" else None


@pytest.mark.parametrize(("body", "status"), [(b"trying", 200), (b"{}", 403)])
def test_an_address_that_nobody_has_yet_may_be_tried(
    committed_world: World, body: bytes, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.platforms.registry.get", lambda slug: Trying())
    assert hook("/hooks/telegram/nobody/", body, HEADERS).status == status
    assert rows(committed_world.filante) == []


class Handshaking(Telegram):
    """Answers a GET with the secret's first letter."""

    def answer(self, request: Any, creds: Any) -> Answer | None:
        return Answer(body=creds["webhook_secret"][:1], status=202) if request.method == "GET" else None


def test_a_handshake_is_answered_with_what_is_true_now(
    committed_world: World, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.platforms.registry.get", lambda slug: Handshaking())

    async def shake(door: WebhookDoor) -> list[tuple[int, bytes]]:
        await ask(door, url(channel), update(1), HEADERS)
        await _in_thread(lambda: _within(committed_world.filante, lambda: replace_secret(channel)))
        asked = await ask(door, url(channel), b"", HEADERS, method="GET")
        return [(asked.status, asked.body)]

    assert with_door(shake) == [(202, b"a")]
    assert len(rows(committed_world.filante)) == 1


def test_a_request_that_is_ended_while_it_is_stored_is_still_answered(
    committed_world: World, channel: Channel
) -> None:
    """As a server does that is told to stop."""

    async def end(door: WebhookDoor) -> list[int]:
        first = await ask(door, url(channel), update(1), HEADERS)
        second = asyncio.create_task(ask(door, url(channel), update(2), HEADERS))
        await asyncio.sleep(0)
        second.cancel()
        return [first.status, (await second).status]

    assert with_door(end) == [200, 200]
    assert len(rows(committed_world.filante)) == 2


def test_a_connection_that_broke_is_made_anew(committed_world: World, channel: Channel) -> None:
    """As after a restart of the database, while nothing was stored."""

    async def cut(door: WebhookDoor) -> list[int]:
        first = await ask(door, url(channel), update(1), HEADERS)
        await asyncio.to_thread(_cut_connections)
        return [first.status, (await ask(door, url(channel), update(2), HEADERS)).status]

    assert with_door(cut) == [200, 200]
    assert len(rows(committed_world.filante)) == 2


def test_a_database_that_is_away(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unreachable(door: WebhookDoor) -> list[int]:
        first = await ask(door, url(channel), update(1), HEADERS)
        await asyncio.to_thread(_cut_connections)
        monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "host", "/nowhere")
        asked = await ask(door, url(channel), update(2), HEADERS)
        assert asked.headers["retry-after"] == "5"
        monkeypatch.undo()
        return [first.status, asked.status, (await ask(door, url(channel), update(2), HEADERS)).status]

    assert with_door(unreachable) == [200, 503, 200]


def _cut_connections() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as login:
        login.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND query LIKE '%door_store_webhooks%'"
        )


async def _in_thread(function: Callable[[], None]) -> None:
    await sync_to_async(function)()


def _within(here: Side, function: Callable[[], None]) -> None:
    with tenancy.scope(here.id):
        function()
    connection.close()


def test_meta_is_never_refused_for_a_page_that_nobody_has(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything but 200 would make Meta switch the app's webhook off for every business; nothing is kept."""
    monkeypatch.setenv("MESSENGER_APP_SECRET", "app")
    monkeypatch.setenv("MESSENGER_VERIFY_TOKEN", "token")
    body = json.dumps({"object": "page", "entry": [{"id": "1", "time": 1, "messaging": []}]}).encode()
    headers = {"X-Hub-Signature-256": f"sha256={hmac.digest(b'app', body, 'sha256').hex()}"}
    assert hook("/hooks/messenger/", body, headers).status == 200
    assert hook("/hooks/messenger/", body, {"X-Hub-Signature-256": "sha256=0"}).status == 403
    assert rows(committed_world.filante) == []


def test_what_is_for_two_businesses_is_kept_apart(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meta puts the events of several pages into one request: neither business keeps the other's words."""
    monkeypatch.setenv("MESSENGER_APP_SECRET", "app")
    monkeypatch.setenv("MESSENGER_VERIFY_TOKEN", "token")
    sides = {"1": committed_world.filante, "2": committed_world.garance}
    for page, side in sides.items():
        with tenancy.scope(side.id):
            Channel.objects.create(
                platform="messenger", name="M", address=page, state=ChannelState.LIVE, shared=True
            )
    entries = [{"id": page, "time": 1, "messaging": [{"words": f"secret-{page}"}]} for page in sides]
    body = json.dumps({"object": "page", "entry": entries}).encode()
    headers = {"X-Hub-Signature-256": f"sha256={hmac.digest(b'app', body, 'sha256').hex()}"}
    assert hook("/hooks/messenger/", body, headers).status == 200
    for page, side in sides.items():
        (row,) = rows(side)
        assert [entry["id"] for entry in json.loads(bytes(row.raw))["entry"]] == [page]
        assert f"secret-{page}".encode() in bytes(row.raw)
