"""What every platform's set-up says to people, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apps.platforms import base
from tests.platforms.contract.every import KIND_OF_PLATFORM


def setup_text(slug: str, language: str) -> str:
    folder = Path(base.__file__).parent / slug
    return (folder / ("setup.md" if language == "en" else f"setup.{language}.md")).read_text("utf-8")


@KIND_OF_PLATFORM
@pytest.mark.parametrize("language", ["en", "fr"])
def test_there_is_a_text_that_leads_through_the_set_up(slug: str, language: str) -> None:
    text = setup_text(slug, language)
    assert text.startswith("# ")
    assert len(text) > 800
    assert len(re.findall(r"^\d+\. ", text, re.MULTILINE)) >= 3
    assert re.findall(r"<(?!https://)|javascript:|\]\(http:", text) == []


@KIND_OF_PLATFORM
def test_both_languages_say_the_same_things(slug: str) -> None:
    def shape(text: str) -> list[str]:
        return [match[1] for match in re.finditer(r"^(#+|\d+\.|-|\|)", text, re.MULTILINE)]

    assert shape(setup_text(slug, "en")) == shape(setup_text(slug, "fr"))


@KIND_OF_PLATFORM
def test_french_is_set_as_french(slug: str) -> None:
    text = re.sub(r"`[^`]*`|https?://\S+|\|-+|::?-|^\|.*-\|$", "", setup_text(slug, "fr"), flags=re.MULTILINE)
    assert (
        re.findall(r".{0,20}[^\u202f\u00a0][;!?»]|.{0,20}\w:(?:\s|$)|.{0,20} [:;!?»]|« .{0,20}", text) == []
    )
    assert re.findall(r"\b(?:tu|ton|tes|toi)\b", text) == []
