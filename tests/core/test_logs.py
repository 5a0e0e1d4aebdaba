"""Tokens in addresses do not reach the log, whatever refused the request."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings

from apps.core.logs import HideTokens


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/account/link/canary_-Token9/", "/account/link/•••/"),
        ("/account/join/canary/", "/account/join/•••/"),
        ("/account/confirm-email/NQ:canary:x/", "/account/confirm-email/•••/"),
        ("/account/password/reset/key/canary-x/", "/account/password/reset/key/•••/"),
        ("/sandbox/telegram/bot12:canary/getMe", "/sandbox/telegram/bot12:•••/getMe"),
        ("/account/link/canary", "/account/link/•••"),
        ("/demo/inbox/", "/demo/inbox/"),
    ],
)
def test_the_token_of_an_address_is_hidden(path: str, seen: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", path), None)
    assert HideTokens().filter(record)
    assert record.getMessage() == f"Not Found: {seen}"


def test_everything_that_is_logged_passes_by_it() -> None:
    handlers: dict[str, dict[str, object]] = settings.LOGGING["handlers"]  # type: ignore[assignment]
    assert [name for name, handler in handlers.items() if "tokens" not in handler["filters"]] == []
