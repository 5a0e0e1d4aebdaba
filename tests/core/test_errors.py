"""With the database away or out of time the answer is "come again", not "our fault"."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from config.errors import server_error

pytestmark = pytest.mark.django_db


def answered(path: str, *, because: type[Exception] | None = None) -> HttpResponse:
    """Our answer while a view fails from a database that had no time, or from `because`."""
    try:
        if because is not None:
            raise because
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(1)")
    except (OperationalError, ZeroDivisionError):
        return server_error(RequestFactory().get(path))
    raise AssertionError("nothing failed")


def test_the_api_says_unavailable_and_when_to_come_again() -> None:
    answer = answered("/api/v1/conversations/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert json.loads(answer.content)["error"]["code"] == "unavailable"


def test_a_page_says_so_too() -> None:
    answer = answered("/demo/inbox/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"The service is away for a moment" in answer.content


def test_a_fault_of_ours_stays_ours() -> None:
    answer = answered("/api/v1/conversations/", because=ZeroDivisionError)
    assert (answer.status_code, "Retry-After" in answer) == (500, False)
    assert json.loads(answer.content)["error"]["code"] == "server_error"
