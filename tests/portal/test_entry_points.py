"""From the editor to the page behind the button."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from apps.connections import button_sheet, counts
from apps.connections.counts import Counts
from apps.connections.models import Channel, ChannelState, EntryPoint, EntryPointChannel
from apps.core import tenancy
from apps.portal.views.entry_point_page import funnel
from apps.routing import rules
from tests.people import setup_url
from tests.worlds import Side, World, signed_in, webchat

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15"
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"
BUSINESS = "b5c1a9d0-1111-4222-8333-444455556666"

pytestmark = pytest.mark.urls("tests.portal.urls")


@pytest.fixture
def alice(filante: Side) -> Client:
    return signed_in(filante.owner)


def form(channels: list[Channel], **more: Any) -> dict[str, Any]:
    values = {"name": "Mobile", "tag": "mobile", "channels": [str(channel.pk) for channel in channels]}
    return {**values, **more}


def test_a_new_entry_point_is_open_at_once(alice: Client, filante: Side) -> None:
    answer = alice.post(
        setup_url(filante, "entry-points/new/"),
        form([filante.channel], team=str(filante.adsl.pk), button_text="Écrire", locale="fr", save="1"),
    )
    with tenancy.scope(filante.id):
        point = EntryPoint.objects.get(tag="mobile")
        assert rules.team_by_tag()["mobile"] == filante.adsl.pk
    assert answer["Location"] == setup_url(filante, f"entry-points/{point.key}/")
    page = alice.get(answer["Location"]).content.decode()
    assert f"/e/{point.key}/" in page
    assert "&lt;a class=&quot;cpt-mb&quot;" in page  # the snippet, as text
    assert Client().get(f"/e/{point.key}/").status_code == 200


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"tag": "a/b"}, "Apple refuses / in a tag, so we do too."),
        ({"tag": ""}, "This field is required."),
        ({"channels": []}, "Choose at least one channel."),
        ({"group": "a b"}, "A tag cannot contain spaces."),
        ({"allowed_origins": "shop.example"}, "shop.example is not a site."),
    ],
)
def test_what_is_wrong_stands_beside_what_was_typed(
    alice: Client, filante: Side, more: dict[str, Any], words: str
) -> None:
    answer = alice.post(
        setup_url(filante, "entry-points/new/"), {**form([filante.channel], name="Kept", save="1"), **more}
    )
    page = answer.content.decode()
    assert words in page and 'value="Kept"' in page
    with tenancy.scope(filante.id):
        assert EntryPoint.objects.count() == 1


def test_channels_are_put_in_order_by_buttons_and_nothing_typed_is_lost(alice: Client, filante: Side) -> None:
    with tenancy.scope(filante.id):
        second = webchat("Second")
    path = setup_url(filante, f"entry-points/{filante.entry_point.key}/")

    def press(order: list[Channel], command: str, channel: Channel) -> list[str]:
        answer = alice.post(path, form(order, name="Typed", channel=f"{command}:{channel.pk}"))
        page = answer.content.decode()
        assert 'value="Typed"' in page
        return [part[:36] for part in page.split('name="channels" value="')[1:]]

    first = filante.channel
    one, two = str(first.pk), str(second.pk)
    assert press([first], "add", second) == [one, two]
    assert press([first, second], "up", second) == [two, one]
    assert press([first, second], "down", first) == [two, one]
    assert press([first, second], "up", first) == [one, two]
    assert press([first, second], "remove", first) == [two]
    with tenancy.scope(filante.id):
        assert EntryPoint.objects.get().name == "Assistance ADSL"


@pytest.mark.advisory("S1", "Chatwoot CVE-2026-115725")
def test_another_tenants_channel_and_team_cannot_be_offered(world: World) -> None:
    alice = signed_in(world.filante.owner)
    path = setup_url(world.filante, "entry-points/new/")
    alice.post(path, form([world.garance.channel], save="1"))
    alice.post(path, form([world.filante.channel], team=str(world.garance.adsl.pk), save="1"))
    with tenancy.scope(world.filante.id):
        assert EntryPoint.objects.count() == 1


def test_qr_code_and_poster(alice: Client, filante: Side) -> None:
    path = setup_url(filante, f"entry-points/{filante.entry_point.key}/")
    code = alice.get(f"{path}qr.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert code["Content-Disposition"] == 'attachment; filename="adsl.svg"'
    poster = alice.get(f"{path}poster/").content.decode()
    assert '<svg viewBox="0 0 ' in poster and f"/e/{filante.entry_point.key}/" in poster


def offer(side: Side, *platforms: tuple[str, str]) -> EntryPoint:
    """The side's entry point offering these (platform, address), in this order."""
    with tenancy.scope(side.id):
        point = side.entry_point
        EntryPoint.objects.filter(pk=point.pk).update(
            group="shop", prefilled_text="Bonjour à tous", locale=""
        )
        point.places.all().delete()
        for position, (platform, address) in enumerate(platforms):
            channel = Channel.objects.create(
                platform=platform, name=platform, address=address, state=ChannelState.LIVE
            )
            EntryPointChannel.objects.create(entry_point=point, channel=channel, position=position)
        return point


