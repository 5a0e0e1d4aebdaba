"""What an answer of the Bot API means.

Telegram's words are not part of its contract, so a rule looks at `error_code` and a lower-case piece of
the description (strings seen in tdlib/telegram-bot-api). Only 401, 403, 404 and 429 mean more than "this
message is not accepted".
"""

from __future__ import annotations

from typing import Any

from apps.core.http import Response
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Rejected,
    SendError,
    Throttled,
    Unknown,
)
from apps.platforms.shared.answers import redact, stranger

# 400s that mean that this chat will not come back by itself.
GONE = ("chat not found", "user not found", "user is deactivated", "group chat was deactivated")


def result_of(answer: Response, secrets: tuple[str, ...]) -> Any:
    """The `result` of a Bot API answer. Raises a SendError whose words contain none of `secrets`."""
    data = answer.json()
    if not isinstance(data, dict) or not isinstance(data.get("ok"), bool):
        raise not_the_bot_api(answer)
    if data["ok"] and answer.status < 300 and "result" in data:
        return data["result"]
    raise refusal(data, answer.status, secrets)


def refusal(data: dict[str, Any], status: int, secrets: tuple[str, ...]) -> SendError:
    """What `{"ok": false, …}` means."""
    code = _number(data.get("error_code")) or status
    words = redact(str(data.get("description", "")), secrets)
    parameters = data.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if code == 429 or "retry_after" in parameters:
        return Throttled(
            words, retry_after=float(_number(parameters.get("retry_after")) or 1), code=str(code)
        )
    if "migrate_to_chat_id" in parameters:
        # Conversations are with one person; a group that became a supergroup is an address that is gone.
        return ContactGone(words, reason="deleted", code="migrated")
    return _by_code(code, words)


def not_the_bot_api(answer: Response) -> SendError:
    """What an answer means that Telegram's server would not give: a gateway, or a wrong base URL."""
    return stranger(answer, "the Bot API")


def _by_code(code: int, words: str) -> SendError:
    lower = words.lower()
    if code == 401 or (code == 404 and "method" not in lower):
        return BadCredentials(words, field="token", code=str(code))
    if code == 403 or (code == 400 and any(piece in lower for piece in GONE)):
        return ContactGone(words, reason="blocked" if "blocked" in lower else "deleted", code=str(code))
    if 400 <= code < 500:
        return Rejected(words, code=str(code))
    return Unknown(words, code=str(code))


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
