"""Large answers: fetched, decrypted and decoded by Apple, or read by us when Apple will not."""

from __future__ import annotations

import base64
import gzip
import json
import plistlib
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platforms.apple_messages import archive
from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import Rejected, Unreachable
from apps.platforms.cards import CardAnswer, Option

from .gateway import as_json, crypt
from .payloads import BID, CREDS, KEY, NOW, attachment, envelope, interactive, request

PLATFORM = AppleMessages(clock=lambda: NOW)
PICKED = {"sections": [{"items": [{"identifier": "p1", "title": "Basic"}]}]}
ANSWER = CardAnswer(card_id="R-1", selected=(Option(id="p1", title="Basic"),))


def as_parameter(data):
    return quote(base64.b64encode(json.dumps(data).encode()).decode(), safe="")


def archived(url, *, wrap=True, top="root"):
    """A binary property list as NSKeyedArchiver makes it: a dictionary whose values are in $objects."""
    uid = plistlib.UID
    place = {"NS.base": uid(0), "NS.relative": uid(3)} if wrap else url
    objects = ["$null", {"NS.keys": [uid(2), uid(5)], "NS.objects": [uid(4), uid(6)]}, "URL", url, place]
    objects += ["sessionIdentifier", "S-1"]
    data = {"$archiver": "NSKeyedArchiver", "$version": 100000, "$top": {top: uid(1)}, "$objects": objects}
    return plistlib.dumps(data, fmt=plistlib.FMT_BINARY)


REPLY = {"title": "Basic"}
URL = f"?requestIdentifier=R-1&listPicker={as_parameter(PICKED)}&replyMessage={as_parameter(REPLY)}"
BLOB = gzip.compress(archived(URL))


def pending(size):
    reference = attachment(bid=BID, title="Your plan", size=size)
    [event] = PLATFORM.parse(request(envelope("interactive", interactiveDataRef=reference)), CREDS)
    return event


async def test_decoded_by_apple(apple, http, creds):
    apple.storage["M1"] = crypt(BLOB, KEY)
    apple.decoded = interactive({"listPicker": PICKED})
    event = await PLATFORM.resolve(pending(len(BLOB)), creds, http)
    assert (event.answer, event.text, event.unsupported, event.pending) == (ANSWER, "Basic", "", None)
    assert [call.path for call in apple.seen] == ["/v1/preDownload", "/storage/M1", "/v1/decodePayload"]
    assert (apple.seen[2].body, apple.seen[2].headers["bid"]) == (BLOB, BID)


async def test_decoded_answer_is_the_twin_of_the_small_one(apple, http, creds):
    data = interactive({"listPicker": PICKED})
    apple.storage["M1"] = crypt(BLOB, KEY)
    apple.decoded = {"interactiveData": data}
    [small] = PLATFORM.parse(request(envelope("interactive", interactiveData=data)), CREDS)
    assert await PLATFORM.resolve(pending(len(BLOB)), creds, http) == small


@pytest.mark.parametrize(
    ("label", "plan"),
    [
        ("refused", {}),
        ("ill", {"decodePayload": (500, b"", {})}),
        ("hangs up", {"decodePayload": None}),
        ("not JSON", {"decodePayload": (200, b"<html>", {})}),
    ],
)
async def test_read_by_us_when_apple_will_not(apple, http, creds, label, plan):
    apple.storage["M1"] = crypt(BLOB, KEY)
    apple.plan = plan
    event = await PLATFORM.resolve(pending(len(BLOB)), creds, http)
    assert (event.answer, event.text, event.unsupported, event.pending) == (ANSWER, "Basic", "", None)


async def test_gzipped_answer_of_apple(apple, http, creds):
    apple.storage["M1"] = crypt(b"only Apple can read this", KEY)
    body = gzip.compress(json.dumps(interactive({"listPicker": PICKED})).encode())
    for headers in ({"Content-Encoding": "gzip"}, {}):
        apple.plan = {"decodePayload": (200, body, headers)}
        assert (await PLATFORM.resolve(pending(24), creds, http)).answer == ANSWER


