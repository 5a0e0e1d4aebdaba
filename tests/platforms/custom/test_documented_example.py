"""The program in the documentation works as it stands there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import BadCredentials, Inbound, Outgoing, Part
from apps.platforms.custom.adapter import PLATFORM
from apps.platforms.events import MessageReceived
from tests.platforms.custom.payloads import CREDS, ID, OTHER, SECRET, WEBHOOK, request
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def example() -> Iterator[tuple[subprocess.Popen[str], socket.socket, str]]:
    """The program as it stands in the document, our side of its hook, and its address."""
    text = (ROOT / "docs/custom-channel.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    hook = socket.create_server(("127.0.0.1", 0))
    hook.settimeout(30)
    port = free_port()
    surroundings = {
        "SECRET": SECRET,
        "PORT": str(port),
        "HOOK": f"http://127.0.0.1:{hook.getsockname()[1]}/hook",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **surroundings},
    )
    try:
        yield process, hook, f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.communicate()
        hook.close()


async def test_the_documented_example_works(
    example: tuple[subprocess.Popen[str], socket.socket, str], http: HttpDoor
) -> None:
    process, hook, url = example
    assert process.stdin and process.stdout
    process.stdin.write("Bonjour ça va\n")
    process.stdin.flush()
    made = _received(hook)  # by now it listens
    PLATFORM.verify(made, CREDS)
    (event,) = PLATFORM.parse(made, CREDS)
    assert isinstance(event, MessageReceived)
    assert (event.text, event.address, event.ref) == ("Bonjour ça va", "me", PLATFORM.dedup_key(made))
    creds = {**CREDS, "base_url": url}
    await PLATFORM.connect(creds, WEBHOOK, http)
    message = Outgoing(id=ID, sender="shop", to="me", part=Part(kind="text", text="Oui"))
    first, again = [await PLATFORM.send(message, creds, http) for _ in range(2)]
    assert (first == again, process.stdout.readline()) == (True, "me reads: Oui\n")
    with pytest.raises(BadCredentials):
        await PLATFORM.check({**creds, "secret": OTHER}, WEBHOOK, http)


def _received(hook: socket.socket) -> Inbound:
    """One request, read by hand, and answered."""
    connection, _ = hook.accept()
    with connection:
        connection.settimeout(30)
        head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        headers = {name.lower(): value for name, _, value in lines}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
    return request(body, **headers)
