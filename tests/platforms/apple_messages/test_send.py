"""Sending: what Apple gets on the wire, and what its answers mean."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from apps.core.http import Egress, HttpDoor
from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.apple_messages.gateway import Gateway
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Outgoing,
    Part,
    Rejected,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section

from .payloads import BID, BUSINESS, CREDS, CUSTOMER, NOW

PLATFORM = AppleMessages(clock=lambda: NOW)


def outgoing(*, kind="text", text="", card=None, media=None, **changes):
    part = Part(kind=kind, text=text, card=card, media=0 if media else None)
    about = {"id": uuid4(), "sender": BUSINESS, "to": CUSTOMER, "part": part, "media": media}
    return Outgoing(**(about | changes))


def on_the_wire(sent, kind, **content):
    return {
        "v": 1,
        "id": str(sent.id),
        "type": kind,
        "sourceId": BUSINESS,
        "destinationId": CUSTOMER,
        **content,
    }


async def test_text(apple, http, creds):
    sent = outgoing(text="Bonjour 👋", locale="fr-FR")
    assert await PLATFORM.send(sent, creds, http) == str(sent.id)
    assert apple.messages == [on_the_wire(sent, "text", body="Bonjour 👋", locale="fr_FR")]
    headers = apple.seen[0].headers
    assert (headers["auto-reply"], headers["content-type"]) == ("false", "application/json")
    assert "msp-agent" not in headers


@pytest.mark.parametrize(
    ("agent", "header"),
    [("Ana", "Ana"), ("Zoé\r\nid: 1", "Zoid: 1"), ("x" * 100, "x" * 64), ("é", None), ("", None)],
)
async def test_bot_and_agent(apple, http, creds, agent, header):
    await PLATFORM.send(outgoing(text="Hi", automatic=True, agent=agent), creds, http)
    headers = apple.seen[0].headers
    assert (headers["auto-reply"], headers.get("msp-agent")) == ("true", header)


async def test_repeated_send_keeps_the_id(apple, http, creds):
    sent = outgoing(text="Hi")
    await PLATFORM.send(sent, creds, http)
    await PLATFORM.send(sent, creds, http)
    assert [message["id"] for message in apple.messages] == [str(sent.id)] * 2


async def test_rich_link(apple, http, creds):
    sent = outgoing(kind="link", text="https://www.example.org/a?b=c")
    await PLATFORM.send(sent, creds, http)
    data = {"url": "https://www.example.org/a?b=c", "title": "example.org"}
    assert apple.messages == [on_the_wire(sent, "richLink", richLinkData=data)]


async def test_quick_replies(apple, http, creds):
    options = (Option(id="y", title="Yes"), Option(id="n", title="No", subtitle="not now"))
    sent = outgoing(kind="card", card=QuickReplies(id="R-1", prompt="Sure?", options=options))
    await PLATFORM.send(sent, creds, http)
    items = [{"identifier": "y", "title": "Yes"}, {"identifier": "n", "title": "No (not now)"}]
    data = {
        "version": "1.0",
        "requestIdentifier": "R-1",
        "quick-reply": {"summaryText": "Sure?", "items": items},
    }
    assert apple.messages == [on_the_wire(sent, "interactive", interactiveData={"bid": BID, "data": data})]


async def test_list_picker(apple, http, creds):
    card = ListPicker(
        id="R-1",
        title="Choose a plan",
        subtitle="Tap to open",
        reply_title="Your plan",
        sections=(
            Section(title="Plans", options=(Option(id="p1", title="Basic", subtitle="5 EUR"),)),
            Section(title="Extras", options=(Option(id="e1", title="TV"),), multiple=True),
        ),
    )
    sent = outgoing(kind="card", card=card)
    await PLATFORM.send(sent, creds, http)
    basic = {"identifier": "p1", "title": "Basic", "subtitle": "5 EUR", "order": 0, "style": "default"}
    extra = {"identifier": "e1", "title": "TV", "order": 0, "style": "default"}
    sections = [
        {"title": "Plans", "order": 0, "multipleSelection": False, "items": [basic]},
        {"title": "Extras", "order": 1, "multipleSelection": True, "items": [extra]},
    ]
    data = {"version": "1.0", "requestIdentifier": "R-1", "listPicker": {"sections": sections}}
    expected = {
        "bid": BID,
        "data": data,
        "receivedMessage": {"title": "Choose a plan", "subtitle": "Tap to open", "style": "icon"},
        "replyMessage": {"title": "Your plan", "style": "icon"},
    }
    assert apple.messages == [on_the_wire(sent, "interactive", interactiveData=expected)]


async def test_typing(apple, http, creds):
    await PLATFORM.typing(CUSTOMER, BUSINESS, True, creds, http)
    await PLATFORM.typing(CUSTOMER, BUSINESS, False, creds, http)
    first, second = apple.messages
    assert first.pop("id") != second.pop("id")
    common = {"v": 1, "sourceId": BUSINESS, "destinationId": CUSTOMER}
    assert (first, second) == (common | {"type": "typing_start"}, common | {"type": "typing_end"})


@pytest.mark.parametrize(
    ("status", "words", "error", "about"),
    [
        (400, b"body is missing", Rejected, {"code": "400", "words": "body is missing"}),
        (400, b"", Rejected, {"code": "400", "words": "Apple answered 400 without words"}),
        (302, b"", Rejected, {"code": "302"}),
        (413, b"", Rejected, {"code": "413"}),
        (401, b"no token", BadCredentials, {"field": "secret", "code": "401"}),
        (403, b"Authorization invalid", BadCredentials, {"field": "secret", "code": "403"}),
        (403, b"unknown issuer", BadCredentials, {"field": "msp_id"}),
        (403, b"source-id does not belong to this MSP", BadCredentials, {"field": "business_id"}),
        (
            404,
            b"destination-id",
            ContactGone,
            {"code": "404", "reason": "deleted", "words": "destination-id"},
        ),
        (429, b"slow", Throttled, {"retry_after": 30.0, "code": "429"}),
        (500, b"oops", Unknown, {"code": "500", "words": "oops"}),
        (503, b"", Unknown, {"code": "503"}),
    ],
)
async def test_what_answers_mean(apple, http, creds, status, words, error, about):
    apple.plan["message"] = (status, words, {})
    with pytest.raises(error) as caught:
        await PLATFORM.send(outgoing(text="Hi"), creds, http)
    assert type(caught.value) is error
    assert {name: getattr(caught.value, name) for name in about} == about


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("999999", 3600.0), ("soon", 30.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("-1", 30.0)],
)
async def test_how_long_to_pause(apple, http, creds, header, seconds):
    apple.plan["message"] = (429, b"", {"Retry-After": header})
    with pytest.raises(Throttled) as caught:
        await PLATFORM.send(outgoing(text="Hi"), creds, http)
    assert caught.value.retry_after == seconds


async def test_answer_lost_after_the_request_was_read_is_unknown(apple, http, creds):
    apple.plan["message"] = None
    with pytest.raises(Unknown) as caught:
        await PLATFORM.send(outgoing(text="Hi"), creds, http)
    assert caught.value.code == "no_answer"
    assert len(apple.messages) == 1


async def test_nobody_there_is_unreachable(apple, http, creds):
    await apple.server.close()
    with pytest.raises(Unreachable):
        await PLATFORM.send(outgoing(text="Hi"), creds, http)


@pytest.mark.parametrize("base_url", ["http://10.0.0.1/v1", "ftp://example.org", "not a url", "http://x:y"])
async def test_address_that_may_not_be_called_is_rejected(http, base_url):
    with pytest.raises(Rejected) as caught:
        await PLATFORM.send(outgoing(text="Hi"), CREDS | {"base_url": base_url}, http)
    assert caught.value.code == "egress"


async def test_loopback_is_forbidden_unless_listed(apple, creds):
    async with HttpDoor(Egress()) as strict:
        with pytest.raises(Rejected, match="EGRESS_ALLOW"):
            await PLATFORM.send(outgoing(text="Hi"), creds, strict)
    assert apple.seen == []


@pytest.mark.parametrize(
    ("label", "sent"),
    [
        ("recipient that would break a header", outgoing(text="Hi", to="urn:mbid:A\r\nid: 1")),
        ("no recipient", outgoing(text="Hi", to="")),
        ("card without a card", outgoing(kind="card")),
        ("media without a file", outgoing(kind="media")),
        ("unknown kind", outgoing(kind="dance")),
        ("link that is none", outgoing(kind="link", text="javascript:alert(1)")),
        ("link without host", outgoing(kind="link", text="https://")),
    ],
)
async def test_never_sent(apple, http, creds, label, sent):
    with pytest.raises(Rejected):
        await PLATFORM.send(sent, creds, http)
    assert apple.seen == []


async def test_wrong_secret_is_told_from_an_unusable_one(apple, http, creds):
    other = "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlcnM="
    for secret, calls in ((other, 1), ("not base64!", 1), ("", 1)):
        with pytest.raises(BadCredentials) as caught:
            await PLATFORM.send(outgoing(text="Hi"), creds | {"secret": secret}, http)
        assert caught.value.field == "secret"
        assert len(apple.seen) == calls
        assert secret == "" or secret not in str(caught.value)


async def test_the_secret_is_in_no_representation(http):
    assert CREDS["secret"] not in repr(Gateway(creds=CREDS, http=http, now=NOW))


async def test_many_sends_side_by_side(apple, http, creds):
    sent = [outgoing(text=str(number)) for number in range(20)]
    refs = await asyncio.gather(*(PLATFORM.send(one, creds, http) for one in sent))
    assert refs == [str(one.id) for one in sent]
    assert sorted(message["id"] for message in apple.messages) == sorted(refs)


async def test_connect_and_check(apple, http, creds):
    for _ in range(2):
        found = await PLATFORM.connect(creds | {"business_id": BUSINESS.upper()}, "https://x/", http)
        assert (found.address, found.name, dict(found.generated)) == (BUSINESS, PLATFORM.name, {})
    assert "business ID" in await PLATFORM.check(creds, "https://x/", http)
    assert [(call.method, call.path, call.headers["mmcs-size"]) for call in apple.seen] == [
        ("GET", "/v1/preUpload", "1")
    ] * 3


@pytest.mark.parametrize(
    ("label", "changes", "plan", "field"),
    [
        ("secret refused", {}, (403, b"Authorization invalid", {}), "secret"),
        ("issuer refused", {}, (403, b"MSP is not known", {}), "msp_id"),
        ("business unknown", {}, (404, b"", {}), "business_id"),
        ("secret not Base64", {"secret": "!"}, None, "secret"),
        ("no secret", {"secret": ""}, None, "secret"),
        ("no MSP ID", {"msp_id": ""}, None, "msp_id"),
        ("no business ID", {"business_id": " "}, None, "business_id"),
        ("business ID with a line break", {"business_id": "a\nb"}, None, "business_id"),
    ],
)
async def test_connect_names_the_wrong_credential(apple, http, creds, label, changes, plan, field):
    if plan:
        apple.plan["preUpload"] = plan
    with pytest.raises(BadCredentials) as caught:
        await PLATFORM.connect(creds | changes, "https://x/", http)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("plan", "error"),
    [((500, b"", {}), Unreachable), (None, Unreachable), ((400, b"no size", {}), Rejected)],
)
async def test_connect_when_apple_is_ill(apple, http, creds, plan, error):
    apple.plan["preUpload"] = plan
    with pytest.raises(error):
        await PLATFORM.connect(creds, "https://x/", http)
