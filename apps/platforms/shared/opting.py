"""Words with which customers of telephone networks end and begin what they get: one way for SMS and RCS.

The words are those that Twilio handles by default on long numbers; RCS names none and leaves it to the
business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.platforms.events import ContactLeft, ContactReturned, Event, MessageReceived

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "CANCEL"})
START = frozenset({"START", "YES", "UNSTOP"})  # not documented for certain


def word_of(text: str) -> str:
    """ "STOP" or "START" when the whole message is such a word, else ""."""
    said = text.strip().upper()
    return "STOP" if said in STOP else "START" if said in START else ""


def events(said: MessageReceived, word: str) -> Sequence[Event]:
    """The message, and what its `word` does: a person still reads it."""
    about: dict[str, Any] = {"to": said.to, "address": said.address, "at": said.at}
    if word == "STOP":
        return [said, ContactLeft(**about, ref=f"{said.ref}:stop", reason="opted_out")]
    if word == "START":
        return [ContactReturned(**about, ref=f"{said.ref}:start"), said]
    return [said]
