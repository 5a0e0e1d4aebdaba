"""What stands for a customer, and what a browser calls itself."""

from __future__ import annotations

import pytest

from apps.core.look import TONES, code_of, device_of, initials_of, tone_of

WINDOWS_EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
)
IPHONE_SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("pk", "code"),
    [
        ("0197d3a0-8c1e-7b44-9c21-5f0d3b9a7f3a", "7F3A"),
        ("0197d3a0-8c1e-7b44-9c21-5f0d3b9ac09d", "C09D"),
        ("12", "0012"),
        ("", "0000"),
    ],
)
def test_a_ticket_shows_the_end_of_the_id(pk: str, code: str) -> None:
    assert code_of(pk) == code


def test_a_tone_is_stable_and_neighbours_spread_over_all_of_them() -> None:
    ids = [f"0197d3a0-8c1e-7b44-9c21-5f0d3b{n:02x}7f3a" for n in range(64)]
    assert [tone_of(pk) for pk in ids] == [tone_of(pk) for pk in ids]
    assert {tone_of(pk) for pk in ids} == set(range(TONES))


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (WINDOWS_EDGE, ("Edge", "Windows")),
        (IPHONE_SAFARI, ("Safari", "iPhone")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", ("Firefox", "Linux")),
        ("curl/8.5.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_named_as_people_say_it(user_agent: str, device: tuple[str, str]) -> None:
    assert device_of(user_agent) == device


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Camille Roche", "CR"),
        ("Jean-Marc de La Tour", "JT"),
        ("alice", "AL"),
        ("m.durand", "MD"),
        ("É", "É"),
        ("", "?"),
    ],
)
def test_a_colleague_is_two_capitals(name: str, initials: str) -> None:
    assert initials_of(name) == initials
