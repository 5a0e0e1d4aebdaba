"""What we write, read by Viber's own library."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import pytest

from apps.platforms.base import Outgoing, Part
from apps.platforms.viber import outbound
from tests.platforms.viber.outgoings import CARDS, FILES, TEXT, file

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from viberbot.api import messages

OUTGOING: dict[str, Outgoing] = {
    "text": TEXT,
    "link": replace(TEXT, part=Part(kind="link", text="https://shop.example/a")),
    **{
        f"{label} as {told['type']}": replace(TEXT, part=Part(kind="media", media=0, text="See"), media=media)
        for label, (media, told) in FILES.items()
    },
    **{
        label: replace(TEXT, part=Part(kind="card", card=card), files={0: file("image/png")})
        for label, (card, _) in CARDS.items()
    },
}


@pytest.mark.parametrize("outgoing", OUTGOING.values(), ids=OUTGOING.keys())
def test_the_library_takes_what_we_write(outgoing: Outgoing) -> None:
    """It reads our message as one of its own, finds nothing missing and writes it alike."""
    ours = outbound.message(outgoing)
    theirs = messages.get_message(ours)
    assert theirs.validate()
    assert written(theirs.to_dict()) == ours


def written(data: Any) -> Any:
    """Without what is not said."""
    if not isinstance(data, dict):
        return data
    return {name: written(value) for name, value in data.items() if value is not None}