@pytest.mark.parametrize(
    ("label", "blob", "plan", "error"),
    [
        ("link dead", BLOB, {"preDownload": (404, b"", {})}, Rejected),
        ("nobody can read it", b"rubbish", {}, Rejected),
        ("nobody can read it now", b"rubbish", {"decodePayload": (500, b"", {})}, Unreachable),
        ("storage ill", BLOB, {"M1": (500, b"", {})}, Unreachable),
        ("larger than allowed", BLOB, {"M1": (200, b"x" * (10 * 1024 * 1024 + 1), {})}, Rejected),
    ],
)
async def test_unresolved(apple, http, creds, label, blob, plan, error):
    apple.storage["M1"] = crypt(blob, KEY)
    apple.plan = plan
    with pytest.raises(error) as caught:
        await PLATFORM.resolve(pending(len(blob)), creds, http)
    assert type(caught.value) is error


async def test_damaged_reference(http, creds):
    event = replace(pending(1), pending={"bid": BID})
    with pytest.raises(Rejected, match="damaged"):
        await PLATFORM.resolve(event, creds, http)


async def test_decoded_but_unreadable_is_unsupported(apple, http, creds):
    apple.storage["M1"] = crypt(BLOB, KEY)
    apple.plan = {"decodePayload": as_json({"bid": BID})}
    event = await PLATFORM.resolve(pending(len(BLOB)), creds, http)
    assert (event.answer, event.unsupported, event.pending) == (None, "interactive", None)


async def test_event_that_is_whole_stays_as_it_is(http, creds):
    [event] = PLATFORM.parse(request(), CREDS)
    assert await PLATFORM.resolve(event, creds, http) is event


PARTS = {"requestIdentifier": "R-1", "listPicker": PICKED}


@pytest.mark.parametrize(
    ("label", "payload", "data"),
    [
        ("gzipped", BLOB, {**PARTS, "replyMessage": REPLY}),
        ("plain", archived(URL), {**PARTS, "replyMessage": REPLY}),
        ("URL as text", archived(URL, wrap=False), {**PARTS, "replyMessage": REPLY}),
        ("with an address in front", archived("https://x/?a=b"), {"a": "b"}),
        (
            "everything in one",
            archived(f"?data={as_parameter(PARTS)}"),
            {"data": PARTS, **PARTS},
        ),
        ("Base64 with + and no padding", archived("?a=eyJhIjoiw7/Duz8+In0"), {"a": {"a": "ÿû?>"}}),
    ],
)
def test_archive(label, payload, data):
    assert archive.read(payload) == {"data": data, "sessionIdentifier": "S-1"}


@pytest.mark.parametrize(
    ("label", "payload"),
    [
        ("nothing", b""),
        ("rubbish", b"rubbish"),
        ("gzip cut off", BLOB[:-9]),
        ("gzip bomb", gzip.compress(b"\x00" * (50 * 1024 * 1024))),
        ("property list cut off", archived(URL)[:-20]),
        ("no archive", plistlib.dumps({"a": 1}, fmt=plistlib.FMT_BINARY)),
        ("a list", plistlib.dumps([1], fmt=plistlib.FMT_BINARY)),
        ("XML", plistlib.dumps({"a": 1})),
        ("no query", archived("https://x/")),
        ("another root", archived(URL, top="other")),
        ("too many fields", archived("?" + "&".join(f"a{n}=1" for n in range(300)))),
    ],
)
def test_what_is_no_archive(label, payload):
    assert archive.read(payload) is None


@given(at=st.integers(0, len(BLOB) * 2), byte=st.integers(0, 255), gzipped=st.booleans())
def test_damaged_archives_never_raise(at, byte, gzipped):
    payload = bytearray(archived(URL))
    payload[at % len(payload)] = byte
    archive.read(gzip.compress(bytes(payload)) if gzipped else bytes(payload))
