"""Who may post: tokens of Microsoft's for our app, and where the keys come from. PyJWT makes the tokens."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import BadSignature, Rejected, SendError, Unproven
from apps.platforms.teams import keys, places
from apps.platforms.teams.adapter import Teams
from tests.platforms.rest import Server

from .activities import APP, KID, NOW, SERVICE, activity, creds, jwk, request, token

OPENID = "GET /v1/.well-known/openidconfiguration"
KEYS = "GET /keys"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def teams(clock: Clock) -> Teams:
    return Teams(clock=clock)


def test_what_microsoft_posts_is_taken(teams: Teams) -> None:
    teams.verify(request(activity()), creds())


FORGED: dict[str, dict[str, Any]] = {
    "nothing": {"proof": ""},
    "no token": {"proof": "x.y.z"},
    "another app": {"proof": token(aud="another")},
    "another issuer": {"proof": token(iss="https://sts.windows.net/x/")},
    "no issuer": {"proof": token(iss=None)},
    "no end": {"proof": token(exp=None)},
    "over": {"proof": token(exp=1_000_000_000)},
    "another Connector": {"proof": token(serviceurl="https://smba.trafficmanager.net/amer/")},
    "no Connector": {"proof": token(serviceurl=None)},
    "another key under the same name": {"proof": token("key-2", kid=KID)},
    "an unknown key": {"proof": token("key-2")},
    "a shared secret": {"proof": token(algorithm="HS256")},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_others_post_is_not(forged: dict[str, Any], teams: Teams) -> None:
    with pytest.raises(BadSignature):
        teams.verify(request(activity(), **forged), creds())


def test_a_key_speaks_for_its_channels_only(teams: Teams) -> None:
    with pytest.raises(BadSignature):
        teams.verify(request(activity(channelId="sms")), creds())


ELSEWHERE = [
    "https://evil.example/",
    "http://smba.trafficmanager.net/emea/",
    "https://evil.trafficmanager.net/",
    "https://smba.trafficmanager.net.evil.example/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://x@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net:8443/",
    "https://evilbotframework.com/",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_our_token_goes_to_microsoft_only(url: str, teams: Teams) -> None:
    with pytest.raises(BadSignature):
        teams.verify(request(activity(serviceUrl=url), proof=token(serviceurl=url)), creds())
    assert places.service(creds(), url) == places.EVERYWHERE


def test_a_server_of_ones_own_is_the_only_one() -> None:
    own = creds(base_url="http://127.0.0.1:9/sandbox/teams")
    assert places.service(own, "http://127.0.0.1:9/sandbox/teams/emea/").endswith("/emea")
    for url in (SERVICE, "http://127.0.0.1:9/sandbox/teamsevil/", "http://127.0.0.1:99/sandbox/teams/"):
        assert places.service(own, url) == "http://127.0.0.1:9/sandbox/teams"


# Keys -------------------------------------------------------------------------------------------------


def microsoft(server: Server, *names: str) -> dict[str, str]:
    server.answers[OPENID] = {"issuer": "https://api.botframework.com", "jwks_uri": f"{server.url}/keys"}
    server.answers[KEYS] = {"keys": [jwk(name) for name in names]}
    return creds(base_url=server.url)


def posted(server: Server, name: str) -> Any:
    url = f"{server.url}/emea/"
    return request(activity(serviceUrl=url), proof=token(name, serviceurl=url))


async def test_a_new_key_is_fetched_once_a_minute(
    teams: Teams, clock: Clock, server: Server, http: HttpDoor
) -> None:
    own = microsoft(server, "key-2")
    for _ in range(3):
        await teams.prepare(posted(server, "key-2"), own, http)
    teams.verify(posted(server, "key-2"), own)
    assert len(server.asked(KEYS)) == 1 and server.asked(OPENID)[0].query == {"appid": APP}
    for seconds in (0.0, 61.0, 1.0):
        clock.now += seconds
        await teams.prepare(posted(server, "key-3"), own, http)
    assert len(server.asked(KEYS)) == 2
    with pytest.raises(BadSignature):
        teams.verify(posted(server, "key-3"), own)


async def test_who_comes_while_keys_are_fetched_waits_for_them(
    teams: Teams, server: Server, http: HttpDoor
) -> None:
    own = microsoft(server, "key-2")

    async def taken() -> None:
        await teams.prepare(posted(server, "key-2"), own, http)
        teams.verify(posted(server, "key-2"), own)

    await asyncio.gather(taken(), taken(), taken())
    assert len(server.asked(KEYS)) == 1


async def test_known_keys_and_no_tokens_ask_nobody(teams: Teams, server: Server, http: HttpDoor) -> None:
    own = microsoft(server, KID)
    await teams.prepare(posted(server, KID), own, http)
    await teams.prepare(request(activity(), proof=""), own, http)
    assert server.calls == []


async def test_a_key_that_was_taken_back_ends_within_a_day(
    teams: Teams, clock: Clock, server: Server, http: HttpDoor
) -> None:
    own = microsoft(server, "key-2")
    clock.now += 24 * 3600 + 1
    await teams.prepare(posted(server, KID), own, http)
    with pytest.raises(BadSignature):
        teams.verify(posted(server, KID), own)


async def test_keys_serve_on_while_new_ones_cannot_be_had(
    teams: Teams, clock: Clock, server: Server, http: HttpDoor
) -> None:
    own = creds(base_url=server.url)
    clock.now += 24 * 3600 + 1
    await teams.prepare(posted(server, KID), own, http)
    teams.verify(posted(server, KID), own)
    clock.now += 5 * 24 * 3600
    await teams.prepare(posted(server, KID), own, http)
    with pytest.raises(Unproven):
        teams.verify(posted(server, KID), own)


async def test_after_a_failure_keys_are_asked_for_again_soon(
    teams: Teams, clock: Clock, server: Server, http: HttpDoor
) -> None:
    """Whoever names no key at all is a stranger even then."""
    own = microsoft(server, "key-2")
    known, server.answers[KEYS] = server.answers[KEYS], None
    for seconds in (0.0, 1.0):
        clock.now += seconds
        await teams.prepare(posted(server, "key-2"), own, http)
        with pytest.raises(Unproven):
            teams.verify(posted(server, "key-2"), own)
    with pytest.raises(BadSignature):
        teams.verify(request(activity(), proof=""), own)
    assert len(server.asked(KEYS)) == 1
    server.answers[KEYS] = known
    clock.now += 5.0
    await teams.prepare(posted(server, "key-2"), own, http)
    teams.verify(posted(server, "key-2"), own)
    with pytest.raises(BadSignature):
        teams.verify(posted(server, "key-3"), own)


async def test_who_asks_at_nobodys_address_learns_nothing_from_a_failure(
    teams: Teams, clock: Clock, server: Server, http: HttpDoor
) -> None:
    own = microsoft(server, "key-2")
    server.answers[KEYS] = None
    await teams.prepare(posted(server, "key-2"), own, http)
    for seconds, error in ((0.0, Unproven), (61.0, BadSignature)):
        clock.now += seconds
        for known in (own, {}):
            with pytest.raises(error):
                teams.verify(posted(server, "key-2"), known)


BAD: dict[str, Any] = {
    "another's keys": {"jwks_uri": "https://evil.example/keys"},
    "no address": {},
}


@pytest.mark.parametrize("document", BAD.values(), ids=BAD.keys())
async def test_keys_are_microsofts(document: Any, server: Server, http: HttpDoor) -> None:
    own = microsoft(server, KID)
    server.answers[OPENID] = document
    with pytest.raises(Rejected):
        await keys.fetch(own, http)


@pytest.mark.parametrize("answer", [None, {}, {"keys": [{"kid": "x", "kty": "EC"}]}])
async def test_no_keys_is_a_named_error(answer: Any, server: Server, http: HttpDoor) -> None:
    own = microsoft(server)
    server.answers[KEYS] = answer
    with pytest.raises(SendError):
        await keys.fetch(own, http)


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"keys": [{}], "fetched": 1}', '{"keys": 1}'])
def test_what_is_kept_may_be_anything(text: str) -> None:
    assert keys.read(text).keys == {}
