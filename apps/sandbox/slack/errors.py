"""What Slack's Web API says when it says no (other-platforms.md 5): HTTP 200 and a name."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """`name` is what programs read; `words` are for people who write programs."""

    def __init__(self, name: str, *words: str, status: int = 200, retry_after: int = 0, **more: str) -> None:
        super().__init__(name)
        self.name, self.words, self.status, self.more = name, words, status, more
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"ok": False, "error": self.name, **self.more}
        return {**found, "response_metadata": {"messages": list(self.words)}} if self.words else found


def invalid_blocks(words: str) -> SlackError:
    return SlackError("invalid_blocks", f"[ERROR] {words}")


def too_many(seconds: int) -> SlackError:
    return SlackError("ratelimited", status=429, retry_after=seconds)
