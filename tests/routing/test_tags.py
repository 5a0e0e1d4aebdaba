"""What a tag may look like, with the reason why not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.routing import tags


@pytest.mark.parametrize("tag", ["adsl", "ADSL-panne_2", "0", "-", "_", "a" * 64])
def test_a_tag_is_kept_as_it_is(tag: str) -> None:
    assert tags.check(tag) == tag
    assert tags.is_tag(tag)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("", "A tag cannot be empty."),
        ("a/b", "Apple refuses / in a tag, so we do too. Use letters, digits, - and _."),
        ("a[b]#", "Apple refuses [ ] # in a tag, so we do too. Use letters, digits, - and _."),
        ("a b", "A tag cannot contain spaces. Use letters, digits, - and _."),
        ("adsl\n", "A tag cannot contain spaces. Use letters, digits, - and _."),
        ("été", "Not every platform carries é in a tag. Use letters, digits, - and _."),
        ("a.b", "Not every platform carries . in a tag. Use letters, digits, - and _."),
        ("a" * 65, "A tag has at most 64 characters; this one has 65."),
    ],
)
def test_a_tag_that_cannot_be_one_says_why(tag: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tags.check(tag)
    assert refused.value.messages == [words]
    assert not tags.is_tag(tag)


@pytest.mark.parametrize("character", tags.RESERVED)
def test_every_character_that_apple_reserves_is_named(character: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tags.check(f"a{character}b")
    assert f"Apple refuses {character} in a tag" in refused.value.messages[0]


@given(st.text(max_size=80))
def test_checking_and_asking_agree(value: str) -> None:
    try:
        tags.check(value)
    except ValidationError:
        assert not tags.is_tag(value)
    else:
        assert tags.is_tag(value)
