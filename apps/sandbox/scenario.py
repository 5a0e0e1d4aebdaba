"""Recorded scenarios: who says what on which simulated platform, one JSON object a line, in order.

    {"phone": "camille", "platform": "telegram", "tag": "adsl", "locale": "fr-FR"}   a customer taps a button
    {"who": "camille", "does": "start"}        likewise "leave" and "return"
    {"who": "camille", "says": "Bonjour"}
    {"to": "camille", "says": "Quel jour ?", "options": ["Lundi", "Jeudi"]}          the business answers
    {"who": "camille", "hears": "Quel jour"}   wait until it stands on the phone's screen
    {"who": "camille", "answers": "Jeudi"}     wait for that option, tap it
    {"pause": 1.5}                             seconds

Everything crosses the wire of the running service: webhooks are posted to it, its worker sends the answers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID, uuid4

from apps.connections.connect import connect_channel
from apps.connections.credentials import FieldError
from apps.connections.models import EntryPoint
from apps.conversations.models import AuthorKind, Conversation
from apps.conversations.send import Author, Draft, Refused, send_message
from apps.core import tenancy
from apps.platforms.cards import Option, QuickReplies
from apps.sandbox import accounts, delivery, phones, screen, simulators, threads
from apps.sandbox.dialects import Dialect
from apps.sandbox.models import SandboxMessage, SandboxThread
from apps.tenants.models import Membership, Role

PATIENCE = 30.0  # seconds for what the other side does
LOOK_EVERY = 0.1
GESTURES = {"start": "start", "leave": "leave", "return": "come_back"}
ACTOR = "sandbox_play"

T = TypeVar("T")
Line = dict[str, Any]


class BadScenario(Exception):
    """A line that cannot be played; the words name it."""


def read(lines: Iterable[str]) -> list[tuple[int, Line]]:
    """The lines with their numbers; empty ones are left out. Raises BadScenario."""
    found = []
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        if not isinstance(line, dict):
            raise BadScenario(f"line {number}: not a JSON object")
        found.append((number, line))
    return found


class Stage:
    """One business on which a scenario is played. `speed` divides the pauses."""

    def __init__(self, tenant_id: UUID, *, speed: float = 1.0) -> None:
        self.tenant_id, self.speed = tenant_id, speed
        self.threads: dict[str, UUID] = {}

    def play(self, lines: Iterable[tuple[int, Line]]) -> int:
        """All of it, in order; how many lines. Raises BadScenario at the first that cannot be played."""
        played = 0
        for number, line in lines:
            try:
                self._verb(line)(line)
            except BadScenario as error:
                raise BadScenario(f"line {number}: {error}") from None
            except (KeyError, TypeError, ValueError) as error:
                raise BadScenario(f"line {number}: {type(error).__name__}: {error}") from None
            played += 1
        return played

    def _verb(self, line: Line) -> Callable[[Line], None]:
        verbs = {"pause": self._pause, "phone": self._enter, "does": self._does, "hears": self._hears}
        verbs |= {"answers": self._answers, "says": self._answer_as_business if "to" in line else self._says}
        chosen = next((verb for name, verb in verbs.items() if name in line), None)
        if chosen is None:
            raise BadScenario("nobody does anything")
        return chosen

    def _pause(self, line: Line) -> None:
        time.sleep(float(line["pause"]) / self.speed)

    def _enter(self, line: Line) -> None:
        """A new customer, who came through the button with the tag; a first account is connected."""
        with tenancy.scope(self.tenant_id):
            account = accounts.ensure_account(line["platform"])
        with tenancy.scope(self.tenant_id):
            if accounts.channel_of(account) is None:
                self._connect(line["platform"], accounts.credentials(account))
            point = EntryPoint.objects.filter(tag=line.get("tag", ""), active=True).first()
            if point is None:
                raise BadScenario(f"no entry point has the tag {line.get('tag')!r}")
            phone = phones.new_phone(locale=line.get("locale", phones.LOCALES[0]), name=line["phone"])
            self.threads[line["phone"]] = phones.tap(phone, account, point).pk

    def _connect(self, platform: str, credentials: dict[str, str]) -> None:
        try:
            connect_channel(platform, name="", credentials=credentials, actor=ACTOR)
        except FieldError as error:
            raise BadScenario(error.words) from None

    def _does(self, line: Line) -> None:
        gesture = GESTURES[line["does"]]
        self._at_the_phone(line, lambda thread: getattr(_hand(thread), gesture)(thread))

    def _says(self, line: Line) -> None:
        self._at_the_phone(line, lambda thread: _hand(thread).say(thread, str(line["says"])))

    def _answers(self, line: Line) -> None:
        title = str(line["answers"])
        missing = f"no option {title!r}"
        message, option = self._wait(line["who"], lambda thread: _option(thread, title), missing)

        def tap(thread: SandboxThread) -> None:
            message.thread = thread
            _hand(thread).answer(message, [option])

        self._at_the_phone(line, tap)

    def _hears(self, line: Line) -> None:
        words = str(line["hears"])
        self._wait(line["who"], lambda thread: _heard(thread, words), f"{words!r} was not heard")

    def _answer_as_business(self, line: Line) -> None:
        """The first owner answers, as through the console."""
        conversation = self._wait(line["to"], _conversation, "the business has not heard them")
        with tenancy.scope(self.tenant_id):
            owner = Membership.objects.filter(role=Role.OWNER, active=True).select_related("user").first()
            try:
                send_message(
                    conversation.pk,
                    Author(kind=AuthorKind.MEMBER, membership=owner),
                    _draft(str(line["says"]), line.get("options", ())),
                    client_id=uuid4(),
                )
            except Refused as refusal:
                raise BadScenario(refusal.decision.rule) from None

    def _at_the_phone(self, line: Line, act: Callable[[SandboxThread], None]) -> None:
        """…and wait until the service has taken what the phone said."""
        thread_id = self.threads[line["who"]]
        with tenancy.scope(self.tenant_id):
            act(threads.locked(thread_id))
        self._wait(line["who"], lambda thread: not delivery.pending(thread) or None, "not taken")

    def _wait(self, who: str, find: Callable[[SandboxThread], T | None], otherwise: str) -> T:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with tenancy.scope(self.tenant_id):
                rows = SandboxThread.objects.select_related("account", "phone")
                found = find(rows.get(pk=self.threads[who]))
            if found is not None:
                return found
            time.sleep(LOOK_EVERY)
        raise BadScenario(otherwise)


def _hand(thread: SandboxThread) -> Dialect:
    return simulators.of(thread.account).hand


def _draft(words: str, options: Iterable[str]) -> Draft:
    choices = tuple(Option(id=str(place), title=title) for place, title in enumerate(options))
    if not choices:
        return Draft(text=words)
    return Draft(card=QuickReplies(id=str(uuid4()), prompt=words, options=choices))


def _conversation(thread: SandboxThread) -> Conversation | None:
    return Conversation.objects.filter(address__value=thread.address).order_by("-pk").first()


def _heard(thread: SandboxThread, words: str) -> SandboxMessage | None:
    return thread.messages.filter(mine=False, text__contains=words).first()


def _option(thread: SandboxThread, title: str) -> tuple[SandboxMessage, str] | None:
    """The last card that offers `title`, and what the platform calls it."""
    for message in thread.messages.filter(mine=False).order_by("-number"):
        for option, shown in _offered(message):
            if shown == title:
                return message, option
    return None


def _offered(message: SandboxMessage) -> Iterator[tuple[str, str]]:
    yield from ((option, title) for option, title, _subtitle in screen.options(message))
    for row in message.data.get("keyboard") or ():
        yield from ((button["callback_data"], button["text"]) for button in row if "callback_data" in button)
