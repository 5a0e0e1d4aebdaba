"""A comment under a post of the business: the one answer to it is private, and whoever writes it knows."""

from __future__ import annotations

from datetime import UTC, datetime

from apps.connections import permissions
from apps.connections.models import Channel
from apps.conversations.models import ContactAddress
from apps.core import tenancy
from apps.platforms.windows import Opener
from tests.console.pages.scenes import agent, inbox
from tests.worlds import Side, World


def page(here: Side) -> str:
    path = inbox(here, f"all/{here.conversation.pk}/")
    return str(agent(here).get(path).content.decode())


def test_who_answers_a_comment_is_told_that_it_is_private(world: World) -> None:
    here = world.filante
    words = "A private answer to a public comment"
    assert words not in page(here)
    with tenancy.scope(here.id):
        Channel.objects.filter(pk=here.channel.pk).update(platform="messenger")
        here.channel.refresh_from_db()
        permissions.grant(here.channel, "comments", on=True, actor="alice")
        now = datetime.now(UTC).isoformat()
        ContactAddress.objects.update(openings={Opener.COMMENT.value: now})
    assert words in page(here)
