"""Garance has exactly what Filante has, and sees none of it (invariants I6, I7)."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.connections.models import Channel, ChannelState, EntryPointChannel
from apps.core import tenancy
from apps.sandbox import accounts, phones, simulators, threads
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxPhone, SandboxThread
from tests.worlds import Side, World, signed_in


class Owned(NamedTuple):
    """What one side has in the sandbox."""

    account: SandboxAccount
    phone: SandboxPhone
    thread: SandboxThread
    file: SandboxFile
    channel: Channel


def furnish(side: Side) -> Owned:
    with tenancy.scope(side.id):
        phone = phones.ensure_phone()
        account = accounts.ensure_account("telegram")
        thread = threads.locked(phones.thread_of(phone, account).pk)
        simulators.of(account).hand.say(thread, "Bonjour secret")
        simulators.of(account).hand.send_voice(thread)
        channel = Channel.objects.create(
            platform="telegram", name="T", address=account.address, state=ChannelState.LIVE
        )
        EntryPointChannel.objects.create(entry_point=side.entry_point, channel=channel, position=1)
        return Owned(account, phone, thread, SandboxFile.objects.get(account=account), channel)


@pytest.fixture
def owned(world: World) -> Owned:
    furnish(world.garance)
    return furnish(world.filante)


def addresses(owned: Owned, side: Side) -> list[tuple[str, str]]:
    """Everything of Filante's, asked for under /garance/."""
    return [
        ("get", f"customers/{owned.phone.pk}/"),
        ("post", f"customers/{owned.phone.pk}/device/"),
        ("post", f"accounts/{owned.account.pk}/connect/"),
        ("post", f"accounts/{owned.account.pk}/faults/slow/"),
        ("get", f"threads/{owned.thread.pk}/"),
        *[("post", f"threads/{owned.thread.pk}/{verb}/") for verb in ("say", "leave", "typing", "answer")],
        ("get", f"files/{owned.file.pk}/"),
        ("get", f"open/{side.entry_point.key}/{owned.channel.pk}/"),
    ]


def test_anothers_things_answer_like_missing_ones(world: World, owned: Owned) -> None:
    thief, bob = signed_in(world.garance.owner), signed_in(world.filante.owner)
    ours = [a for a in addresses(owned, world.filante) if a[0] == "get"]
    assert [bob.get(f"/filante/sandbox/{path}").status_code for _verb, path in ours] == [200, 200, 200, 302]
    for method, path in addresses(owned, world.filante):
        taken = getattr(thief, method)(f"/garance/sandbox/{path}", {"text": "x", "on": "on"})
        missing = getattr(thief, method)(f"/garance/sandbox/{_unknown(path)}", {"text": "x", "on": "on"})
        assert (taken.status_code, missing.status_code, path) == (404, 404, path)
    with tenancy.scope(world.filante.id):
        assert [m.text for m in owned.thread.messages.filter(kind="text")] == ["/start", "Bonjour secret"]


@pytest.mark.parametrize("path", ["", "site/", "wire/", "new/"])
def test_only_members_come_in(world: World, owned: Owned, path: str) -> None:
    verb = "post" if path == "new/" else "get"
    thief, anyone = signed_in(world.garance.owner), Client(SERVER_NAME="localhost")
    assert getattr(thief, verb)(f"/filante/sandbox/{path}").status_code == 404
    assert getattr(anyone, verb)(f"/filante/sandbox/{path}").status_code == 302


def test_a_token_opens_its_own_account_only(world: World, owned: Owned) -> None:
    with tenancy.scope(world.garance.id):
        theirs = accounts.ensure_account("telegram")
    browser = Client(SERVER_NAME="localhost")
    bot = f"/sandbox/telegram/bot{theirs.key}:{theirs.secret}"
    sent = browser.post(f"{bot}/sendMessage", {"chat_id": owned.thread.address, "text": "x"}).json()
    assert (sent["error_code"], sent["description"]) == (400, "Bad Request: chat not found")
    key = owned.file.key
    assert browser.post(f"{bot}/getFile", {"file_id": key}).json()["error_code"] == 400
    assert (
        browser.get(f"/sandbox/telegram/file/bot{theirs.key}:{theirs.secret}/voice/{key}").status_code == 404
    )
    mixed = f"/sandbox/telegram/bot{owned.account.key}:{theirs.secret}/getMe"
    assert browser.post(mixed).json()["error_code"] == 401


def _unknown(path: str) -> str:
    """The same address for something that does not exist."""
    return "/".join(str(uuid4()) if _is_uuid(part) else part for part in path.split("/"))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
