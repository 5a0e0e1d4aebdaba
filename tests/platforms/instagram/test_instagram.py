"""What Instagram does otherwise than Messenger; the rest of both is tested in tests/platforms/messenger."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    Content,
    Greeting,
    Inbound,
    Malformed,
    MediaFile,
    Outgoing,
    Part,
    Profile,
    Rejected,
)
from apps.platforms.cards import Link, ListPicker, Option, Section
from apps.platforms.events import (
    DeliveryState,
    DeliveryUpdated,
    EntryPointTapped,
    Event,
    MediaKind,
    MediaRef,
    MessageEchoed,
    MessageReceived,
    MessageWithdrawn,
    ReactionReceived,
)
from apps.platforms.instagram.adapter import FIELDS, PLATFORM
from tests.platforms.graph import Server
from tests.platforms.mutations import mutated, storable
from tests.platforms.samples import SAMPLES

CREDS = dict(SAMPLES["instagram"].creds)
ACCOUNT, PERSON = CREDS["account_id"], "1089374655"
STAMP = 1760000000000
ABOUT: dict[str, Any] = {"to": ACCOUNT, "address": PERSON, "at": datetime.fromtimestamp(STAMP / 1000, UTC)}
URL = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"


def item(**event: Any) -> dict[str, Any]:
    return {"sender": {"id": PERSON}, "recipient": {"id": ACCOUNT}, "timestamp": STAMP, **event}


def message(**fields: Any) -> dict[str, Any]:
    return item(message={"mid": "aWd_1", **fields})


def attachment(kind: str, **payload: Any) -> dict[str, Any]:
    return message(attachments=[{"type": kind, "payload": payload}])


def request(*items: Any) -> Inbound:
    sent = json.dumps(body(*items)).encode()
    return Inbound(method="POST", path="/", query={}, headers={}, body=sent)


def said(**fields: Any) -> list[Event]:
    return [MessageReceived(**{**ABOUT, "ref": "aWd_1", "handle": {}, **fields})]


def media(kind: MediaKind, name: str, mime: str) -> tuple[MediaRef, ...]:
    return (MediaRef(kind=kind, locator={"url": URL}, name=name, mime=mime),)


ROWS: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "text": (message(text="Salut"), said(text="Salut")),
    "reply to a story": (
        message(text="Nice", reply_to={"story": {"id": "17", "url": "https://cdn.example/s"}}),
        said(text="Nice", details=(("Reply to your story", "https://cdn.example/s"),)),
    ),
    "mention in a story": (
        attachment("story_mention", url=URL),
        said(media=media(MediaKind.FILE, "story", ""), details=(("Story", "mentions you"),)),
    ),
    "reel": (
        attachment("ig_reel", url=URL, reel_video_id="1", title="Look"),
        said(media=media(MediaKind.VIDEO, "reel.mp4", "video/mp4")),
    ),
    "shared post": (attachment("share", url="https://instagr.am/p/1"), said(text="https://instagr.am/p/1")),
    "heart": (message(attachments=[{"type": "like_heart"}]), said(text="❤️")),
    "about a product": (
        message(text="Blue?", referral={"product": {"id": "55"}}),
        said(text="Blue?", details=(("Product", "55"),)),
    ),
    "unsupported": (message(is_unsupported=True), said(unsupported="unsupported")),
    "unsent": (
        message(is_deleted=True),
        [MessageWithdrawn(**ABOUT, ref="deleted:aWd_1", target="aWd_1")],
    ),
    "seen": (
        item(read={"mid": "aWd_0"}),
        [DeliveryUpdated(**ABOUT, ref="read:aWd_0", target="aWd_0", state=DeliveryState.READ, up_to=True)],
    ),
    "reaction": (
        item(reaction={"mid": "aWd_0", "action": "react", "reaction": "love", "emoji": "❤"}),
        [ReactionReceived(**ABOUT, ref=f"reaction:aWd_0:{PERSON}:{STAMP}", target="aWd_0", emoji="❤")],
    ),
    "ours, of which Instagram may not repeat our mark": (
        {
            "sender": {"id": ACCOUNT},
            "recipient": {"id": PERSON},
            "timestamp": STAMP,
            "message": {"mid": "aWd_9", "is_echo": True, "text": "Hi", "app_id": int(CREDS["app_id"])},
        },
        [DeliveryUpdated(**ABOUT, ref="echo:aWd_9", target="aWd_9", state=DeliveryState.SENT)],
    ),
    "said elsewhere": (
        {
            "sender": {"id": ACCOUNT},
            "recipient": {"id": PERSON},
            "timestamp": STAMP,
            "message": {"mid": "aWd_9", "is_echo": True, "text": "By hand"},
        },
        [MessageEchoed(**ABOUT, ref="aWd_9", text="By hand")],
    ),
}


@pytest.mark.parametrize(("given_item", "expected"), ROWS.values(), ids=ROWS.keys())
def test_item(given_item: dict[str, Any], expected: list[Event]) -> None:
    assert list(PLATFORM.parse(request(given_item), CREDS)) == expected


def body(*items: Any) -> dict[str, Any]:
    return {"object": "instagram", "entry": [{"id": ACCOUNT, "time": STAMP, "messaging": list(items)}]}


@settings(max_examples=200, deadline=None)
@given(payload=mutated([body(row) for row, _ in ROWS.values()], "location", "1e999"))
def test_mutated_webhooks_are_understood_or_malformed(payload: Any) -> None:
    made = Inbound(method="POST", path="/", query={}, headers={}, body=json.dumps(payload).encode())
    try:
        events = PLATFORM.parse(made, CREDS)
    except Malformed:
        return
    for event in events:
        storable(event)


def test_a_pages_webhook_is_not_ours() -> None:
    with pytest.raises(Malformed):
        PLATFORM.parse(
            Inbound(method="POST", path="/", query={}, headers={}, body=b'{"object":"page","entry":[]}'),
            CREDS,
        )


# Out --------------------------------------------------------------------------------------------------

ID = UUID(int=9)


def creds(server: Server, **more: str) -> dict[str, str]:
    return {**CREDS, "base_url": server.url, **more}


def outgoing(part: Part, **more: Any) -> Outgoing:
    return Outgoing(**{"id": ID, "sender": ACCOUNT, "to": PERSON, "part": part, **more})


def test_texts_are_cut_by_bytes() -> None:
    parts = PLATFORM.compose(Content(text="é" * 1000), None)
    assert [len(part.text.encode()) for part in parts] == [998, 998, 4]


async def test_a_file_is_fetched_by_instagram(server: Server, http: HttpDoor) -> None:
    photo = MediaFile(
        name="a.jpg",
        mime="image/jpeg",
        kind="image",
        size=5,
        path=Path("/nowhere"),
        url="https://m.example/a",
    )
    sent = outgoing(Part(kind="media", media=0), media=photo)
    assert await PLATFORM.send(sent, creds(server), http) == "m_ours"
    assert server.calls[0].fields["message"] == {
        "attachment": {"type": "image", "payload": {"url": "https://m.example/a", "is_reusable": False}},
        "metadata": f"comptoir:{ID}",
    }


@pytest.mark.parametrize(
    ("mime", "taken"),
    [
        *[
            (mime, True)
            for mime in ("image/png", "image/gif", "video/quicktime", "audio/x-m4a", "application/pdf")
        ],
        *[(mime, False) for mime in ("image/webp", "audio/ogg", "audio/mpeg", "application/zip", "")],
    ],
)
async def test_only_what_instagram_shows_is_sent(
    mime: str, taken: bool, server: Server, http: HttpDoor
) -> None:
    media = MediaFile(
        name="a", mime=mime, kind="file", size=5, path=Path("/nowhere"), url="https://m.example/a"
    )
    sent = outgoing(Part(kind="media", media=0), media=media)
    if taken:
        assert await PLATFORM.send(sent, creds(server), http) == "m_ours"
        return
    with pytest.raises(Rejected) as refused:
        await PLATFORM.send(sent, creds(server), http)
    assert (refused.value.code, server.calls) == ("file_type", [])


@pytest.mark.parametrize(("size", "taken"), [(8 * 1024 * 1024, True), (8 * 1024 * 1024 + 1, False)])
async def test_a_picture_has_at_most_8_mb(size: int, taken: bool, server: Server, http: HttpDoor) -> None:
    url = "https://m.example/a"
    media = MediaFile(name="a", mime="image/png", kind="image", size=size, path=Path("/nowhere"), url=url)
    sent = outgoing(Part(kind="media", media=0), media=media)
    if taken:
        assert await PLATFORM.send(sent, creds(server), http) == "m_ours"
        return
    with pytest.raises(Rejected) as refused:
        await PLATFORM.send(sent, creds(server), http)
    assert refused.value.code == "file_size"


async def test_there_are_no_button_templates(server: Server, http: HttpDoor) -> None:
    yes = Option(id="y", title="Yes")
    short = ListPicker(id="c", title="?", sections=(Section(title="", options=(yes,)),))
    link = Link(id="c", text="Bill", button="Open", url="https://a.example")
    for card in (short, link):
        await PLATFORM.send(outgoing(Part(kind="card", card=card)), creds(server), http)
    replies, generic = (call.fields["message"] for call in server.calls)
    assert [reply["title"] for reply in replies["quick_replies"]] == ["Yes"]
    assert generic["attachment"]["payload"]["template_type"] == "generic"


async def test_connecting_with_instagram_login(server: Server, http: HttpDoor) -> None:
    server.answers |= {"GET me": {"user_id": ACCOUNT, "username": "acme"}, "GET app": {"id": "42"}}
    found = await PLATFORM.connect(creds(server), "https://chat.example/", http)
    assert (found.address, found.name) == (ACCOUNT, "acme")
    assert found.generated == {"account_id": ACCOUNT, "username": "acme", "app_id": "42"}
    assert server.calls[1].fields == {"subscribed_fields": ",".join(FIELDS)}
    assert found.expires_at is not None
    assert timedelta(days=59) < found.expires_at - datetime.now(UTC) <= timedelta(days=60)


async def test_a_token_of_instagram_login_is_renewed(server: Server, http: HttpDoor) -> None:
    server.answers["GET refresh_access_token"] = {"access_token": "IGfresh", "expires_in": 5_183_944}
    renewal = await PLATFORM.renew(creds(server), http)
    assert renewal is not None and renewal.credentials == {"token": "IGfresh"}
    assert timedelta(days=59) < renewal.expires_at - datetime.now(UTC) <= timedelta(days=60)
    assert server.calls[0].query == {"grant_type": "ig_refresh_token", "access_token": CREDS["token"]}


@pytest.mark.parametrize("answer", [{}, {"access_token": "IG", "expires_in": "soon"}, {"expires_in": 9}])
async def test_a_renewal_without_a_token_is_none(server: Server, http: HttpDoor, answer: Any) -> None:
    server.answers["GET refresh_access_token"] = answer
    with pytest.raises(Rejected):
        await PLATFORM.renew(creds(server), http)


async def test_the_token_of_a_page_does_not_end(server: Server, http: HttpDoor) -> None:
    assert await PLATFORM.renew(creds(server, token="EAAcanary"), http) is None
    assert server.calls == []


async def test_connecting_with_a_linked_page(server: Server, http: HttpDoor) -> None:
    server.answers["GET me"] = {
        "id": "106",
        "instagram_business_account": {"id": ACCOUNT, "username": "acme"},
    }
    found = await PLATFORM.connect(creds(server, token="EAAcanary"), "https://chat.example/", http)
    assert (found.address, found.name) == (ACCOUNT, "acme")


async def test_a_page_without_an_account_is_refused(server: Server, http: HttpDoor) -> None:
    server.answers["GET me"] = {"id": "106"}
    with pytest.raises(BadCredentials) as refused:
        await PLATFORM.connect(creds(server, token="EAAcanary"), "https://chat.example/", http)
    assert (refused.value.field, refused.value.code) == ("token", "no_account")


def test_each_product_has_its_host() -> None:
    login, page = PLATFORM.account(CREDS), PLATFORM.account({**CREDS, "token": "EAAx"})
    assert (login.base, login.app_secret) == ("https://graph.instagram.com/v26.0", "")
    assert (page.base, page.app_secret) == ("https://graph.facebook.com/v26.0", "canary-app-secret")


@pytest.mark.parametrize(
    ("number", "fields", "code"),
    [
        (ACCOUNT, ["messages", "messaging_postbacks"], ""),
        (ACCOUNT, ["messages"], "not_subscribed"),
        ("666", ["messages", "messaging_postbacks"], ""),
    ],
)
async def test_check(number: str, fields: list[str], code: str, server: Server, http: HttpDoor) -> None:
    server.answers["GET me"] = {"user_id": number, "username": "acme"}
    server.answers["GET me/subscribed_apps"] = {"data": [{"subscribed_fields": fields}]}
    if number == ACCOUNT and not code:
        assert "2 kinds" in await PLATFORM.check(creds(server), "", http)
        return
    with pytest.raises((BadCredentials, Rejected)) as refused:
        await PLATFORM.check(creds(server), "", http)
    assert refused.value.code == code


async def test_a_greeting_has_no_welcome(server: Server, http: HttpDoor) -> None:
    await PLATFORM.greet(Greeting(welcome="Hi", starters=["Q?"]), creds(server), http)
    post, delete = server.calls
    assert (post.query, set(post.fields)) == ({"platform": "instagram"}, {"ice_breakers"})
    assert delete.fields == {"fields": ["persistent_menu"]}


async def test_who_the_customer_is(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {PERSON}"] = {"username": "nour.h"}
    assert await PLATFORM.profile(PERSON, creds(server), http) == Profile(name="nour.h")


async def test_a_story_is_fetched(server: Server, http: HttpDoor) -> None:
    sink = io.BytesIO()
    media = MediaRef(kind=MediaKind.FILE, locator={"url": f"{server.url}/file"})
    assert await PLATFORM.download(media, creds(server), http, sink) == "image/jpeg"


LINKS = {
    "with a tag": ("acme.fr", "adsl", "https://ig.me/m/acme.fr?ref=adsl"),
    "without": ("acme.fr", "", "https://ig.me/m/acme.fr"),
    "the name is not known": ("", "adsl", ""),
}


@pytest.mark.parametrize(("name", "tag", "link"), LINKS.values(), ids=LINKS)
def test_entry_link(name: str, tag: str, link: str) -> None:
    assert PLATFORM.entry_link(name, tag, group="g", text="Hi") == link


def test_the_ref_of_a_link_tells_the_tag() -> None:
    """In a thread that is there already; a first tap brings it with the starter."""
    referral = {"ref": "adsl", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}
    (tap,) = PLATFORM.parse(request(item(referral=referral)), CREDS)
    assert isinstance(tap, EntryPointTapped) and tap.tag == "adsl"
    (said,) = PLATFORM.parse(request(item(postback={"title": "Prix ?", "referral": referral})), CREDS)
    assert isinstance(said, MessageReceived) and (said.text, said.tag) == ("Prix ?", "adsl")
