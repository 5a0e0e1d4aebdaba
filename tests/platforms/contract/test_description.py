"""What every platform says of itself, as data."""

from __future__ import annotations

import re

import pytest

from apps.platforms import cards, registry
from apps.platforms.base import Credential, RetryClass
from tests.platforms.contract.every import KIND_OF_PLATFORM, SLUGS
from tests.platforms.samples import SAMPLES


def test_every_platform_is_registered_and_sampled() -> None:
    assert [platform.slug for platform in registry.all_platforms()] == list(SLUGS)
    assert sorted(SAMPLES) == sorted(SLUGS)


def test_an_unknown_platform_is_a_named_error() -> None:
    with pytest.raises(registry.UnknownPlatform):
        registry.get("icq")


@KIND_OF_PLATFORM
def test_the_name_is_for_people(slug: str) -> None:
    platform = registry.get(slug)
    assert re.fullmatch(r"[a-z_]{2,32}", platform.slug)
    assert platform.name.strip()


@KIND_OF_PLATFORM
def test_credentials_are_well_formed(slug: str) -> None:
    fields = registry.get(slug).credentials
    names = [field.name for field in fields]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []
    assert [field.name for field in fields if not field.label.strip()] == []
    assert [field.name for field in fields if field.deployment and field.required] == []
    for field in fields:
        re.compile(field.pattern)


@KIND_OF_PLATFORM
def test_what_sounds_secret_is_secret(slug: str) -> None:
    sounds = re.compile(r"token|secret|password|private|api_?key")
    fields = registry.get(slug).credentials
    assert [field.name for field in fields if sounds.search(field.name) and not field.secret] == []


@KIND_OF_PLATFORM
def test_the_base_url_is_optional(slug: str) -> None:
    """A platform with a server of its own may be reached elsewhere, and is at home without being told; a
    system of the business's own has no other home than the one it names."""
    fields = {field.name: field for field in registry.get(slug).credentials}
    if slug == "webchat":
        assert fields == {}
        return
    field = fields["base_url"]
    assert (field.required, field.secret, field.generated) == (slug == "custom", False, False)
    assert re.fullmatch(field.pattern, "http://127.0.0.1:8081/sandbox")
    assert not re.fullmatch(field.pattern, "javascript:alert(1)")


@KIND_OF_PLATFORM
def test_the_sample_credentials_would_pass_the_form(slug: str) -> None:
    def passes(field: Credential) -> bool:
        value = SAMPLES[slug].creds.get(field.name, "")
        return re.fullmatch(field.pattern, value) is not None if value and field.pattern else True

    assert [field.name for field in registry.get(slug).credentials if not passes(field)] == []


@KIND_OF_PLATFORM
def test_capabilities_agree_with_themselves(slug: str) -> None:
    can = registry.get(slug).capabilities
    assert can.text_limit > 0
    assert 0 <= can.caption_limit <= can.text_limit
    assert (can.media_limit > 0) == can.media_out
    assert [kind for kind, card in can.cards.items() if card.most and not 1 <= card.fewest <= card.most] == []
    assert set(can.cards) <= set(cards.KINDS)
    assert can.windows
    assert [window.rule for window in can.windows if window.hours is not None and window.hours <= 0] == []
    assert {window.permission for window in can.windows} - {""} <= set(registry.get(slug).permissions)
    assert can.retry_class in RetryClass
    assert [card.device for card in can.cards.values() if card.device != card.device.upper()] == []
    assert can.delivery_receipts or not can.read_receipts
