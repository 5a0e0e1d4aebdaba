"""Entry points as a business shapes them, and what is counted of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from apps.connections import counts, entry_points, qr, snippet
from apps.connections.counts import Counts
from apps.connections.entry_points import Wanted
from apps.connections.models import Channel, ChannelState, EntryPoint
from apps.connections.origins import check_origin
from apps.connections.snippet import Size, Theme
from apps.core import tenancy
from apps.core.ids import new_id
from apps.routing import rules
from apps.tenants.models import AuditEntry
from tests.worlds import Side, World, webchat

ALICE = "alice@example.com"


def wanted(side: Side, **more: Any) -> Wanted:
    return replace(Wanted(name="Mobile", tag="mobile", channels=[side.channel]), **more)


def test_an_entry_point_is_made_with_its_rule(filante: Side) -> None:
    with tenancy.scope(filante.id):
        second = webchat("Second")
        point = entry_points.create_entry_point(
            wanted(filante, channels=[second, filante.channel, second], team=filante.adsl), actor=ALICE
        )
        assert entry_points.channels_of(point) == [second, filante.channel]
        assert rules.team_by_tag()["mobile"] == filante.adsl.pk
        assert entry_points.known_tags() == {"adsl", "mobile"}


def test_a_change_keeps_the_key_and_names_what_changed(filante: Side) -> None:
    with tenancy.scope(filante.id):
        point = entry_points.create_entry_point(wanted(filante), actor=ALICE)
        key, second = point.key, webchat("Second")
        change = wanted(filante, name="Mobiles", channels=[second, filante.channel])
        for _ in range(2):
            entry_points.update_entry_point(point, change, actor=ALICE)
        assert (point.key, point.name) == (key, "Mobiles")
        entries = AuditEntry.objects.filter(action="entry_point.changed")
        assert [entry.data for entry in entries] == [{"fields": ["channels", "name"]}]


def test_only_live_channels_are_offered(filante: Side) -> None:
    with tenancy.scope(filante.id):
        second = webchat("Second")
        point = entry_points.create_entry_point(
            wanted(filante, channels=[second, filante.channel]), actor=ALICE
        )
        Channel.objects.filter(pk=second.pk).update(state=ChannelState.DISABLED)
        assert entry_points.offered(point) == [filante.channel]


def test_everything_wrong_is_said_at_once_and_nothing_is_made(filante: Side) -> None:
    with tenancy.scope(filante.id):
        before = EntryPoint.objects.count()
        bad = Wanted(name=" ", tag="a/b", group="x y", channels=[], allowed_origins=["shop.example/path"])
        with pytest.raises(ValidationError) as refused:
            entry_points.create_entry_point(bad, actor=ALICE)
        assert set(refused.value.message_dict) == {"name", "tag", "group", "channels", "allowed_origins"}
        assert EntryPoint.objects.count() == before


def test_archiving_keeps_the_tag_known(filante: Side) -> None:
    with tenancy.scope(filante.id):
        point = entry_points.create_entry_point(wanted(filante), actor=ALICE)
        for _ in range(2):
            entry_points.archive(point, actor=ALICE)
        assert "mobile" in entry_points.known_tags()
        assert AuditEntry.objects.filter(action="entry_point.archived").count() == 1
        entry_points.restore(point, actor=ALICE)
        assert EntryPoint.objects.get(pk=point.pk).active


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Shop.Example", "https://shop.example"),
        ("https://shop.example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(text: str, origin: str) -> None:
    assert check_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "shop.example", "https://", "https://shop.example/a", "https://*.example", "http://shop.example",
        "null", "https://u@shop.example", "https://shop.example?x", "https://shop.example:99999",
        "javascript:1", "https://[", "https://shop.example; script-src *", "https://a_b.example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        check_origin(text)


def test_counting_adds_up_by_entry_point_and_tenant(world: World) -> None:
    point = world.filante.entry_point
    with tenancy.scope(world.filante.id):
        before = counts.of_last_days()[point.pk]
        counts.viewed(point)
        counts.viewed_and_tapped(point)
        counts.tapped(point)
        counts.led_to_conversations(point, 1)
        after = counts.of_last_days()[point.pk]
    assert before == Counts(conversations=1)  # the world's own conversation
    assert after == Counts(views=2, taps=2, conversations=2)
    with tenancy.scope(world.garance.id):
        assert counts.of_last_days() == {world.garance.entry_point.pk: Counts(conversations=1)}


def test_nobody_is_lost_when_many_come_at_once(committed_world: World) -> None:
    side = committed_world.filante

    def come(_: int) -> None:
        with tenancy.scope(side.id):
            counts.viewed(side.entry_point)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come, range(40)))
    with tenancy.scope(side.id):
        assert counts.of_last_days()[side.entry_point.pk].views == 40


def point(**more: Any) -> EntryPoint:
    return EntryPoint(
        tenant_id=new_id(), **{"key": "k3y", "name": "ADSL", "tag": "adsl", "locale": "fr", **more}
    )


def test_a_snippet_is_a_link_and_a_sheet_without_script(settings: Any) -> None:
    settings.BASE_URL = "https://chat.example"
    lines = snippet.snippet(point(button_text="Écrire")).splitlines()
    assert lines[0] == '<link rel="stylesheet" href="https://chat.example/b.css">'
    assert lines[1].startswith(
        '<a class="cpt-mb" href="https://chat.example/e/k3y/" rel="nofollow" lang="fr"><span class="stub">'
    )
    assert lines[1].endswith('<span class="txt">Écrire</span></a>')
    assert len(lines) == 2
    assert not any(forbidden in "".join(lines) for forbidden in ("<script", "style=", "onclick", "<img"))


def test_the_panel_snippet_adds_the_loader(settings: Any) -> None:
    settings.BASE_URL = "https://chat.example"
    loader = '<script async src="https://chat.example/widget/loader.js" data-key="k3y"></script>'
    assert snippet.snippet(point(), panel=True).splitlines()[2] == loader


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("theme", Theme)
def test_every_size_and_colour_is_one_well_formed_link_with_a_name(size: Size, theme: Theme) -> None:
    link = ElementTree.fromstring(snippet.button(point(button_text='A & "B" <i>'), size=size, theme=theme))
    assert link.tag == "a"
    named = link.attrib["aria-label"] if size == Size.ICON else link.findtext("span[@class='txt']")
    assert named == 'A & "B" <i>'


def test_a_button_without_a_text_says_it_in_the_points_language() -> None:
    assert snippet.button_text(point(locale="en")) == "Message us"


def test_a_qr_code_is_one_svg_without_style_or_script() -> None:
    root = ElementTree.fromstring(qr.svg("https://chat.example/e/k3y/", standalone=True))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {child.tag.rpartition("}")[2] for child in root} == {"path"}
    assert qr.svg("https://chat.example/e/k3y/") != qr.svg("https://chat.example/e/other/")
