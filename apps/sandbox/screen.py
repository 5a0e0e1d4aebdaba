"""What a phone's screen shows, ready for the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.connections.said import platform_name
from apps.sandbox import accounts, balloons, delivery, phones, simulators
from apps.sandbox.dialects import Gesture
from apps.sandbox.models import SandboxMessage, SandboxThread, ThreadState

SHOWN = 60  # bubbles
OPENED = ("list_picker", "form")  # kinds that open a sheet


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message with what its kind needs. `options` are (identifier, title, subtitle) of quick replies."""

    message: SandboxMessage
    kind: str
    media: str = ""
    options: tuple[tuple[str, str, str], ...] = ()
    answered: bool = False
    reaction: str = ""

    @property
    def picture(self) -> str:
        return balloons.picture(self.message)

    @property
    def questions(self) -> list[balloons.Question]:
        return balloons.questions(self.message)


@dataclass(frozen=True, slots=True)
class Screen:
    """One phone with one thread open. `stamp` changes whenever the screen does."""

    thread: SandboxThread
    bubbles: list[Bubble]
    picking: Bubble | None
    typing: bool
    waiting: bool
    connected: bool
    stamp: str

    @property
    def skin(self) -> str:
        return self.simulator.skin

    @property
    def simulator(self) -> simulators.Simulator:
        return simulators.of(self.thread.account)

    @property
    def platform(self) -> str:
        return platform_name(self.thread.account.platform)

    @property
    def tells_typing(self) -> bool:
        return "typing" in self.simulator.verbs

    @property
    def must_start(self) -> bool:
        return phones.must_start(self.thread)

    @property
    def left(self) -> bool:
        return self.thread.state == ThreadState.LEFT

    @property
    def can_comment(self) -> bool:
        """Asked for here: a template would call the verb."""
        return self.simulator.comment is not None

    @property
    def can_stop_marketing(self) -> bool:
        return self.simulator.marketing is not None

    @property
    def wants_marketing(self) -> bool:
        return bool(self.thread.data.get("marketing", True))

    @property
    def gestures(self) -> list[Gesture]:
        return list(self.simulator.gestures(self.thread))

    @property
    def language(self) -> str:
        return str(self.thread.phone.locale)

    @property
    def tapbacks(self) -> list[str]:
        return list(self.simulator.reactions)


def of(thread: SandboxThread, *, picking: str = "") -> Screen:
    """The screen as it is now; `picking` is the id of the list or form that is held open."""
    typing = _typing(thread)
    waiting = delivery.pending(thread)
    bubbles = [_bubble(message) for message in _visible(thread)]
    chosen = next((b for b in bubbles if str(b.message.pk) == picking and b.kind in OPENED), None)
    connected = accounts.channel_of(thread.account) is not None
    return Screen(thread, bubbles, chosen, typing, waiting, connected, stamp(thread))


def stamp(thread: SandboxThread) -> str:
    """Names what the screen shows, for one cheap look."""
    facts = (thread.version, _typing(thread), delivery.pending(thread), bool(thread.phone.offline_since))
    return "-".join(str(int(fact)) for fact in facts)


def _typing(thread: SandboxThread) -> bool:
    return thread.typing_until is not None and thread.typing_until > timezone.now()


def _visible(thread: SandboxThread) -> list[SandboxMessage]:
    """The last bubbles; without a network nothing that came since."""
    rows = thread.messages.select_related("file")
    since = thread.phone.offline_since
    if since:
        rows = rows.exclude(mine=False, at__gt=since + timedelta(milliseconds=1))
    return list(reversed(rows.order_by("-number")[:SHOWN]))


def _bubble(message: SandboxMessage) -> Bubble:
    data = message.data
    return Bubble(
        message=message,
        kind=message.kind,
        media=_media(message),
        options=options(message),
        answered=bool(data.get("chosen")),
        reaction=data.get("reaction", ""),
    )


def _media(message: SandboxMessage) -> str:
    if message.file is None:
        return ""
    kind = message.file.mime.split("/")[0]
    return kind if kind in ("image", "audio", "video") else "file"


def options(message: SandboxMessage) -> tuple[tuple[str, str, str], ...]:
    """(identifier, title, subtitle) of the quick replies or choices that a message offers."""
    wire: dict[str, Any] = message.data.get("wire", {}).get("data", {})
    items = wire.get("quick-reply", {}).get("items", [])
    plain = tuple((o["id"], o["title"], o.get("subtitle", "")) for o in message.data.get("options", []))
    return plain or tuple((item["identifier"], item["title"], "") for item in items)
