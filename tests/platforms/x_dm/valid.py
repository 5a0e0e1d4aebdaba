"""What /2/dm_conversations/with/{id}/messages takes (https://docs.x.com/x-api/direct-messages)."""

from __future__ import annotations

from tests.platforms import facts
from tests.platforms.handset import Asked


def check(asked: Asked) -> None:
    if not asked.path.endswith("/messages"):
        return  # an upload
    message = facts.keys(asked.json, may="text attachments")
    assert message
    facts.perhaps(message, "text", 10_000)
    for attachment in facts.rows(message.get("attachments", []), 0, 1):
        assert attachment["media_id"].isdigit()
