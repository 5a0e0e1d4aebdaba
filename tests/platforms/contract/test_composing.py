"""What every platform makes of a content: limits are kept and nothing is lost."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.platforms import base, cards, compose, registry
from apps.platforms.base import Content
from tests.platforms.contents import CONTENTS
from tests.platforms.contract.every import KIND_OF_PLATFORM

DEVICES = st.none() | st.frozensets(st.sampled_from(["QUICK", "LIST", "AUTH"]))


def letters(*texts: str) -> str:
    return "".join("".join(text.split()) for text in texts)


@KIND_OF_PLATFORM
@settings(max_examples=60)
@given(content=CONTENTS, device=DEVICES)
def test_composing_keeps_limits_and_loses_nothing(
    slug: str, content: Content, device: frozenset[str] | None
) -> None:
    platform = registry.get(slug)
    can = platform.capabilities
    parts = list(platform.compose(content, device))
    shown = [part.card for part in parts if part.card]
    degraded = [cards.fallback_text(content.card)] if content.card and not shown else []
    assert [part for part in parts if (part.kind == "card") != (part.card is not None)] == []
    assert {part.kind for part in parts} <= {"text", "media", "card", "link"}
    assert [len(part.text) for part in parts if part.kind == "text" and len(part.text) > can.text_limit] == []
    assert [part for part in parts if part.kind in ("text", "link") and not part.text.strip()] == []
    assert [part for part in parts if part.kind == "media" and len(part.text) > can.caption_limit] == []
    assert [part.media for part in parts if part.kind == "media"] == list(range(len(content.media)))
    assert shown == [] or (shown == [content.card] and compose.can_show(shown[0], can, device))
    said = [part.text for part in parts if part.kind in ("text", "media")]
    assert letters(*said) == letters(content.text, *degraded)


@KIND_OF_PLATFORM
@settings(max_examples=30)
@given(content=CONTENTS)
def test_a_part_survives_its_storing(slug: str, content: Content) -> None:
    parts = list(registry.get(slug).compose(content, None))
    stored = json.dumps([base.part_to_json(part) for part in parts])
    assert [base.part_from_json(data) for data in json.loads(stored)] == parts