WEB, APPLE, BOT = ("webchat", "w"), ("apple_messages", BUSINESS), ("telegram", "filante_bot")
TO_APPLE = f"https://bcrw.apple.com/urn:biz:{BUSINESS}?biz-intent-id=adsl&biz-group-id=shop&body=Bonjour%20%C3%A0%20tous"
TO_BOT = "https://t.me/filante_bot?start=adsl"


@pytest.mark.parametrize(
    ("offered", "device", "target"),
    [
        ([WEB, APPLE], IPHONE, TO_APPLE),
        ([WEB, APPLE], MAC, TO_APPLE),
        ([APPLE, WEB], WINDOWS, "panel"),
        ([APPLE, BOT, WEB], ANDROID, TO_BOT),
        ([WEB, BOT], IPHONE, "panel"),
        ([BOT, WEB], "", TO_BOT),
        ([APPLE], WINDOWS, "choices"),
        ([], IPHONE, "nobody"),
    ],
)
def test_the_button_leads_where_the_device_can_go(
    filante: Side, offered: list[tuple[str, str]], device: str, target: str
) -> None:
    point = offer(filante, *offered)
    answer = Client().get(f"/e/{point.key}/?tag=forged&group=x", headers={"user-agent": device})
    if target.startswith("https:"):
        assert (answer.status_code, answer["Location"]) == (302, target)
    else:
        marks = {"panel": "<iframe", "choices": "Opens on an iPhone", "nobody": "Nobody can be reached here"}
        assert answer.status_code == 200
        assert marks[target] in answer.content.decode()
    assert "forged" not in answer.get("Location", "") + answer.content.decode()
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_every_channel_stays_one_tap_away(filante: Side) -> None:
    point = offer(filante, WEB, APPLE, BOT)
    choices = Client().get(f"/e/{point.key}/?all=1", headers={"user-agent": IPHONE}).content.decode()
    assert [f"/e/{point.key}/{place}/" in choices for place in range(3)] == [True, True, True]
    assert Client().get(f"/e/{point.key}/1/")["Location"] == TO_APPLE
    assert Client().get(f"/e/{point.key}/2/")["Location"] == TO_BOT
    assert "<iframe" in Client().get(f"/e/{point.key}/0/").content.decode()
    assert Client().get(f"/e/{point.key}/9/")["Location"] == f"/e/{point.key}/?all=1"
    assert all(channel.key not in choices for channel in channels_of(filante))  # keys of webhook addresses


def test_what_no_link_opens_is_no_choice_and_its_place_leads_back(filante: Side) -> None:
    """Slack and QQ: customers begin there."""
    point = offer(filante, ("slack", "T1"), BOT)
    choices = Client().get(f"/e/{point.key}/?all=1").content.decode()
    assert [f"/e/{point.key}/{place}/" in choices for place in range(2)] == [False, True]
    assert Client().get(f"/e/{point.key}/0/")["Location"] == f"/e/{point.key}/?all=1"
    assert Client().get(f"/e/{point.key}/")["Location"] == TO_BOT


def test_a_channel_without_tags_says_what_stands_in_for_one(alice: Client, filante: Side) -> None:
    point = offer(filante, ("slack", "T1"), BOT, WEB)
    page = alice.get(setup_url(filante, f"entry-points/{point.key}/")).content.decode()
    said = "carries no tag: what is written there counts as from here"
    assert page.count(said) == page.count(f"Slack {said}") == 1


