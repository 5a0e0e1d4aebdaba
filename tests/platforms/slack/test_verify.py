"""Who may say that it is Slack: the vector of Slack's own documentation and slack_sdk, which nobody here
wrote."""

from __future__ import annotations

import pytest
from slack_sdk.signature import SignatureVerifier

from apps.platforms.base import BadSignature, Inbound, Malformed
from apps.platforms.slack.adapter import Slack
from tests.platforms.slack.payloads import AT, CREDS, TAP, TEAM, form, raw, request, said

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
STAMP = 1531420618
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


def signed(body: bytes = BODY, *, stamp: str = str(STAMP), signature: str = SIGNATURE) -> Inbound:
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    return raw(body, **headers)


def test_the_documented_request_is_slacks() -> None:
    Slack(clock=lambda: STAMP).verify(signed(), {"signing_secret": SECRET})


@pytest.mark.parametrize("late", [-299, 299])
def test_five_minutes_are_allowed(late: int) -> None:
    Slack(clock=lambda: STAMP + late).verify(signed(), {"signing_secret": SECRET})


REFUSED = {
    "too old": (signed(), SECRET, 301),
    "too early": (signed(), SECRET, -301),
    "other secret": (signed(), "x" * 32, 0),
    "no secret": (signed(), "", 0),
    "changed body": (signed(BODY + b"&"), SECRET, 0),
    "changed time": (signed(stamp=str(STAMP + 1)), SECRET, 0),
    "no signature": (signed(signature=""), SECRET, 0),
    "other version": (signed(signature=SIGNATURE.replace("v0", "v1")), SECRET, 0),
    "upper case": (signed(signature="v0=" + SIGNATURE[3:].upper()), SECRET, 0),
    "no time": (signed(stamp=""), SECRET, 0),
    "no number": (signed(stamp="1e9"), SECRET, 0),
    "other digits": (signed(stamp="١٥٣١٤٢٠٦١٨"), SECRET, 0),
    "not ascii": (signed(signature="v0=é"), SECRET, 0),
}


@pytest.mark.parametrize(("request_", "secret", "late"), REFUSED.values(), ids=REFUSED.keys())
def test_nobody_else_is(request_: Inbound, secret: str, late: int) -> None:
    with pytest.raises(BadSignature):
        Slack(clock=lambda: STAMP + late).verify(request_, {"signing_secret": secret})


@pytest.mark.parametrize("body", [b"", b"{}", "é&=".encode(), b"\x00"])
def test_we_agree_with_slacks_own_library(body: bytes) -> None:
    verifier = SignatureVerifier(SECRET)
    signature = verifier.generate_signature(timestamp=str(STAMP), body=body)
    assert signature is not None
    Slack(clock=lambda: STAMP).verify(signed(body, signature=signature), {"signing_secret": SECRET})


def test_the_handshake_is_answered_only_to_slack() -> None:
    body = b'{"token":"x","challenge":"3eZbrw1aBm","type":"url_verification"}'
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=str(STAMP), body=body)
    platform, creds = Slack(clock=lambda: STAMP), {"signing_secret": SECRET}
    answer = platform.answer(signed(body, signature=signature or ""), creds)
    assert answer is not None
    assert (answer.status, answer.body, answer.content_type) == (200, "3eZbrw1aBm", "text/plain")
    with pytest.raises(BadSignature):
        platform.answer(signed(body), creds)


WORKSPACES = {
    "event": (said(), (TEAM,)),
    "seen by us in a channel of others": ({**said(), "team_id": "T0OTHER"}, (TEAM,)),
    "event without authorizations": ({**said(), "authorizations": []}, (TEAM,)),
    "nobody's": ({"type": "event_callback"}, ()),
    "broken": ({"authorizations": [[]], "team_id": 7, "message": "x", "team": {"id": None}}, ()),
}


@pytest.mark.parametrize(("data", "wanted"), WORKSPACES.values(), ids=WORKSPACES.keys())
def test_a_shared_request_names_its_workspace(data: dict[str, object], wanted: tuple[str, ...]) -> None:
    assert Slack().recipients(request(data)) == wanted


def test_a_tap_by_somebody_elsewhere_is_for_whose_message_it_was() -> None:
    tap = {**TAP, "team": {"id": "T0OTHER"}, "message": {**TAP["message"], "team": TEAM}}
    assert Slack().recipients(form(tap)) == (TEAM,)
    assert Slack().recipients(form({**TAP, "message": None})) == (TEAM,)


def test_what_another_installation_sees_is_not_ours() -> None:
    other = {**said(), "authorizations": [{"team_id": "T0OTHER"}]}
    assert list(Slack(clock=lambda: AT).parse(request(other), CREDS)) == []


def test_a_repetition_has_the_same_key() -> None:
    again = request(said(), **{"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"})
    assert Slack().dedup_key(again) == Slack().dedup_key(request(said())) == "Ev9UQ52YNA"
    assert Slack().dedup_key(form(TAP)) == TAP["trigger_id"]
    assert Slack().dedup_key(request({"type": "app_rate_limited", "minute_rate_limited": 60})) == "60"
    with pytest.raises(Malformed):
        Slack().dedup_key(request({"event_id": ""}))


def test_who_tapped_is_shown_nothing() -> None:
    assert Slack().taken(form(TAP), CREDS).body == ""
