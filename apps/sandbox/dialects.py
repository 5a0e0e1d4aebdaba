"""How each simulated platform's customer speaks: the verbs of a phone, in that platform's wire format."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, NamedTuple, Protocol

from django.utils.functional import Promise

from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxPhone, SandboxThread


class Signed(NamedTuple):
    """Where a webhook goes, with what proves it: in the query for some platforms, in headers for others."""

    url: str
    headers: dict[str, str]


class Gesture(NamedTuple):
    """Something that only this platform's customers can do, now; `label` stands in the phone's menu."""

    name: str
    label: str | Promise
    act: Callable[[SandboxThread], None]


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

    def send_place(self, thread: SandboxThread, latitude: float, longitude: float) -> None:
        """Only where the simulator's verbs have "place"; likewise the next two."""

    def edit(self, message: SandboxMessage, text: str) -> None: ...

    def withdraw(self, message: SandboxMessage) -> None: ...

    def typing(self, thread: SandboxThread, on: bool) -> None: ...

    def start(self, thread: SandboxThread) -> None:
        """Press Start, where a platform has it."""

    def leave(self, thread: SandboxThread) -> None: ...

    def come_back(self, thread: SandboxThread) -> None: ...

    def proof(self, account: SandboxAccount, url: str, body: bytes) -> Signed:
        """What proves who posts `body` to `url`, made when a webhook goes out."""

    def answered(self, thread: SandboxThread, body: bytes) -> None:
        """The business took a webhook with 2xx and this body; some platforms read it (a welcome, a reply).

        The thread is not locked: whoever writes to it locks it first.
        """