def channels_of(side: Side) -> list[Channel]:
    with tenancy.scope(side.id):
        return list(Channel.objects.all())


def test_a_channel_that_is_off_is_not_offered(filante: Side) -> None:
    point = offer(filante, APPLE, BOT)
    with tenancy.scope(filante.id):
        Channel.objects.filter(platform="apple_messages").update(state=ChannelState.DISABLED)
    assert Client().get(f"/e/{point.key}/", headers={"user-agent": IPHONE})["Location"] == TO_BOT


def test_views_and_taps_are_counted_without_cookies(filante: Side) -> None:
    point = offer(filante, BOT)
    with tenancy.scope(filante.id):
        before = counts.of_last_days()[point.pk]
    client = Client()
    client.get(f"/e/{point.key}/")  # sent straight on
    client.get(f"/e/{point.key}/?all=1")  # looked
    client.get(f"/e/{point.key}/0/")  # and chose
    client.get(f"/e/{point.key}/", headers={"sec-purpose": "prefetch;prerender"})
    client.head(f"/e/{point.key}/")
    assert client.post(f"/e/{point.key}/").status_code == 405
    with tenancy.scope(filante.id):
        assert counts.of_last_days()[point.pk] == Counts(2, 2, before.conversations)
    assert not client.cookies


def test_unknown_archived_and_nonsense_keys_answer_alike(alice: Client, filante: Side) -> None:
    key = filante.entry_point.key
    alice.post(setup_url(filante, f"entry-points/{key}/archive/"))
    answers = [Client().get(f"/e/{name}/") for name in (key, "unknown", "a%01b", "x" * 500)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert Client().get(f"/e/{key}/0/").content == answers[0].content
    alice.post(setup_url(filante, f"entry-points/{key}/restore/"))
    assert Client().get(f"/e/{key}/").status_code == 200


@pytest.mark.parametrize(
    ("locale", "accept", "language"), [("fr", "en", "fr"), ("", "fr-CH,en;q=0.5", "fr"), ("", "de", "en")]
)
def test_the_entry_page_speaks_the_points_language_else_the_browsers(
    filante: Side, locale: str, accept: str, language: str
) -> None:
    with tenancy.scope(filante.id):
        EntryPoint.objects.update(locale=locale)
    answer = Client().get(f"/e/{filante.entry_point.key}/?all=1", headers={"accept-language": accept})
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()


def test_the_sheet_is_small_public_and_cached() -> None:
    answer = Client().get("/b.css", headers={"origin": "https://shop.example"})
    assert len(answer.content) <= button_sheet.MOST_BYTES
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"].startswith("public, max-age=604800")
    assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
    again = Client().get("/b.css", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert b"@import" not in answer.content and b"url(" not in answer.content


def test_the_gallery_shows_every_size_and_colour(alice: Client, filante: Side) -> None:
    page = alice.get(setup_url(filante, "buttons/")).content.decode()
    assert page.count('class="cpt-mb') == 4 + 6 + 4


def test_channels_of_one_name_are_told_apart(alice: Client, filante: Side) -> None:
    point = offer(filante, ("slack", "T1"), BOT)
    with tenancy.scope(filante.id):
        Channel.objects.update(name="Filante")
    page = alice.get(setup_url(filante, f"entry-points/{point.key}/")).content.decode()
    for platform in ("Slack", "Telegram"):
        assert f"<small>{platform}</small>" in page
        assert f'aria-label="Move Filante, {platform} up"' in page
        assert f'aria-label="Do not offer Filante, {platform}"' in page


@pytest.mark.parametrize(("language", "share"), [("en", "50%"), ("fr", "50\xa0%")])
def test_a_share_is_written_as_in_the_language(language: str, share: str) -> None:
    with translation.override(language):
        stages = funnel(Counts(views=2, taps=1, conversations=0))
    assert [stage.share for stage in stages][1] == share


def test_a_refused_tag_leads_nowhere(alice: Client, filante: Side) -> None:
    path = setup_url(filante, f"entry-points/{filante.entry_point.key}/")
    assert 'class="tag-row"' in alice.get(path).content.decode()
    answer = alice.post(path, {"name": "x", "tag": "a b", "save": "1"})
    assert 'class="tag-row"' not in answer.content.decode()
