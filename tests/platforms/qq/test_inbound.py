"""One row for each kind of dispatch."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from apps.platforms.base import Malformed
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    EntryPointTapped,
    Event,
    MediaKind,
    MediaRef,
    MessageReceived,
)
from apps.platforms.qq.adapter import PLATFORM
from tests.platforms.mutations import mutated, storable

from .payloads import CREDS, CUSTOMER, MESSAGE_ID, dispatch, happened, message, request

ABOUT = {"to": "102000001", "address": CUSTOMER}
SAID = {
    **ABOUT,
    "at": datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
    "ref": MESSAGE_ID,
    "handle": {"msg_id": MESSAGE_ID},
}
WHEN = datetime.fromtimestamp(1_790_000_000, UTC)


def file(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "content_type": kind,
        "filename": "a.bin",
        "size": 53851,
        "url": "https://multimedia.nt.qq.com.cn/x",
        **more,
    }


def ref(kind: MediaKind, mime: str, url: str = "https://multimedia.nt.qq.com.cn/x") -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator={"url": url}, name="a.bin", mime=mime, size=53851),)


MESSAGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": (message(" 你好 "), {"text": "你好"}),
    "nothing": (message(" "), {"unsupported": "empty"}),
    "text with a tag": (
        message("x", message_scene={"source": "default", "callback_data": "adsl"}),
        {"text": "x", "tag": "adsl"},
    ),
    "image": (message(attachments=[file("image/jpeg")]), {"media": ref(MediaKind.IMAGE, "image/jpeg")}),
    "image and words": (
        message("voilà", attachments=[file("image/png")]),
        {"text": "voilà", "media": ref(MediaKind.IMAGE, "image/png")},
    ),
    "video": (message(attachments=[file("video/mp4")]), {"media": ref(MediaKind.VIDEO, "video/mp4")}),
    "file": (message(attachments=[file("file")]), {"media": ref(MediaKind.FILE, "")}),
    "voice": (message(attachments=[file("voice")]), {"media": ref(MediaKind.VOICE, "")}),
    "voice as WAV, understood": (
        message(attachments=[file("voice", voice_wav_url="https://q.example/w", asr_refer_text="allô")]),
        {"media": ref(MediaKind.VOICE, "audio/wav", "https://q.example/w"), "details": (("QQ", "allô"),)},
    ),
    "an address without a scheme": (
        message(attachments=[file("image/png", url="gchat.qpic.cn/x")]),
        {"media": ref(MediaKind.IMAGE, "image/png", "https://gchat.qpic.cn/x")},
    ),
    "files that are no list": (message("x", attachments=7), {"unsupported": "message"}),
    "a file that is nowhere": (message(attachments=[file("image/png", url="")]), {"unsupported": "empty"}),
}


@pytest.mark.parametrize(("body", "fields"), MESSAGES.values(), ids=MESSAGES.keys())
def test_message(body: dict[str, Any], fields: dict[str, Any]) -> None:
    assert list(PLATFORM.parse(request(body), CREDS)) == [MessageReceived(**SAID, **fields)]


TAP = {"id": "I-1", "chat_type": 2, "user_openid": CUSTOMER, "timestamp": "2026-11-22T10:00:00+08:00"}
HAPPENED: dict[str, tuple[dict[str, Any], type[Event] | None, dict[str, Any]]] = {
    "befriended": (happened("FRIEND_ADD"), ContactReturned, {}),
    "befriended by a link": (happened("FRIEND_ADD", scene_param="adsl"), EntryPointTapped, {"tag": "adsl"}),
    "removed": (happened("FRIEND_DEL"), ContactLeft, {"reason": "deleted"}),
    "messages refused": (happened("C2C_MSG_REJECT"), ContactLeft, {"reason": "opted_out"}),
    "messages allowed": (happened("C2C_MSG_RECEIVE"), ContactReturned, {}),
    "a group": (dispatch("GROUP_AT_MESSAGE_CREATE", {"id": "1", "author": {"member_openid": "M"}}), None, {}),
    "added to a group": (dispatch("GROUP_ADD_ROBOT", {"group_openid": "G"}), None, {}),
    "a button in a group": (dispatch("INTERACTION_CREATE", {"id": "I", "group_openid": "G"}), None, {}),
    "a guild": (dispatch("AT_MESSAGE_CREATE", {"id": "1", "author": {"id": "2"}}), None, {}),
    "no dispatch": ({"op": 7, "id": "x", "d": {}, "t": "x"}, None, {}),
}


@pytest.mark.parametrize(("body", "kind", "fields"), HAPPENED.values(), ids=HAPPENED.keys())
def test_event(body: dict[str, Any], kind: type[Event] | None, fields: dict[str, Any]) -> None:
    expected = [kind(**ABOUT, ref=body["id"], at=WHEN, **fields)] if kind else []
    assert list(PLATFORM.parse(request(body), CREDS)) == expected


def test_a_button_of_other_software_says_its_data() -> None:
    body = dispatch("INTERACTION_CREATE", {**TAP, "data": {"resolved": {"button_data": "prices"}}})
    expected = MessageReceived(
        **{**SAID, "ref": body["id"], "handle": {"event_id": body["id"]}},
        text="prices",
        ack={"interaction": "I-1"},
    )
    assert list(PLATFORM.parse(request(body), CREDS)) == [expected]
    (bare,) = PLATFORM.parse(request(dispatch("INTERACTION_CREATE", TAP)), CREDS)
    assert isinstance(bare, MessageReceived) and bare.unsupported == "INTERACTION_CREATE"


def test_a_kind_of_tomorrow_is_kept_when_a_person_did_it() -> None:
    body = dispatch("C2C_HOLOGRAM", {"author": {"user_openid": CUSTOMER}, "timestamp": "soon"})
    (event,) = PLATFORM.parse(request(body), CREDS)
    assert isinstance(event, MessageReceived) and event.unsupported == "C2C_HOLOGRAM"
    assert event.at.tzinfo is not None


KEYS = {"a message": (message("x"), MESSAGE_ID), "an event": (happened("FRIEND_ADD"), "FRIEND_ADD:abc")}


@pytest.mark.parametrize(("body", "key"), KEYS.values(), ids=KEYS.keys())
def test_the_key_of_a_request(body: dict[str, Any], key: str) -> None:
    """A repetition may come in another dispatch; the message's id stays."""
    assert PLATFORM.dedup_key(request(body)) == key


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"op":0,"id":7,"t":"x","d":{}}'])
def test_without_an_id_it_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        PLATFORM.dedup_key(replace(request(body)))


SEEDS = [*(body for body, _ in MESSAGES.values()), *(body for body, _, _ in HAPPENED.values())]
SEEDS.append(dispatch("INTERACTION_CREATE", {**TAP, "data": {"resolved": {"button_data": "x"}}}))


@settings(max_examples=200)
@given(payload=mutated(SEEDS, "C2C_MESSAGE_CREATE", "voice", "2026-11-22T10:00:00"))
def test_a_mutated_dispatch_is_understood_or_malformed(payload: Any) -> None:
    try:
        events = PLATFORM.parse(replace(request(b""), body=json.dumps(payload).encode()), CREDS)
    except Malformed:
        return
    for event in events:
        assert event.address and event.ref
        storable(event)
