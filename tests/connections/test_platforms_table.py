"""The page about platforms is what the adapters declare."""

from __future__ import annotations

from apps.connections import platforms_table
from apps.connections.management.commands.platforms_table import PAGE
from apps.platforms import cards, registry


def test_the_page_is_up_to_date() -> None:
    """Else run `manage.py platforms_table --write`."""
    assert PAGE.read_text("utf-8") == platforms_table.document()


def test_every_platform_and_every_kind_of_card_is_there() -> None:
    page = platforms_table.document()
    assert [p.name for p in registry.all_platforms() if f"| {p.name} |" not in page] == []
    assert set(platforms_table.CARDS) == set(cards.KINDS)
    assert "Snapchat" in page
    assert "Skype" in page
