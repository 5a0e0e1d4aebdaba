"""What a customer chose, as the thread shows it: once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.cards import CardAnswer, Option, QuickReplies
from apps.platforms.events import MessageReceived
from tests.console.pages.scenes import agent, inbox, reply
from tests.worlds import Side, World

LIGHT = QuickReplies(
    id="q", prompt="Quel voyant ?", options=(Option(id="a", title="Orange"), Option(id="b", title="Rouge"))
)
BUBBLE = re.compile(r'<(?:p|div) class="bubble( answer)?"')


def answers(side: Side, text: str) -> None:
    chosen = CardAnswer(card_id="q", selected=(LIGHT.options[0],))
    event = MessageReceived(
        to=side.channel.address,
        address="visitor-1",
        ref=uuid4().hex,
        at=datetime.now(UTC),
        text=text,
        answer=chosen,
    )
    with tenancy.scope(side.id):
        receive(side.channel, event)


@pytest.mark.parametrize(
    ("text", "bubbles"),
    [("", [" answer"]), ("Orange", [" answer"]), ("Orange, je crois", ["", " answer"])],
    ids=["chosen", "chosen-and-repeated", "chosen-and-said"],
)
def test_a_choice_is_shown_once(world: World, text: str, bubbles: list[str]) -> None:
    side = world.filante
    reply(side, "", card=LIGHT)
    answers(side, text)
    page = agent(side).get(inbox(side, f"all/{side.conversation.pk}/")).content.decode()
    turn = page.split('class="turn turn--in')[-1].split("</li>")[0]
    assert BUBBLE.findall(turn) == bubbles
    assert turn.count('<span class="quote">Quel voyant ?</span>') == 1
