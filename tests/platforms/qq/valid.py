"""What /v2/users/{openid}/messages takes (https://bot.q.qq.com/wiki/develop/api-v2)."""

from __future__ import annotations

from tests.platforms import facts
from tests.platforms.handset import Asked


def check(asked: Asked) -> None:
    if not asked.path.endswith("/messages"):
        return  # a token, or a file
    message = facts.keys(asked.json, "msg_type", "msg_seq", may="content msg_id event_id media")
    assert message.get("msg_id") or message.get("event_id"), "only answers are allowed"
    if message["msg_type"] == 0:
        facts.words(message["content"], 10_000)
    else:
        assert message["msg_type"] == 7 and message["media"]["file_info"]
