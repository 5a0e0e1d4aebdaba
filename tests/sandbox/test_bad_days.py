"""Bad days that every platform has, on each that is simulated: answers lost after acceptance, faults of the
platform, too many calls, credentials refused, webhooks twice and out of order. A new platform joins by being
in the sandbox's list.

Guards I2 and I5. `bin/chaos` plays the same all at once, on the platforms of tests/chaos/dialects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from apps.connections.connect import check_channel
from apps.connections.models import Channel, Health
from apps.conversations import deliver, look
from apps.conversations.models import Delivery
from apps.conversations.send import Draft
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.base import RetryClass
from apps.sandbox import simulators
from apps.sandbox.models import FaultKind, SandboxPost
from tests.conftest import empty_database
from tests.isolation.rich import PNG
from tests.sandbox.conftest import Served
from tests.sandbox.player import Player
from tests.security.overheard import overheard
from tests.worlds import Side, make_world

ARRIVED = {"sent", "delivered", "read"}
CANARY = "canary-662607"
# Sent in a way that the key does not guard, so that a person decides as on class N.
UNGUARDED = {"line": "a reply token counts once", "email": "a mail server would take it twice"}

# Its errors say that nothing was accepted.
BUSY = {"wechat"}
# A refused credential stops the channel; Telegram refuses in these words for a customer who blocked the bot.
REFUSED = {"telegram": ("parked", Health.GOOD)}


@pytest.fixture(scope="module")
def side(django_db_blocker: Any, served: Served) -> Iterator[Side]:
    """One business for all platforms: starting anew takes longer than a bad day."""
    here = override_settings(BASE_URL=served.url, SANDBOX_SMTP_PORT=served.smtp_port)
    with django_db_blocker.unblock(), here:
        try:
            yield make_world().filante
        finally:
            empty_database()


@pytest.fixture(scope="module", params=simulators.SLUGS)
def talking(request: pytest.FixtureRequest, side: Side, served: Served) -> Player:
    """A customer who has said something."""
    player = Player(side, request.param, served.url)
    if simulators.get(request.param).needs_start:
        player.does("start")
    player.says("Bonjour")
    return player


def pass_time(player: Player) -> None:
    """Until everything that waits is due, and done."""
    player.settle()
    with tenancy.scope(player.side.id):
        deliveries, now = Delivery.objects.filter(channel=player.channel), timezone.now()
        deliveries.update(due_at=now)
        deliveries.exclude(settling_until=None).update(settling_until=now)
        Channel.objects.filter(pk=player.channel.pk).update(paused_until=None, health=Health.GOOD)
    look.drain()
    deliver.drain()


def channel(player: Player) -> Channel:
    """As it is now."""
    with tenancy.scope(player.side.id):
        return Channel.objects.get(pk=player.channel.pk)


def later(player: Player, delivery: Delivery) -> str:
    """What is said of it in the end."""
    for _ in range(3):
        pass_time(player)
    with tenancy.scope(player.side.id):
        return str(Delivery.objects.get(pk=delivery.pk).state)


def test_an_answer_that_is_lost_after_acceptance(talking: Player) -> None:
    """Delivered once: class K repeats under its key, class R learns what became of it, N asks a person."""
    slug = talking.account.platform
    never = registry.get(slug).capabilities.retry_class == RetryClass.NEVER
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Perdue en route"))
    assert channel(talking).health == Health.GOOD
    talking.switch(FaultKind.LOST, on=False)
    told = later(talking, delivery)
    assert talking.heard().count("Perdue en route") == 1
    assert told in ({"unknown"} if never or slug in UNGUARDED else ARRIVED)


def test_too_many_calls(talking: Player) -> None:
    """Nothing was accepted, so it waits and goes out once."""
    talking.switch(FaultKind.THROTTLE)
    (delivery,) = talking.answers(Draft(text="Trop vite"))
    assert (delivery.state, talking.heard().count("Trop vite")) == ("queued", 0)
    talking.switch(FaultKind.THROTTLE, on=False)
    assert later(talking, delivery) in ARRIVED
    assert talking.heard().count("Trop vite") == 1


def test_a_fault_of_the_platforms(talking: Player) -> None:
    """Nobody can know what an error 500 left behind, and the channel goes on: class K repeats, R looks where
    the platform lets us, else a person decides."""
    slug = talking.account.platform
    can = registry.get(slug).capabilities
    repeats = can.retry_class == RetryClass.KEYED or slug in BUSY
    talking.switch(FaultKind.ERROR)
    (delivery,) = talking.answers(Draft(text="En panne"))
    assert (delivery.state, channel(talking).health) == ("queued" if repeats else "unknown", Health.GOOD)
    talking.switch(FaultKind.ERROR, on=False)
    arrived = later(talking, delivery) in ARRIVED
    assert arrived == (repeats or can.can_find)
    assert talking.heard().count("En panne") == arrived


def test_webhooks_twice(talking: Player) -> None:
    """Whatever makes a repetition one: the same bytes, or a number inside what WeChat encrypts anew."""
    before = len(talking.messages())
    talking.switch(FaultKind.DUPLICATE)
    for text in ("encore", "toujours"):
        talking.does("say", text=text)
    talking.settle()
    talking.switch(FaultKind.DUPLICATE, on=False)
    assert [message.text for message in talking.messages()[before:]] == ["encore", "toujours"]


def test_webhooks_twice_and_out_of_order(talking: Player) -> None:
    troubles = (FaultKind.DUPLICATE, FaultKind.REORDER)
    for kind in troubles:
        talking.switch(kind)
    said = ["un", "deux", "trois"]
    for text in said:
        talking.does("say", text=text)
    for kind in troubles:
        talking.switch(kind, on=False)
    with tenancy.scope(talking.side.id):
        SandboxPost.objects.update(due_at=timezone.now())
    talking.does("say", text="quatre")
    talking.settle()
    heard = [message.text for message in talking.messages() if message.text in said]
    assert sorted(heard) == sorted(said)


def test_a_credential_that_is_refused(talking: Player) -> None:
    """The channel stops, and what waits is sent once it is good again."""
    expected = REFUSED.get(talking.account.platform, ("queued", Health.BROKEN))
    with tenancy.scope(talking.side.id):
        assert check_channel(talking.channel).good
    talking.switch(FaultKind.FORBIDDEN)
    (delivery,) = talking.answers(Draft(text="Pas d’accès"))
    stopped = channel(talking)
    assert (delivery.state, stopped.health) == expected
    assert talking.account.secret not in stopped.health_words
    talking.switch(FaultKind.FORBIDDEN, on=False)
    assert later(talking, delivery) in {"parked", *ARRIVED}
    assert talking.heard().count("Pas d’accès") == (delivery.state != "parked")
    talking.says("Toujours là")  # who was taken for gone is back


def test_no_word_of_it_is_logged(talking: Player, served: Served) -> None:
    """What people write, what their files are called and what a refused answer was about: not by the process
    that takes it in, nor by the one that sends."""
    with overheard("INFO") as log:
        talking.does("say", text=f"{CANARY} in")
        talking.does("file", file=(f"{CANARY}.png", PNG, "image/png"))
        for kind in (FaultKind.ERROR, FaultKind.LOST, FaultKind.FORBIDDEN):
            talking.switch(kind)
            talking.answers(Draft(text=f"{CANARY} {kind}"))
            talking.switch(kind, on=False)
            pass_time(talking)
    assert f"{CANARY} in" in [message.text for message in talking.messages()]
    assert CANARY not in log.getvalue()
    assert CANARY not in served.log.read_text()
