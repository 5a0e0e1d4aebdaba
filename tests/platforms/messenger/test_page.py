"""Around a message: personas, connecting, greeting, gestures, who the customer is."""

from __future__ import annotations

import io
from typing import Any

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import BadCredentials, Greeting, Part, Profile, Rejected
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.messenger.adapter import FIELDS, Messenger
from tests.platforms.graph import Server
from tests.platforms.messenger.outgoings import PLATFORM, creds, outgoing
from tests.platforms.messenger.webhooks import PAGE, PERSON

# Personas ---------------------------------------------------------------------------------------------


PICTURE = "https://shop.example/face.png"


async def test_an_agent_speaks_under_their_own_name(server: Server, http: HttpDoor) -> None:
    server.answers |= {"GET me/personas": {"data": []}, "POST me/personas": {"id": "77"}}
    platform, ours = Messenger(), creds(server, persona_picture=PICTURE)
    said = outgoing(Part(kind="text", text="Hello"), agent="Nour")
    await platform.send(said, ours, http)
    await platform.send(said, ours, http)
    assert [what for what, _fields in server.said] == [
        "GET me/personas",
        "POST me/personas",
        "POST me/messages",
        "POST me/messages",
    ]
    assert server.calls[1].fields == {"name": "Nour", "profile_picture_url": PICTURE}
    assert [call.fields.get("persona_id") for call in server.calls[2:]] == ["77", "77"]


async def test_a_persona_that_is_there_is_used(server: Server, http: HttpDoor) -> None:
    server.answers["GET me/personas"] = {"data": [{"id": "5", "name": "Ana"}, {"id": "6", "name": "Nour"}]}
    said = outgoing(Part(kind="text", text="Hello"), agent="Nour")
    await Messenger().send(said, creds(server, persona_picture=PICTURE), http)
    assert server.calls[-1].fields["persona_id"] == "6"


@pytest.mark.parametrize("automatic", [True, False])
async def test_without_a_persona_the_page_speaks(automatic: bool, server: Server, http: HttpDoor) -> None:
    server.refuse("GET me/personas", 100)
    said = outgoing(Part(kind="text", text="Hello"), agent="Nour", automatic=automatic)
    assert await Messenger().send(said, creds(server, persona_picture=PICTURE), http) == "m_ours"
    assert "persona_id" not in server.calls[-1].fields


# Around a message -------------------------------------------------------------------------------------


async def test_connecting_subscribes_the_page(server: Server, http: HttpDoor) -> None:
    server.answers |= {"GET me": {"id": PAGE, "name": "Acme"}, "GET app": {"id": "42"}}
    found = await PLATFORM.connect(creds(server), "https://chat.example/hooks/messenger/k/", http)
    assert (found.address, found.name, found.generated) == (PAGE, "Acme", {"page_id": PAGE, "app_id": "42"})
    assert [what for what, _fields in server.said] == [
        "GET me",
        f"POST {PAGE}/subscribed_apps",
        "POST me/messenger_profile",
        "GET app",
    ]
    assert server.calls[1].fields == {"subscribed_fields": ",".join(FIELDS)}
    assert server.calls[2].fields == {"get_started": {"payload": "comptoir:start"}}


async def test_without_its_number_the_app_is_not_told(server: Server, http: HttpDoor) -> None:
    server.answers["GET me"] = {"id": PAGE}
    server.refuse("GET app", 100)
    found = await PLATFORM.connect(creds(server), "https://chat.example/", http)
    assert (found.name, found.generated["app_id"]) == (PAGE, "")


async def test_without_the_apps_secret_nothing_is_connected(server: Server, http: HttpDoor) -> None:
    with pytest.raises(BadCredentials) as refused:
        await PLATFORM.connect(creds(server, app_secret=""), "https://chat.example/", http)
    assert (refused.value.field, server.calls) == ("app_secret", [])


@pytest.mark.parametrize(
    ("fields", "good"), [(["messages", "messaging_postbacks"], True), (["feed"], False), (None, False)]
)
async def test_check(fields: Any, good: bool, server: Server, http: HttpDoor) -> None:
    server.answers["GET me/subscribed_apps"] = {"data": [{"id": "1", "subscribed_fields": fields}]}
    if good:
        assert "2 kinds" in await PLATFORM.check(creds(server), "", http)
        return
    with pytest.raises(Rejected) as refused:
        await PLATFORM.check(creds(server), "", http)
    assert refused.value.code == "not_subscribed"


async def test_dots_and_seen_carry_nothing_else(server: Server, http: HttpDoor) -> None:
    await PLATFORM.typing(PERSON, PAGE, True, creds(server), http)
    await PLATFORM.typing(PERSON, PAGE, False, creds(server), http)
    await PLATFORM.seen(PERSON, "m_1", creds(server), http)
    assert [call.fields for call in server.calls] == [
        {"recipient": {"id": PERSON}, "sender_action": action}
        for action in ("typing_on", "typing_off", "mark_seen")
    ]


async def test_a_thread_is_taken(server: Server, http: HttpDoor) -> None:
    server.answers["POST me/take_thread_control"] = {"success": True}
    await PLATFORM.take_thread(PERSON, creds(server), http)
    assert server.said == [("POST me/take_thread_control", {"recipient": {"id": PERSON}})]
    server.refuse("POST me/take_thread_control", 190, 463)
    with pytest.raises(BadCredentials):
        await PLATFORM.take_thread(PERSON, creds(server), http)


async def test_a_greeting_is_set_whole(server: Server, http: HttpDoor) -> None:
    given = Greeting(
        welcome="w" * 200, starters=["Q?"] * 5, menu=[("Shop", "https://a.example"), ("Help", "")]
    )
    await PLATFORM.greet(given, creds(server), http)
    ((what, fields),) = server.said
    assert what == "POST me/messenger_profile"
    assert fields["get_started"] == {"payload": "comptoir:start"}
    assert fields["greeting"] == [{"locale": "default", "text": "w" * 160}]
    assert [len(row["call_to_actions"]) for row in fields["ice_breakers"]] == [4]
    assert fields["persistent_menu"][0]["call_to_actions"] == [
        {"type": "web_url", "title": "Shop", "url": "https://a.example"},
        {"type": "postback", "title": "Help", "payload": "menu"},
    ]


async def test_an_empty_greeting_is_taken_away(server: Server, http: HttpDoor) -> None:
    await PLATFORM.greet(Greeting(), creds(server), http)
    assert server.said == [
        ("POST me/messenger_profile", {"get_started": {"payload": "comptoir:start"}}),
        ("DELETE me/messenger_profile", {"fields": ["greeting", "ice_breakers", "persistent_menu"]}),
    ]


async def test_who_the_customer_is(server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {PERSON}"] = {"first_name": "Nour", "last_name": "Haddad", "locale": "fr_FR"}
    assert await PLATFORM.profile(PERSON, creds(server), http) == Profile(name="Nour Haddad", locale="fr-FR")
    server.refuse(f"GET {PERSON}", 100, 2018218)
    assert await PLATFORM.profile(PERSON, creds(server), http) is None


async def test_a_file_is_fetched_without_the_token(server: Server, http: HttpDoor) -> None:
    sink = io.BytesIO()
    media = MediaRef(kind=MediaKind.IMAGE, locator={"url": f"{server.url}/file"}, mime="image/png")
    assert await PLATFORM.download(media, creds(server), http, sink) == "image/jpeg"
    assert sink.getvalue() == b"JPEG"


def test_the_link_carries_the_tag() -> None:
    assert PLATFORM.entry_link("1067", "adsl") == "https://m.me/1067?ref=adsl"
