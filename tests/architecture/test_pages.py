"""What must hold for every page, read from the files: no inline code, no missing icon, no missing sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apps.core.look import PLATFORM_GLYPHS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [
    *sorted((ROOT / "templates").rglob("*.html")),
    *sorted((ROOT / "apps").rglob("templates/**/*.html")),
]
SHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))

# Under "style-src 'self'; script-src 'self'" these do nothing, or worse, look as if they did.
FORBIDDEN = {
    "inline style": re.compile(r"""<[^>]*\sstyle\s*="""),
    "style element": re.compile(r"<style\b"),
    "inline handler": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["']"""),
    "inline script": re.compile(r"""<script(?![^>]*(?:\ssrc=|type="application/json"))"""),
    "javascript link": re.compile(r"javascript:", re.IGNORECASE),
    "other host": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""),
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_pages_to_check() -> None:
    assert len(TEMPLATES) > 40
    assert len(SHEETS) > 20
    assert len(SYMBOLS) > 80


@pytest.mark.parametrize(
    ("what", "html"),
    [
        ("inline style", '<p class="x" style="color: red">'),
        ("style element", "<style>p {}</style>"),
        ("inline handler", '<a href="#" onclick="go()">'),
        ("inline script", "<script>go()</script>"),
        ("inline script", '<script type="module">go()</script>'),
        ("javascript link", '<a href="JavaScript:go()">'),
        ("other host", '<link rel="stylesheet" href="//cdn.example/x.css">'),
    ],
)
def test_the_net_catches(what: str, html: str) -> None:
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(html)] == [what]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_page_holds_no_inline_code_and_no_other_host(path: Path) -> None:
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_icon_a_page_names_is_in_the_sprite(path: Path) -> None:
    named = set(re.findall(r'{% icon "([^"]+)"', path.read_text()))
    assert named - SYMBOLS == set()


def test_every_platform_glyph_is_in_the_sprite() -> None:
    assert {glyph for glyph, _tint in PLATFORM_GLYPHS.values()} - SYMBOLS == set()


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_a_sheet_imports_only_our_own_files(path: Path) -> None:
    links = re.findall(r'url\("([^"]+)"\)', path.read_text())
    assert [link for link in links if not (path.parent / link).is_file()] == []


def test_the_message_button_stylesheet_stays_under_four_kilobytes() -> None:
    assert (ROOT / "static/css/message-button.css").stat().st_size <= 4096
