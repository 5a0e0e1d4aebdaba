"""What the gateway says when it says no (apple-messenger-whatsapp.md 1.7): a status and plain words."""

from __future__ import annotations


class GatewayError(Exception):
    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


def malformed(words: str) -> GatewayError:
    return GatewayError(400, words)
