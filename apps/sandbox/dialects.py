"""How each simulated platform's customer speaks: the verbs of a phone, in that platform's wire format."""

from __future__ import annotations

from importlib import import_module
from typing import BinaryIO, Protocol, cast

from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxPhone, SandboxThread


class Dialect(Protocol):
    """What a phone can do on one platform. Threads are locked by the caller, inside the tenant's scope."""

    def address(self, account: SandboxAccount, phone: SandboxPhone) -> str:
        """Who the phone is to the business."""

    def say(self, thread: SandboxThread, text: str) -> None: ...

    def send_file(self, thread: SandboxThread, source: BinaryIO, *, name: str, mime: str) -> None: ...

    def send_voice(self, thread: SandboxThread) -> None: ...

    def answer(self, message: SandboxMessage, chosen: list[str]) -> None:
        """Tap options of a card that the business sent, by their identifiers."""

    def react(self, message: SandboxMessage, reaction: str) -> None: ...

    def typing(self, thread: SandboxThread, on: bool) -> None: ...

    def start(self, thread: SandboxThread) -> None:
        """Press Start, where a platform has it."""

    def leave(self, thread: SandboxThread) -> None: ...

    def come_back(self, thread: SandboxThread) -> None: ...

    def proof(self, account: SandboxAccount) -> dict[str, str]:
        """Headers, made when a webhook goes out, that prove who posts it."""


_MODULES = {"apple_messages": "apps.sandbox.apple.hand", "telegram": "apps.sandbox.telegram.hand"}


def of(account: SandboxAccount) -> Dialect:
    return cast(Dialect, import_module(_MODULES[account.platform]))
