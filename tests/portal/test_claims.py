"""The entrance promises nothing that this installation does not have."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from config import urls


@pytest.mark.parametrize("sandbox", [True, False], ids=["with the sandbox", "without"])
@pytest.mark.parametrize("path", ["/", "/account/signup/"])
def test_a_pretend_phone_is_promised_where_there_is_one(
    db: None, settings: Settings, path: str, sandbox: bool
) -> None:
    if not sandbox:
        settings.ROOT_URLCONF = tuple(one for one in urls.urlpatterns if "sandbox" not in str(one.pattern))
    page = Client(SERVER_NAME="localhost").get(path).content.decode()
    assert any(words in page for words in ("pretend phone", "whole sandbox")) is sandbox
