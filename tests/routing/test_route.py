"""Where a tag leads."""

from __future__ import annotations

from uuid import UUID

import pytest

from apps.routing.route import Reason, Route, route

ADSL, FRONT = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("adsl", Route(ADSL, Reason.RULE)),
        ("mobile", Route(FRONT, Reason.DEFAULT)),
        ("", Route(FRONT, Reason.DEFAULT)),
        ("forged", Route(FRONT, Reason.UNKNOWN_TAG)),
        ("ADSL", Route(FRONT, Reason.UNKNOWN_TAG)),
    ],
)
def test_a_tag_leads_to_its_team_or_the_default(tag: str, expected: Route) -> None:
    assert route(tag, rules={"adsl": ADSL}, known={"adsl", "mobile"}, default=FRONT) == expected


def test_without_a_default_team_nobody_is_named() -> None:
    assert route("", rules={}, known=set(), default=None) == Route(None, Reason.DEFAULT)
