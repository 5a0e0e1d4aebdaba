"""The simulator of X is used by X's usual Python client, which nobody here wrote."""

from __future__ import annotations

import time
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tweepy

from apps.core import tenancy
from apps.sandbox import accounts
from tests.platforms.x_dm.tweepy_client import client
from tests.sandbox.player import Player
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")


@pytest.fixture
def talking(committed_world: World, base_url: str) -> Player:
    player = Player(committed_world.filante, "x_dm", base_url)
    player.says("Bonjour")
    return player


def of(player: Player, **other: str) -> tweepy.Client:
    with tenancy.scope(player.side.id):
        return client({**accounts.credentials(player.account), **other})


def test_tweepy_says_something(talking: Player) -> None:
    x, to = of(talking), talking.thread.address
    assert str(x.get_me().data.id) == talking.account.address
    said = x.create_direct_message(participant_id=to, text="Bonjour <vous> & 你好")
    assert (talking.screen()[-1].ref, talking.heard()) == (
        said.data["dm_event_id"],
        ["Bonjour <vous> & 你好"],
    )


NO: dict[str, tuple[dict[str, str], dict[str, Any], type[tweepy.HTTPException]]] = {
    "to a stranger": ({}, {"participant_id": "12345", "text": "x"}, tweepy.Forbidden),
    "nothing": ({}, {"text": ""}, tweepy.BadRequest),
    "no such file": ({}, {"media_id": "1"}, tweepy.BadRequest),
    "in nobody's name": ({"access_token": "1-x"}, {"text": "x"}, tweepy.Unauthorized),
    "signed by somebody else": ({"consumer_secret": "x"}, {"text": "x"}, tweepy.Unauthorized),
}


@pytest.mark.parametrize(("other", "given", "error"), NO.values(), ids=NO.keys())
def test_tweepy_is_refused(
    talking: Player, other: dict[str, str], given: dict[str, Any], error: type[tweepy.HTTPException]
) -> None:
    with pytest.raises(error):
        of(talking, **other).create_direct_message(**{"participant_id": talking.thread.address, **given})
    assert talking.heard() == []


def test_tweepy_is_told_until_when_to_wait(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        talking.account.refresh_from_db()
        talking.account.data = {**talking.account.data, "sent": [int(time.time())] * 15}
        talking.account.save()
    with pytest.raises(tweepy.TooManyRequests) as told:
        of(talking).create_direct_message(participant_id=talking.thread.address, text="x")
    assert told.value.reset_time is not None and told.value.reset_time > time.time()
