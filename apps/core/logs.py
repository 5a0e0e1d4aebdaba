"""What may not stand in a log: the tokens of links, which are as good as a password while they live."""

from __future__ import annotations

import logging
import re

HIDDEN = "•••"
_SECRET_PART = re.compile(
    r"(/account/(?:link|join|confirm-email|password/reset/key)/|/bot\d+:)[^/\s\"']+", re.IGNORECASE
)


class HideTokens(logging.Filter):
    """Django logs the path of every request that it refuses, also of one whose link is still good."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        hidden = _SECRET_PART.sub(rf"\1{HIDDEN}", words)
        if hidden != words:
            record.msg, record.args = hidden, ()
        return True
