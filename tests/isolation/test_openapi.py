"""The described API is the attacked API: every operation of the OpenAPI document is an address of the
resolver's walk, reached with one's own token, and every address of the API is described."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.isolation.addresses import Address, all_addresses
from tests.isolation.arena import Arena
from tests.isolation.ask import Ask
from tests.isolation.engine import Raid
from tests.isolation.tally import TALLY
from tests.isolation.targets import actor_for

NOT_DESCRIBED = {"api:schema": "the document itself", "api:nothing": "answers 404 to everybody"}
API = [address for address in all_addresses() if address.name.startswith("api:")]


@pytest.fixture(scope="module")
def document(field: Arena) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(field.shoot(Ask("get", "/api/v1/openapi.json"), Client()).answer.text)
    return found


def shape(path: str) -> str:
    """An address with its parameters' names and types left out."""
    return re.sub(r"<[^>]*>|\{[^}]*\}", "{}", path.strip("/"))


def described(document: dict[str, Any]) -> dict[str, set[str]]:
    """Methods by address."""
    found: dict[str, set[str]] = {}
    for path, item in document["paths"].items():
        found[shape(path)] = {name for name in item if name in ("get", "post", "put", "patch", "delete")}
    return found


def test_every_operation_is_an_address_that_is_attacked(field: Arena, document: dict[str, Any]) -> None:
    by_shape: dict[str, Address] = {
        shape(address.plain): address for address in API if address.name not in NOT_DESCRIBED
    }
    operations = described(document)
    assert set(operations) == set(by_shape)
    found, tried = [], 0
    for path, methods in operations.items():
        actor = actor_for(by_shape[path], field)
        assert actor
        raid = Raid(field, by_shape[path], actor)
        _, reached = raid.reach()
        tried += len(methods)
        found += [f"{method} {path} is not reached" for method in methods - set(reached)]
    assert TALLY.count("coverage", "openapi.json", tried, found) == []


def test_another_list_begins_where_ones_own_cursor_says(field: Arena, document: dict[str, Any]) -> None:
    """A cursor is a position and not a right: with the victim's one gets one's own rows, or a refusal."""
    found, tried = [], 0
    for path, methods in described(document).items():
        if "get" not in methods or "{}" in path:
            continue
        address = f"/{path}/"
        for cursor in cursors(field, address):
            headers = {"Authorization": f"Bearer {field.own_keys.api}"}
            asked = Ask("get", address, {"cursor": cursor, "limit": "1"}, {}, headers)
            shot = field.shoot(asked, Client())
            tried += 1
            leaks = field.leaks(shot.answer, cursor)
            if shot.answer.status not in (200, 400) or leaks or shot.moved:
                found.append(f"{path}: answers {shot.answer.status}, tells {leaks[:2]}, moves {shot.moved}")
    assert tried
    assert TALLY.count("api", "cursors", tried, found) == []


def cursors(field: Arena, address: str) -> list[str]:
    """Those that the victim's own program is given, in both directions."""
    headers = {"Authorization": f"Bearer {field.their_keys.api}"}
    answer = field.shoot(Ask("get", address, {"limit": "1"}, {}, headers), Client()).answer
    assert answer.status == 200
    page = json.loads(answer.text)
    return [found for way in ("next", "previous") if (found := _cursor(page.get(way)))]


def _cursor(link: str | None) -> str:
    return parse_qs(urlsplit(link or "").query).get("cursor", [""])[0]
