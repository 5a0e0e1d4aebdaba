"""Codes that only the platform can make, on the entry point's page and behind the Message button."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.connections import codes
from apps.connections.credentials import FieldError
from apps.connections.models import EntryPointChannel, TagCode
from apps.core import tenancy
from apps.platforms import base, registry
from tests.worlds import Side, World, signed_in

LINK = "http://weixin.qq.com/q/abc"


class Codes:
    """WeChat, of which only the making of codes is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says: base.SendError | str = LINK

    async def make_code(self, tag: str, *_: object) -> str:
        self.asked.append(tag)
        if isinstance(self.says, base.SendError):
            raise self.says
        return self.says


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Codes:
    made = Codes()
    monkeypatch.setattr(registry.get("wechat"), "make_code", made.make_code)
    return made


@pytest.fixture
def here(world: World) -> Side:
    return with_wechat(world.filante)


def with_wechat(side: Side) -> Side:
    with tenancy.scope(side.id):
        side.channel.platform = "wechat"
        side.channel.save(update_fields=["platform"])
        EntryPointChannel.objects.get_or_create(
            entry_point=side.entry_point, channel=side.channel, defaults={"position": 9}
        )
    return side


def address(side: Side, name: str, *more: object) -> str:
    return reverse(f"portal:{name}", args=[side.slug, side.entry_point.key, *more])


def test_a_code_is_made_once_and_shown(here: Side, platform: Codes, client: Client) -> None:
    owner, make = signed_in(here.owner), address(here, "entry-point-code", here.channel.pk)
    assert "Make the code" in owner.get(address(here, "entry-point")).text
    page = ""
    for _ in range(2):
        page = owner.post(make, follow=True).text
    assert platform.asked == [here.entry_point.tag]
    assert "The code is ready." in page and "Make the code" not in page
    file = owner.get(address(here, "entry-point-code-file", here.channel.pk))
    assert (file.status_code, file.headers["Content-Type"]) == (200, "image/svg+xml")
    entry = client.get(reverse("entry:entry", args=[here.entry_point.key]), {"all": "1"}).text
    assert "Scannez ceci avec WeChat." in entry  # the language of the entry point


def test_a_refusal_is_told_and_stops_the_channel(here: Side, platform: Codes) -> None:
    platform.says = base.BadCredentials("invalid appsecret", field="secret")
    page = signed_in(here.owner).post(address(here, "entry-point-code", here.channel.pk), follow=True)
    assert "invalid appsecret" in page.text and "Make the code" in page.text
    with tenancy.scope(here.id):
        here.channel.refresh_from_db()
        assert here.channel.health == "broken" and not TagCode.objects.exists()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "", "https://x/" + "x" * 500])
def test_only_an_address_is_kept(here: Side, platform: Codes, link: str) -> None:
    platform.says = link
    with tenancy.scope(here.id), pytest.raises(FieldError):
        codes.make(here.channel, "adsl", actor="test")


def test_without_a_code_there_is_no_file(here: Side) -> None:
    answer = signed_in(here.owner).get(address(here, "entry-point-code-file", here.channel.pk))
    assert answer.status_code == 404


def test_of_another_business(world: World, platform: Codes) -> None:
    here, there = with_wechat(world.filante), with_wechat(world.garance)
    for side, channel in ((here, there.channel.pk), (there, here.channel.pk)):
        answer = signed_in(here.owner).post(address(side, "entry-point-code", channel))
        assert answer.status_code == 404
    assert platform.asked == []


def test_agents_make_none(here: Side, platform: Codes) -> None:
    answer = signed_in(here.agent).post(address(here, "entry-point-code", here.channel.pk))
    assert answer.status_code in (403, 404) and platform.asked == []
