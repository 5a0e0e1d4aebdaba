"""The embedded Redis, really started."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import AuthenticationError
from redis import Redis as Client

from apps.core.embedded import Redis


@pytest.fixture
def server(run_dir: Path) -> Iterator[Redis]:
    server = Redis(run_dir)
    server.start()
    yield server
    server.stop()


def connect(server: Redis) -> Client:
    return Client.from_url(server.url, decode_responses=True)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("maxmemory-policy", "noeviction"),
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
        ("bind", "127.0.0.1"),
    ],
)
def test_settings(server: Redis, setting: str, expected: str) -> None:
    with connect(server) as client:
        assert client.config_get(setting) == {setting: expected}


def test_a_password_is_asked_for(server: Redis) -> None:
    with Client(port=server.port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()


def test_the_password_is_no_argument_that_others_can_list(server: Redis) -> None:
    assert server.process is not None
    arguments = Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
    assert server.password.encode() not in arguments
    assert oct((server.folder / "redis.conf").stat().st_mode)[-3:] == "600"
    assert oct((server.folder / "address").stat().st_mode)[-3:] == "600"


def test_data_and_address_outlive_a_restart(server: Redis) -> None:
    with connect(server) as client:
        client.set("word", "hello")
    address = server.url
    server.stop()
    again = Redis(server.folder.parent)
    again.start()
    try:
        assert again.url == address
        with connect(again) as client:
            assert client.get("word") == "hello"
    finally:
        again.stop()


def test_another_port_when_its_own_is_taken(server: Redis) -> None:
    taken = server.port
    server.stop()
    with socket.socket() as intruder:
        intruder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        intruder.bind(("127.0.0.1", taken))
        intruder.listen()
        server.start()
    assert server.port != taken
    with connect(server) as client:
        assert client.ping() is True
