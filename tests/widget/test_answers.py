"""What an error means to a site's page."""

from __future__ import annotations

import json

import pytest
from django.db import InterfaceError, OperationalError

from apps.widget import answers


@pytest.mark.parametrize("error", [OperationalError("the connection is lost"), InterfaceError("closed")])
def test_without_a_database_a_page_is_told_to_come_again(error: Exception) -> None:
    answer = answers.refusal(error)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert json.loads(answer.content)["error"] == "unavailable"
    assert "lost" not in answer.content.decode()


def test_an_error_of_ours_says_nothing_of_itself() -> None:
    answer = answers.refusal(ValueError("secret"))
    assert answer.status_code == 500 and not answer.has_header("Retry-After")
    assert set(json.loads(answer.content)) == {"error", "request_id"} and b"secret" not in answer.content
