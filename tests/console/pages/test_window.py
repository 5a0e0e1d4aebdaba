"""The reply box says what is still possible and until when, as the policy decided it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from apps.connections.models import Channel
from apps.console.composer import Composer, composer_for, render
from apps.conversations.models import ContactAddress, Conversation
from apps.core import tenancy
from tests.worlds import Side, World

# platform, hours since they wrote: for how many hours in all, answers left, what shuts it
ROWS: dict[str, tuple[str, float, float | None, int | None, str]] = {
    "no window": ("telegram", 900, None, None, ""),
    "a day": ("whatsapp", 2, 24, None, ""),
    "over, but for templates": ("whatsapp", 25, None, None, "template_only"),
    "two days and some answers": ("wechat", 2, 48, 5, ""),
    "an hour and some answers": ("qq", 0.5, 1, 5, ""),
    "over": ("qq", 2, None, None, "window_over"),
}


def composer(here: Side, platform: str, at: datetime) -> tuple[Composer, str]:
    with tenancy.scope(here.id):
        Channel.objects.filter(pk=here.channel.pk).update(platform=platform)
        ContactAddress.objects.update(openings={"message": at.isoformat()}, last_inbound_at=at)
        rows = Conversation.objects.select_related("channel", "address", "contact", "assignee__user")
        conversation = rows.get(pk=here.conversation.pk)
        page = render(conversation, here.agent_membership, here.slug)
        return composer_for(conversation, here.agent_membership), page


@pytest.mark.parametrize(("platform", "hours", "lasts", "left", "shut"), ROWS.values(), ids=ROWS)
def test_until_when_and_how_often(
    world: World, platform: str, hours: float, lasts: float | None, left: int | None, shut: str
) -> None:
    at = timezone.now() - timedelta(hours=hours)
    found, page = composer(world.filante, platform, at)
    until = at + timedelta(hours=lasts) if lasts else None
    assert (found.window_until, found.left) == (until, left)
    assert (found.lock is not None, found.decision if shut else "") == (bool(shut), shut)
    assert ("send-reply" in page) is not bool(shut)
    if found.until:
        assert str(found.until) in page
    if left:
        assert f"{left} answers left" in page


def test_only_where_a_template_may_go_the_box_is_a_picker(world: World) -> None:
    at = timezone.now() - timedelta(hours=30)
    for platform, offered in (("whatsapp", True), ("qq", False)):
        _, page = composer(world.filante, platform, at)
        assert ('data-opens="templates"' in page) is offered
