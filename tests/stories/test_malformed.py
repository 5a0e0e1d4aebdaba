"""What an authentic platform sends and nobody can read is kept, shown, and answered 200."""

from __future__ import annotations

from html import unescape

import pytest

from apps.connections.models import ReceivedWebhook
from apps.conversations import inbox
from apps.core import tenancy
from tests.stories.test_webhooks import SECRET, telegram
from tests.webhooks.asked import hook
from tests.worlds import World, signed_in


@pytest.mark.parametrize(
    "body", [b"not json", b"[]", b"{}", b'{"update_id": "seven"}', b"\xff\xfe", b"{" * 5000]
)
def test_an_unreadable_update_is_kept_as_a_dead_letter(committed_world: World, body: bytes) -> None:
    here = committed_world.filante
    channel = telegram(here)
    for _ in range(2):
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
        assert hook(f"/hooks/telegram/{channel.key}/", body, headers).status == 200
    inbox.drain()
    with tenancy.scope(here.id):
        row = ReceivedWebhook.objects.get(channel=channel)
        assert (row.state, bytes(row.raw)) == ("dead", body)
        assert row.error.startswith("Malformed: ")
        assert SECRET not in str(row.headers)
    page = signed_in(here.owner).get(f"/{here.slug}/setup/channels/{channel.pk}/")
    assert row.error in unescape(page.content.decode())
