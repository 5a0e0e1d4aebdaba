"""The door for what is no HTTP: the same checks, and a socket to the address that was checked."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp.abc import ResolveResult

from apps.core.http import Egress, Forbidden, HttpDoor, NotConnected
from tests.core.http.test_egress import PRIVATE_ANSWERS, Dns

FORBIDDEN = {
    "private": ("10.0.0.1", 587),
    "loopback": ("127.0.0.1", 587),
    "IPv6 loopback": ("::1", 587),
    "metadata": ("169.254.169.254", 465),
    "a number": ("2130706433", 465),
    "another service": ("93.184.216.34", 6379),
    "between servers": ("93.184.216.34", 25),
    "the web": ("93.184.216.34", 443),
    "no name": ("", 465),
    "two lines": ("mx.example\r\nHELO", 465),
    "a path": ("mx.example/x", 465),
}


@pytest.mark.parametrize(("host", "port"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
@pytest.mark.advisory("S11", "Rocket.Chat CVE-2024-39713")
async def test_forbidden(host: str, port: int) -> None:
    async with HttpDoor(Egress()) as http:
        with pytest.raises(Forbidden):
            await http.dial(host, port)


@pytest.mark.parametrize("address", PRIVATE_ANSWERS)
async def test_a_name_that_means_a_private_address_is_forbidden(address: str) -> None:
    async with HttpDoor(Egress(), resolver=Dns(mx_example=[address])) as http:
        with pytest.raises(Forbidden, match=r"mx\.example"):
            await http.dial("mx.example", 587)


async def test_without_encryption_only_what_is_listed() -> None:
    async with HttpDoor(Egress.parse("10.0.0.0/8")) as http:
        with pytest.raises(Forbidden, match="EGRESS_ALLOW"):
            await http.dial("93.184.216.34", 587, listed=True)


async def test_the_first_address_that_answers() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    dns = Dns(mx_internal=["127.0.0.2", "127.0.0.1"])  # nobody listens at the first
    async with HttpDoor(Egress.parse("mx.internal"), resolver=dns) as http:
        found = await http.dial("mx.internal", port, listed=True)
        with found:
            assert await asyncio.get_running_loop().sock_recv(found, 8) == b"220 here"
    server.close()


async def test_nobody_there_is_not_connected() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        async with HttpDoor(Egress.parse("127.0.0.1")) as http:
            with pytest.raises(NotConnected):
                await http.dial("127.0.0.1", closed.getsockname()[1])
    async with HttpDoor(Egress()) as http:
        for host in ("nowhere.invalid", f"{'a' * 70}.example"):
            with pytest.raises(NotConnected):
                await http.dial(host, 465)


async def test_a_name_that_takes_too_long_is_not_connected() -> None:
    class Slow(Dns):
        async def resolve(self, *_given: object, **_named: object) -> list[ResolveResult]:
            await asyncio.sleep(3600)
            return []

    async with HttpDoor(Egress(), resolver=Slow()) as http:
        with pytest.raises(NotConnected):
            await http.dial("mx.example", 465, timeout=0.05)
