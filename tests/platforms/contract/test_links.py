"""Where every platform's links lead."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from apps.platforms import registry
from tests.platforms.contract.every import KIND_OF_PLATFORM
from tests.platforms.samples import SAMPLES

HOSTILE = [
    "a&b=c",
    "a#b",
    "a?b",
    "a b",
    "a\r\nb",
    '"><script>',
    "é",
    "%0d%0a",
    "../../x",
    "a;b",
    "javascript:x",
]


@KIND_OF_PLATFORM
@pytest.mark.parametrize("words", HOSTILE)
def test_a_link_stays_where_it_leads(slug: str, words: str) -> None:
    platform, sender = registry.get(slug), SAMPLES[slug].sender
    plain = urlsplit(platform.entry_link(sender, "tag", group="g", text="t"))
    link = platform.entry_link(sender, words, group=words, text=words)
    parts = urlsplit(link)
    assert (parts[:3], parts.fragment) == (plain[:3], "")
    assert re.findall(r"[^!-~]|[\"'<>\\]", link) == []
    assert parts.query.count("&") == plain.query.count("&")
    assert parts.query.count("=") == plain.query.count("=")


@KIND_OF_PLATFORM
@pytest.mark.parametrize("address", HOSTILE)
def test_a_strange_address_leads_nowhere_else(slug: str, address: str) -> None:
    """It may stand in the query, as one value there."""
    platform = registry.get(slug)
    plain = urlsplit(platform.entry_link(SAMPLES[slug].sender, ""))
    parts = urlsplit(platform.entry_link(address, ""))
    assert (parts.scheme, parts.netloc, parts.fragment) == (plain.scheme, plain.netloc, "")
    names = [[name for name, _ in parse_qsl(link.query)] for link in (parts, plain)]
    assert names[0] == names[1]
    assert plain.query or not parts.query


@KIND_OF_PLATFORM
def test_a_link_carries_the_tag(slug: str) -> None:
    platform = registry.get(slug)
    link = platform.entry_link(SAMPLES[slug].sender, "ADSL_2-x")
    assert link == "" or ("ADSL_2-x" in link) == platform.capabilities.entry_tag
