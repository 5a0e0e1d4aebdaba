"""A sender whose process was stopped says no mail late, and forgets none that was taken."""

from __future__ import annotations

import pytest

from apps.core import latest
from apps.core.http import HttpDoor
from apps.platforms.base import Throttled
from apps.platforms.email.adapter import PLATFORM

from .mail_servers import scripted
from .test_submission import TEXT, http, refused

__all__ = ["http"]


@pytest.mark.parametrize("command", ["DATA", "RCPT"])
async def test_a_sender_that_was_stopped_in_the_middle_says_no_mail(
    command: str, http: HttpDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the mail itself begins, others may have given it up meanwhile and sent what came after it."""
    async with scripted() as script:
        monkeypatch.setattr(latest, "passed", lambda: any(line.startswith(command) for line in script.heard))
        error = await refused(script, http)
    assert isinstance(error, Throttled) and (error.code, error.retry_after) == ("stopped", 0)
    assert script.mails == [] and script.heard[-1].startswith(command)


async def test_a_mail_that_was_taken_is_sent_however_late_the_goodbye(
    http: HttpDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted() as script:
        monkeypatch.setattr(latest, "passed", lambda: bool(script.mails))
        assert await PLATFORM.send(TEXT, script.creds(), http)
    assert len(script.mails) == 1
