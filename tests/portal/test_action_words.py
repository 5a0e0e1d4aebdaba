"""Every action that the product records has words in the audit log."""

from __future__ import annotations

import re
from pathlib import Path

from apps.portal.action_words import WORDS

APPS = Path(__file__).resolve().parents[2] / "apps"
ACTION = re.compile(
    r'"((?:audit|channel|deliveries|entry_point|invitation|member|person|routing|support|team|tenant|token'
    r'|webhooks)\.[a-z_]+)"'
)


def test_every_recorded_action_has_words() -> None:
    found = {
        action
        for path in APPS.rglob("*.py")
        if "audit" in (source := path.read_text()) and "migrations" not in path.parts
        for action in ACTION.findall(source)
    }
    assert len(found) > 20
    assert found - set(WORDS) == set()
