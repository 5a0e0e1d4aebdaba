"""Comments on a Page's posts: what comes in, the one private answer, and whose comment it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from apps.core.http import HttpDoor
from apps.platforms.base import Inbound, Malformed, Outgoing, Part, Rejected, WindowClosed
from apps.platforms.events import (
    AddressChanged,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
)
from apps.platforms.messenger.adapter import FIELDS, PLATFORM
from apps.platforms.windows import Opener
from tests.platforms.graph import Server
from tests.platforms.messenger.webhooks import CREDS, OTHER_PAGE, PAGE, PERSON, body, echo, request
from tests.platforms.mutations import mutated, storable

SAYS, NUMBER, POST = 1760000000, "1067_998", "1067_5"
TAKES = {**CREDS, "comments": "yes"}
ABOUT: dict[str, Any] = {
    "to": PAGE,
    "address": f"comment:{NUMBER}",
    "at": datetime.fromtimestamp(SAYS, UTC),
}
OURS = UUID(int=7, version=4)
PHOTO = "https://scontent.xx.fbcdn.net/v/p.jpg"


def change(**value: Any) -> dict[str, Any]:
    about = {"item": "comment", "verb": "add", "comment_id": NUMBER, "post_id": POST, "created_time": SAYS}
    about |= {"parent_id": POST, "from": {"id": "77", "name": "Nour"}, "message": "Combien ?"}
    return {"field": "feed", "value": {**about, **value}}


def webhook_body(*changes: Any, page: str = PAGE) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": page, "time": SAYS, "changes": list(changes)}]}


def webhook(*changes: Any, page: str = PAGE) -> Inbound:
    return request(webhook_body(*changes, page=page))


def said(**fields: Any) -> list[Event]:
    known: dict[str, Any] = {
        "ref": NUMBER,
        "text": "Combien ?",
        "details": (("Comment on your post", POST),),
        "facts": Facts(name="Nour"),
        "opener": Opener.COMMENT,
    }
    return [MessageReceived(**ABOUT, **{**known, **fields})]


PICTURE = (MediaRef(kind=MediaKind.IMAGE, locator={"url": PHOTO}, name="image.jpg", mime="image/jpeg"),)
LINK = "https://www.facebook.com/acme/posts/5"
# label: the change, the events
CHANGES: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "words": (change(), said()),
    "with its post": (
        change(post={"permalink_url": LINK}),
        said(details=(("Comment on your post", LINK),)),
    ),
    "a picture": (change(message=None, photo=PHOTO), said(text="", media=PICTURE)),
    "a gif, of which nothing is told": (change(message=None), said(text="", unsupported="comment")),
    "nobody is named": (change(**{"from": None}), said(facts=Facts())),
    "edited": (
        change(verb="edited", message="Combien ??"),
        [MessageEdited(**ABOUT, ref=f"edit:{NUMBER}:{SAYS}", target=NUMBER, text="Combien ??")],
    ),
    "removed": (change(verb="remove"), [MessageWithdrawn(**ABOUT, ref=f"remove:{NUMBER}", target=NUMBER)]),
    "hidden": (change(verb="hide"), [MessageWithdrawn(**ABOUT, ref=f"hide:{NUMBER}", target=NUMBER)]),
    "shown again": (change(verb="unhide"), []),
    "the Page's own": (change(**{"from": {"id": PAGE, "name": "Acme"}}), []),
    "a reaction": (change(item="reaction"), []),
    "a post": (change(item="status"), []),
    "another field": ({"field": "ratings", "value": {}}, []),
}


@pytest.mark.parametrize(("told", "events"), CHANGES.values(), ids=CHANGES)
def test_what_people_write_in_public(told: dict[str, Any], events: list[Event]) -> None:
    assert PLATFORM.parse(webhook(told), TAKES) == events


def test_only_a_business_that_wants_them_gets_them() -> None:
    assert PLATFORM.parse(webhook(change()), CREDS) == []


def test_comments_of_another_page_are_theirs() -> None:
    assert PLATFORM.parse(webhook(change(), page=OTHER_PAGE), TAKES) == []


@given(payload=mutated([webhook_body(change(photo=PHOTO, post={"permalink_url": LINK}))], "edited", PAGE))
def test_mutated_comments_are_understood_or_malformed(payload: Any) -> None:
    try:
        events = PLATFORM.parse(request(payload), TAKES)
    except Malformed:
        return
    for event in events:
        storable(event)


# The answer --------------------------------------------------------------------------------------------

ANSWER = Outgoing(
    id=OURS, sender=PAGE, to=f"comment:{NUMBER}", part=Part(kind="text", text="12 €"), reply_to=NUMBER
)


def creds(server: Server) -> dict[str, str]:
    return {**TAKES, "base_url": server.url}


async def test_the_answer_names_the_comment(server: Server, http: HttpDoor) -> None:
    server.answers["POST me/messages"] = {"recipient_id": PERSON, "message_id": "m_9"}
    assert await PLATFORM.send(ANSWER, creds(server), http) == "m_9"
    (call,) = server.calls
    assert call.fields["recipient"] == {"comment_id": NUMBER}
    assert call.fields["message"] == {"text": "12 €", "metadata": f"comptoir:{OURS}:comment:{NUMBER}"}
    assert "reply_to" not in call.fields


async def test_later_the_comment_cannot_be_quoted(server: Server, http: HttpDoor) -> None:
    server.answers["POST me/messages"] = {"recipient_id": PERSON, "message_id": "m_9"}
    known = Outgoing(id=OURS, sender=PAGE, to=PERSON, part=ANSWER.part, reply_to=NUMBER)
    await PLATFORM.send(known, creds(server), http)
    assert server.calls[0].fields["recipient"] == {"id": PERSON} and "reply_to" not in server.calls[0].fields


def test_its_echo_says_whose_comment_it_was() -> None:
    marked = echo(text="12 €", metadata=f"comptoir:{OURS}:comment:{NUMBER}")
    moved, echoed = PLATFORM.parse(request(body(marked)), CREDS)
    assert isinstance(moved, AddressChanged) and isinstance(echoed, MessageEchoed)
    assert (moved.address, moved.new_address) == (f"comment:{NUMBER}", PERSON)
    assert (echoed.address, echoed.delivery_id) == (PERSON, str(OURS))


async def test_there_is_one_answer(server: Server, http: HttpDoor) -> None:
    server.refuse("POST me/messages", 10900)
    with pytest.raises(WindowClosed):
        await PLATFORM.send(ANSWER, creds(server), http)


async def test_nobody_sees_us_type_under_a_post(server: Server, http: HttpDoor) -> None:
    to = f"comment:{NUMBER}"
    await PLATFORM.typing(to, PAGE, True, creds(server), http)
    await PLATFORM.seen(to, NUMBER, creds(server), http)
    assert await PLATFORM.profile(to, creds(server), http) is None
    assert server.calls == []


async def test_the_page_sends_comments_once_it_is_asked_to(server: Server, http: HttpDoor) -> None:
    server.answers |= {"GET me": {"id": PAGE, "name": "Acme"}, "GET app": {"id": "42"}}
    await PLATFORM.connect(creds(server), "https://chat.example/", http)
    asked = [call.fields["subscribed_fields"] for call in server.calls if "subscribed_fields" in call.fields]
    assert asked == [",".join((*FIELDS, "feed"))]
    server.answers["GET me/subscribed_apps"] = {"data": [{"subscribed_fields": list(FIELDS)}]}
    with pytest.raises(Rejected, match="feed"):
        await PLATFORM.check(creds(server), "", http)
