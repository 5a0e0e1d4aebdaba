"""One row for each kind of message and event that WeChat tells."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy import parse_message

from apps.platforms.base import Malformed
from apps.platforms.cards import CardAnswer, Option
from apps.platforms.events import (
    ContactLeft,
    EntryPointTapped,
    Event,
    MediaKind,
    MediaRef,
    MessageReceived,
    Place,
    WindowOpened,
)
from apps.platforms.shared import choices
from apps.platforms.wechat.adapter import PLATFORM
from apps.platforms.windows import Opener
from tests.platforms.mutations import storable

from .payloads import AT, CUSTOMER, OURS, PLAIN, WHEN, happened, request, said, xml

CARD = str(UUID(int=2**127 + 9))
ABOUT = {"to": OURS, "address": CUSTOMER, "at": WHEN}


def media(kind: MediaKind, name: str, mime: str) -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator={"media_id": "M-1"}, name=name, mime=mime),)


# label: what WeChat posts, what the customer said
SAID: dict[str, tuple[bytes, dict[str, Any]]] = {
    "text": (said("text", Content="你好"), {"text": "你好"}),
    "nothing": (said("text", Content=" "), {"unsupported": "empty"}),
    "a line of our menu": (
        said("text", Content="Oui", bizmsgmenuid=choices.payload(CARD, "y")),
        {"text": "Oui", "answer": CardAnswer(card_id=CARD, selected=(Option(id="y", title="Oui"),))},
    ),
    "a line of another's menu": (said("text", Content="Oui", bizmsgmenuid="101"), {"text": "Oui"}),
    "image": (
        said("image", PicUrl="http://mmbiz.qpic.cn/x", MediaId="M-1"),
        {"media": media(MediaKind.IMAGE, "image.jpg", "image/jpeg")},
    ),
    "image without a file": (said("image", PicUrl="http://x"), {"unsupported": "image"}),
    "voice": (
        said("voice", MediaId="M-1", Format="amr"),
        {"media": media(MediaKind.VOICE, "voice.amr", "audio/amr")},
    ),
    "voice that was understood": (
        said("voice", MediaId="M-1", Format="speex", Recognition="腾讯"),
        {
            "media": media(MediaKind.VOICE, "voice.speex", "audio/x-speex"),
            "details": (("WeChat", "腾讯"),),
        },
    ),
    "video": (
        said("video", MediaId="M-1", ThumbMediaId="T"),
        {"media": media(MediaKind.VIDEO, "video.mp4", "video/mp4")},
    ),
    "short video": (
        said("shortvideo", MediaId="M-1", ThumbMediaId="T"),
        {"media": media(MediaKind.VIDEO, "video.mp4", "video/mp4")},
    ),
    "place": (
        said("location", Location_X=23.134521, Location_Y=113.358803, Scale=20, Label="广州"),
        {"place": Place(latitude=23.134521, longitude=113.358803, title="广州")},
    ),
    "a place that is none": (said("location", Location_X=230.1, Location_Y=1), {"unsupported": "location"}),
    "link": (
        said("link", Title="Notice", Description="", Url="https://a.example/"),
        {"text": "Notice\nhttps://a.example/"},
    ),
    "mini program": (
        said("miniprogrampage", Title="Boutique", AppId="wx1", PagePath="p"),
        {"text": "Boutique", "unsupported": "miniprogrampage"},
    ),
    "a kind of tomorrow": (said("hologram", MediaId="M"), {"unsupported": "hologram"}),
}


@pytest.mark.parametrize(("body", "fields"), SAID.values(), ids=SAID.keys())
def test_message(body: bytes, fields: dict[str, Any]) -> None:
    expected = MessageReceived(**ABOUT, ref="7312345678901234567", **fields)
    assert list(PLATFORM.parse(request(body), PLAIN)) == [expected]


@pytest.mark.parametrize("name", ["subscribe", "unsubscribe", "scan"])
def test_the_events_have_the_names_that_wechatpy_knows(name: str) -> None:
    event = parse_message(happened(name, EventKey="qrscene_adsl").decode())
    assert event.event.startswith(name)


@pytest.mark.parametrize("label", ["text", "image", "voice", "video", "short video", "place", "link"])
def test_wechatpy_reads_the_same(label: str) -> None:
    body, fields = SAID[label]
    theirs, (ours,) = parse_message(body.decode()), PLATFORM.parse(request(body), PLAIN)
    assert (theirs.source, theirs.target, str(theirs.id)) == (ours.address, ours.to, ours.ref)
    if "place" in fields:
        assert tuple(map(float, theirs.location)) == (fields["place"].latitude, fields["place"].longitude)
    if "media" in fields:
        assert theirs.media_id == fields["media"][0].locator["media_id"]


REF = f"{{}}:{CUSTOMER}:{AT}"
HAPPENED: dict[str, tuple[bytes, type[Event] | None, dict[str, Any]]] = {
    "followed": (happened("subscribe", EventKey=""), EntryPointTapped, {"tag": ""}),
    "followed through a code": (
        happened("subscribe", EventKey="qrscene_adsl", Ticket="T"),
        EntryPointTapped,
        {"tag": "adsl"},
    ),
    "followed after a product": (
        happened("subscribe", EventKey="scanbarcode|keystandard|keystr|extinfo"),
        EntryPointTapped,
        {"tag": ""},
    ),
    "scanned": (happened("SCAN", EventKey="adsl", Ticket="T"), EntryPointTapped, {"tag": "adsl"}),
    "scanned a number": (happened("scan", EventKey="123"), EntryPointTapped, {"tag": "123"}),
    "scanned a product": (happened("SCAN", EventKey="scanimage|x"), EntryPointTapped, {"tag": ""}),
    "left": (happened("unsubscribe", EventKey=""), ContactLeft, {"reason": "opted_out"}),
    "menu": (
        happened("CLICK", EventKey="PRICES"),
        WindowOpened,
        {"opener": Opener.TAP, "words": "PRICES"},
    ),
    "scanned from the menu": (
        happened("scancode_waitmsg", EventKey="k", ScanCodeInfo=None),
        WindowOpened,
        {"opener": Opener.TAP, "words": "k"},
    ),
    "a picture from the menu": (happened("pic_photo_or_album", EventKey="k"), None, {}),
    "a place from the menu": (happened("location_select", EventKey="k"), None, {}),
    "WeChat's own agent left": (happened("kf_close_session", KfAccount="x@y"), None, {}),
    "WeChat's own agent changed": (happened("kf_switch_session", FromKfAccount="x@y"), None, {}),
    "a subscription was offered": (happened("subscribe_msg_popup_event"), None, {}),
    "link in the menu": (happened("VIEW", EventKey="https://a.example", MenuId="1"), None, {}),
    "position": (happened("LOCATION", Latitude=23.1, Longitude=113.3, Precision=119), None, {}),
    "template sent": (happened("TEMPLATESENDJOBFINISH", MsgID=1, Status="success"), None, {}),
    "WeChat's own agents": (happened("kf_create_session", KfAccount="x@y"), None, {}),
    "an event of tomorrow": (happened("hologram_popup"), None, {}),
}


@pytest.mark.parametrize(("body", "kind", "fields"), HAPPENED.values(), ids=HAPPENED.keys())
def test_event(body: bytes, kind: type[Event] | None, fields: dict[str, Any]) -> None:
    name = body.decode().split("<Event><![CDATA[")[1].split("]]>")[0]
    ref = REF.format(name.lower())
    expected = [kind(**ABOUT, ref=ref, **fields)] if kind else []
    assert list(PLATFORM.parse(request(body), PLAIN)) == expected


@pytest.mark.parametrize(
    ("stamp", "at"), [(AT, WHEN), (AT * 1000 + 500, datetime.fromtimestamp(AT + 0.5, UTC))]
)
def test_a_time_is_in_seconds_or_milliseconds(stamp: int, at: datetime) -> None:
    (event,) = PLATFORM.parse(request(said("text", Content="x", CreateTime=stamp)), PLAIN)
    assert event.at == at


@pytest.mark.parametrize(
    "fields", [{"CreateTime": "soon"}, {"CreateTime": "9" * 30}, {"FromUserName": ""}, {"MsgType": ""}]
)
def test_without_who_when_or_what_it_is_malformed(fields: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(request(xml(**{"MsgType": "text", "MsgId": 1, **fields})), PLAIN)


NAMES = st.sampled_from(
    ["MsgType", "Event", "EventKey", "Content", "MsgId", "CreateTime", "FromUserName", "bizmsgmenuid"]
    + ["MediaId", "Location_X", "Location_Y", "Format", "Recognition", "Title"]
)
ODD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(
    ["text", "event", "location", "nan", "inf", "-1", "9" * 40, "subscribe", choices.payload(CARD, "y")]
)


@settings(max_examples=200)
@given(fields=st.dictionaries(NAMES, ODD.filter(lambda text: "]]>" not in text)))
def test_anything_in_xml_is_understood_or_malformed(fields: dict[str, str]) -> None:
    try:
        events = PLATFORM.parse(request(xml(**{"MsgType": "text", "MsgId": 1, **fields})), PLAIN)
    except Malformed:
        return
    for event in events:
        assert event.address and event.ref
        storable(event)


@settings(max_examples=200)
@given(cut=st.integers(0, 400), extra=st.binary(max_size=8))
def test_a_cut_body_is_understood_or_malformed(cut: int, extra: bytes) -> None:
    whole = said("voice", MediaId="M-1", Format="amr", Recognition="腾讯")
    with suppress(Malformed):
        PLATFORM.parse(request(whole[:cut] + extra + whole[cut + 5 :]), PLAIN)
