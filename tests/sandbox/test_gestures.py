"""What only some platforms' customers can do, from the phone's menu to the inbox."""

from __future__ import annotations

import pytest

from apps.connections import greet
from apps.conversations.models import Message
from apps.core import tenancy
from apps.platforms.base import Greeting
from tests.sandbox.player import Player
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")

GREETING = Greeting(
    welcome="Bonjour !",
    starters=("Où est ma commande ?", "Vos horaires ?"),
    menu=(("Parler à quelqu’un", ""), ("Boutique", "https://shop.example")),
)


def plays(world: World, base_url: str, platform: str) -> Player:
    return Player(world.filante, platform, base_url)


def after(player: Player, gesture: str) -> Message:
    """What the product has of it."""
    player.does("gesture", name=gesture)
    player.settle()
    return player.messages()[-1]


def greeted(player: Player) -> str:
    """Starters and menu as the portal sends them; the screen then."""
    with tenancy.scope(player.side.id):
        greet.greet(player.channel, GREETING, actor="alice")
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    return str(page.text)


@pytest.mark.parametrize("platform", ["messenger", "instagram", "whatsapp"])
def test_a_starter_begins_the_conversation(committed_world: World, base_url: str, platform: str) -> None:
    player = plays(committed_world, base_url, platform)
    assert "Où est ma commande ?" in greeted(player)
    player.taps_the_button()
    starter = "prompt:0" if platform == "whatsapp" else "ice_breakers:0"
    message = after(player, starter)
    assert (message.text, player.conversation().tag) == ("Où est ma commande ?", "adsl")
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "Vos horaires ?" not in page.text


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_the_menu_is_always_there(committed_world: World, base_url: str, platform: str) -> None:
    player = plays(committed_world, base_url, platform)
    greeted(player)
    player.says("Bonjour")
    assert after(player, "persistent_menu:0").text == "Parler à quelqu’un"
    assert (
        after(player, "persistent_menu:1").text == "Parler à quelqu’un"
    )  # a page tells the business nothing
    assert "shop.example" in player.screen()[-1].text


def test_stories_of_instagram(committed_world: World, base_url: str) -> None:
    player = plays(committed_world, base_url, "instagram")
    player.says("Bonjour")
    answered = after(player, "story_reply")
    (label, address), *_rest = answered.content["details"]
    assert answered.text and (label, address[:7]) == ("Reply to your story", "http://")
    mentioned = after(player, "story_mention")
    assert mentioned.content["details"] == [["Story", "mentions you"]]
    kind, content = player.attached(mentioned)
    assert (kind, content[:3]) == ("image", b"\xff\xd8\xff")
    assert after(player, "heart").text == "❤️"


def test_baskets_forms_and_advertisements_of_whatsapp(committed_world: World, base_url: str) -> None:
    player = plays(committed_world, base_url, "whatsapp")
    player.says("Bonjour")
    basket = after(player, "order")
    assert ["box-mini", "2 × 12 EUR"] in basket.content["details"], basket.content
    filled = after(player, "flow")
    assert filled.content["answer"]["values"]["topics"] == ["fibre", "tv"]
    assert after(player, "advertisement").content["details"][0] == ["Advertisement", "Fibre"]


def test_nobody_who_left_does_anything(committed_world: World, base_url: str) -> None:
    player = plays(committed_world, base_url, "whatsapp")
    player.says("Bonjour")
    player.does("leave")
    for name in ("order", "nothing", ""):
        player.does("gesture", name=name)
    player.settle()
    assert len(player.messages()) == 1
