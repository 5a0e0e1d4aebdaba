"""Nothing but the door opens a connection to the outside (docs/security.md, calls outward)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APPS = Path(__file__).resolve().parents[2] / "apps"

# Modules with which one can connect, and who may use them for that.
CONNECTING = {
    "aiohttp", "aiosmtplib", "asyncore", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests",
    "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib.request", "urllib3", "websockets",
    "xmlrpc.client",
}  # fmt: skip
DOOR = {"core/http.py", "core/dialling.py"}
OURSELVES = {  # our own processes and servers, on this machine
    "backoffice/signs_of_life.py",
    "core/embedded/redis.py",
    "core/running/processes.py",
    "core/running/up.py",
    "sandbox/email/server.py",
}
SPEAKING = {  # on sockets that the door gave them
    "platforms/email/submission.py",
    "platforms/email/submission_errors.py",
    "sandbox/seed/local_http.py",
}
OPENING = {
    "open_connection",
    "create_connection",
    "create_datagram_endpoint",
    "sock_connect",
    "open_unix_connection",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(APPS.rglob("*.py")):
        yield str(path.relative_to(APPS)), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for each in found for name in CONNECTING if each == name or each.startswith(f"{name}.")}


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield (
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""),
                node,
            )


def test_only_the_door_can_connect() -> None:
    """What is imported says it; nobody here imports by name what is looked for (the registry's own aside)."""
    able = {path for path, tree in sources() if imported(tree)}
    assert able <= DOOR | OURSELVES | SPEAKING, "calls go through apps.core.http"
    assert able == DOOR | OURSELVES | SPEAKING, "a name that is not needed any more"


def test_nobody_else_opens_a_connection_by_the_loop() -> None:
    opening = {path for path, tree in sources() for name, _call in calls(tree) if name in OPENING}
    assert opening == {"core/dialling.py", "core/embedded/redis.py"}


@pytest.mark.parametrize("path", ["platforms/email/submission.py"])
def test_the_mail_library_is_given_its_socket(path: str) -> None:
    tree = ast.parse((APPS / path).read_text("utf-8"))
    made = [call for name, call in calls(tree) if name in ("SMTP", "send")]
    assert [{word.arg for word in call.keywords} >= {"sock"} for call in made] == [True]
    assert [word.arg for call in made for word in call.keywords if word.arg in ("port", "socket_path")] == []
