"""The platform whose other side is ours: everything works without a call to anybody."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest

from apps.core.http import Egress, HttpDoor
from apps.platforms.base import Connection, Outgoing, Part, Rejected, RetryClass
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.webchat.adapter import PLATFORM

WEBHOOKS = [
    ("https://chat.example/hooks/webchat/k3y/", "k3y"),
    ("https://chat.example/hooks/webchat/k3y", "k3y"),
    ("http://localhost:8000/hooks/webchat/A_b-1/?x=1", "A_b-1"),
]


@pytest.mark.parametrize(("webhook", "address"), WEBHOOKS)
async def test_the_address_is_the_key_of_the_channel(webhook: str, address: str) -> None:
    async with HttpDoor(Egress()) as http:
        assert await PLATFORM.connect({}, webhook, http) == Connection(address=address, name="Web chat")
        assert await PLATFORM.check({}, webhook, http) == "Ready: web chat is part of this server"


async def test_without_a_key_there_is_no_channel() -> None:
    async with HttpDoor(Egress()) as http:
        with pytest.raises(Rejected):
            await PLATFORM.connect({}, "https://chat.example/", http)


async def test_a_message_sent_twice_is_the_same_message() -> None:
    outgoing = Outgoing(id=uuid4(), sender="k3y", to="visitor", part=Part(kind="text", text="Hi"))
    async with HttpDoor(Egress()) as http:
        refs = [await PLATFORM.send(outgoing, {}, http) for _ in range(2)]
    assert refs == [str(outgoing.id)] * 2
    assert PLATFORM.capabilities.retry_class is RetryClass.KEYED


async def test_there_is_nothing_to_download() -> None:
    async with HttpDoor(Egress()) as http:
        with pytest.raises(Rejected):
            await PLATFORM.download(MediaRef(kind=MediaKind.FILE, locator={}), {}, http, io.BytesIO())


def test_the_link_is_the_entry_point_itself() -> None:
    assert PLATFORM.entry_link("k3y", "adsl") == ""
